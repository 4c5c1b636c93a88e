"""GET and PUT /api/users/me/preferences/, and the language of what is sent then."""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update

from tests import round_trips
from tests.api import Api, authorize
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import People
from tests.practice import Practice, change_item

PATH = "/api/users/me/preferences/"
DEFAULTS = {"language": "en", "reminders": True}


@pytest.mark.parametrize("person", ["alice", "charlie", "dora", "lata"])
def test_everybody_begins_with_english_and_reminders(api: Api, people: People, person: str) -> None:
    answer = api.get(PATH, getattr(people, person).access)
    assert (answer.status, answer.json) == (200, DEFAULTS)


@pytest.mark.parametrize("path", [PATH, PATH.rstrip("/")])
def test_only_what_is_sent_changes(api: Api, people: People, path: str) -> None:
    assert api.put(path, {"language": "hi"}, people.alice.access).json == {"language": "hi", "reminders": True}
    assert api.put(path, {"reminders": False}, people.alice.access).json == {"language": "hi", "reminders": False}
    assert api.put(path, {}, people.alice.access).json == {"language": "hi", "reminders": False}
    assert api.get(path, people.alice.access).json == {"language": "hi", "reminders": False}
    assert api.get(path, people.bob.access).json == DEFAULTS


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "ta"}, "language"),
        ({"language": "HI"}, "language"),
        ({"language": None}, "language"),
        ({"language": 1}, "language"),
        ({"language": ["hi"]}, "language"),
        ({"reminders": "sometimes"}, "reminders"),
        ({"reminders": None}, "reminders"),
        ({"language": "hi", "reminders": {}}, "reminders"),
    ],
)
def test_an_unknown_value_is_400_and_changes_nothing(api: Api, people: People, body: Any, field: str) -> None:
    answer = api.put(PATH, body, people.alice.access)
    assert (answer.status, answer.json.keys()) == (400, {field, "message"})
    assert api.get(PATH, people.alice.access).json == DEFAULTS


def test_without_a_token_it_is_401(api: Api) -> None:
    assert [api.get(PATH).status, api.put(PATH, {"language": "hi"}).status] == [401, 401]


def test_a_deactivated_account_changes_nothing(api: Api, people: People) -> None:
    identity = authorize(people.alice.access)
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert api.call("PUT", PATH, {"language": "hi"}, identity=identity).status == 401


def test_a_change_takes_one_read_and_one_write(api: Api, people: People) -> None:
    identity = authorize(people.alice.access)
    with round_trips.counted() as trips:
        assert api.call("PUT", PATH, {"language": "hi"}, identity=identity).status == 200
    assert (trips.reads, trips.writes) == (1, 1)


# What is sent then


def test_each_person_reads_their_own_language(practice: Practice, api: Api, people: People) -> None:
    # GIVEN a patient and a doctor of whom one reads Hindi, and a doctor whose name is in Devanagari
    api.put(PATH, {"language": "hi"}, people.alice.access)
    change_item(User.key(people.dora.id), {"name": "डॉ. गीता शर्मा"})
    # WHEN the patient books and cancels
    appointment_id = practice.booked(people.alice)
    (booked,) = (text for text in sms_to(people.alice.contact) if "अपॉइंटमेंट" in text)
    practice.cancel(people.alice, appointment_id)
    # THEN each was told in theirs
    assert booked == (
        "QuickCare: City Care में डॉ. गीता शर्मा के साथ 2 मार्च सुबह 9:00 बजे का आपका अपॉइंटमेंट बुक हो गया है। "
        "पुष्टि होने पर सूचना मिलेगी।"
    )
    assert sms_to(people.dora.contact) == [
        "QuickCare: The appointment of Alice Rao at City Care on 2 Mar 9:00 AM was cancelled by the patient."
    ]


def test_a_registration_may_ask_for_hindi_and_the_account_keeps_it(api: Api, time: FakeClock) -> None:
    # GIVEN somebody without an account who reads Hindi
    contact = 9876543210
    body = {"contact": contact, "name": "Rahul Sharma", "password": "secret123", "language": "hi"}
    assert api.post("/api/users/onboarding/patient/step1/", body).status == 200
    (text,) = sms_to(contact)
    assert "आपका QuickCare कोड है" in text
    # WHEN they register, and later forget the password
    finished = api.post("/api/users/onboarding/patient/step2/", {"contact": contact, "otp": text[:6]})
    assert api.get(PATH, finished.json["access"]).json["language"] == "hi"
    time.advance(minutes=1)
    api.post("/api/users/password/reset/", {"contact": contact})
    # THEN they go on in Hindi
    assert "इसे किसी को न बताएँ।" in sms_to(contact)[0]


def test_a_registration_in_an_unknown_language_is_400(api: Api) -> None:
    body = {"contact": 9876543210, "name": "Rahul", "password": "secret123", "language": "xx"}
    answer = api.post("/api/users/onboarding/patient/step1/", body)
    assert (answer.status, "language" in answer.json) == (400, True)

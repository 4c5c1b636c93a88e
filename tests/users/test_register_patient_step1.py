"""POST /api/users/onboarding/patient/step1/"""

from typing import Any

import pytest
from quickcare import settings
from quickcare.accounts import otp, passwords
from quickcare.db import table
from quickcare.db.items import Registration
from quickcare.db.operations import Operation, Refused
from quickcare.errors import about_fields

from tests import faults
from tests.api import Answer, Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, code_in, code_sent_to

PATH = "/api/users/onboarding/patient/step1/"
CONTACT = 9876543210


def start(api: Api, ip: str = "203.0.113.7", **fields: Any) -> Answer:
    return api.post(PATH, {"contact": CONTACT, "name": "Rahul Sharma", "password": "secret123"} | fields, ip=ip)


def test_a_code_is_sent(api: Api) -> None:
    answer = start(api)
    assert answer.status == 200
    assert answer.json.pop("registration_token")
    assert answer.json == {
        "message": "OTP sent to your contact number.",
        "contact": CONTACT,
        "sms_sent": True,
        "next_step": "/api/users/onboarding/patient/step2/",
    }
    (text,) = sms_to(CONTACT)
    assert text == (
        f"{code_in(text)} is your QuickCare code, valid for 10 minutes. "
        "Rahul Sharma registers this number. If that is not you, do not share it."
    )


def test_the_contact_may_be_text(api: Api) -> None:
    assert start(api, contact=str(CONTACT)).json["contact"] == CONTACT
    assert start(api).status == 429


def test_the_log_has_an_entry_without_the_code(api: Api, time: FakeClock) -> None:
    start(api)
    (entry,) = faults.items(kind="OtpLog")
    assert (entry["contact"], entry["purpose"]) == (CONTACT, "patient_registration")
    assert "used_at" not in entry
    assert code_sent_to(CONTACT) not in str(entry)


def test_neither_password_nor_code_nor_token_is_stored(api: Api) -> None:
    token = start(api).json["registration_token"]
    (registration,) = faults.items(kind="Registration")
    assert "secret123" not in str(registration)
    assert token not in str(registration)
    assert code_sent_to(CONTACT) not in str(registration)


def test_codes_are_not_derived_from_the_contact(api: Api, time: FakeClock) -> None:
    start(api)
    first = faults.items(kind="Registration")[0]["otp_secret"]
    time.advance(seconds=30)
    start(api)
    assert faults.items(kind="Registration")[0]["otp_secret"] != first


@pytest.mark.parametrize("name", ["राहुल शर्मा", "Zoë 🩺", "  Rahul  ", "x" * 100])
def test_names_may_be_in_any_language(api: Api, name: str) -> None:
    assert start(api, name=name).status == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact", None),
        ("contact", "98765/43210"),
        ("contact", "+449876543210"),
        ("contact", 9876543210.5),
        ("contact", True),
        ("contact", 10**30),
        ("contact", 1234567890),
        ("contact", ""),
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 101),
        ("name", "a\x00b"),
        ("name", 17),
        ("name", None),
        ("password", ""),
        ("password", "x"),
        ("password", "12345"),
        ("password", "123456"),
        ("password", "password"),
        ("password", str(CONTACT)),
        ("password", "x" * 129),
        ("password", 1234567),
        ("password", ["secret123"]),
    ],
)
def test_a_bad_field_is_named(api: Api, field: str, value: Any) -> None:
    answer = start(api, **{field: value})
    assert (answer.status, answer.fields) == (400, [field])
    assert faults.items() == []
    assert sms_to(CONTACT) == []


@pytest.mark.parametrize("field", ["contact", "name", "password"])
def test_a_missing_field_is_named(api: Api, field: str) -> None:
    body = {"contact": CONTACT, "name": "Rahul", "password": "secret123"}
    del body[field]
    answer = api.post(PATH, body)
    assert answer.json == about_fields({field: ["This field is required."]})


def test_a_registered_contact_is_400_and_counts_as_no_code(api: Api, people: People) -> None:
    for _ in range(30):
        answer = start(api, contact=people.alice.contact)
        assert (answer.status, answer.json) == (
            400,
            about_fields({"contact": ["A user with this contact already exists."]}),
        )
    assert start(api).status == 200


def test_a_second_code_within_30_seconds_is_429(api: Api, time: FakeClock) -> None:
    start(api)
    time.advance(seconds=10)
    answer = start(api)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "20")
    assert "message" in answer.json
    time.advance(seconds=20)
    assert start(api).status == 200


def test_a_contact_gets_five_codes_an_hour_from_one_network(api: Api, time: FakeClock) -> None:
    for _ in range(5):
        assert start(api).status == 200
        time.advance(minutes=2)
    answer = start(api)
    assert (answer.status, answer.headers["Retry-After"]) == (429, str(50 * 60))
    time.advance(minutes=50)
    assert start(api).status == 200


def test_an_address_gets_twenty_codes_an_hour(api: Api) -> None:
    for number in range(20):
        assert start(api, contact=9876500100 + number).status == 200
    assert start(api, contact=9876500200).status == 429
    assert start(api, contact=9876500200, ip="198.51.100.1").status == 200


def test_the_address_is_what_api_gateway_saw_and_no_header(api: Api) -> None:
    for number in range(20):
        start(api, contact=9876500100 + number)
    body = {"contact": 9876500200, "name": "Rahul", "password": "secret123"}
    assert api.post(PATH, body, headers={"X-Forwarded-For": "198.51.100.9"}).status == 429


def test_who_knows_the_password_of_a_live_registration_may_correct_its_name(api: Api, time: FakeClock) -> None:
    start(api)
    time.advance(minutes=1)
    assert start(api, name="Rahul Sarma").status == 200
    registration = table.fetch(Registration.key(CONTACT))
    assert registration
    assert registration.name == "Rahul Sarma"


def test_while_a_registration_is_live_only_the_same_person_gets_a_new_code(api: Api, time: FakeClock) -> None:
    start(api)
    time.advance(minutes=1)
    answer = start(api, password=PASSWORD)
    assert (answer.status, answer.headers["Retry-After"]) == (409, str(9 * 60))
    assert "message" in answer.json


@pytest.mark.parametrize("name", ["Rahul Sharma", "Somebody Else"])
def test_guesses_at_a_live_registration_are_counted_for_the_address(
    api: Api, time: FakeClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # GIVEN somebody who knows a contact that is being registered, and guesses its password
    start(api)
    time.advance(minutes=1)
    looked_at: list[str] = []

    def verify(_: str | None, password: str) -> bool:
        looked_at.append(password)
        return password == "secret123"

    monkeypatch.setattr(passwords, "verify", verify)
    # WHEN they try thirty
    guesses = [f"guess {number:03d}" for number in range(30)]
    answers = [start(api, ip="198.51.100.66", name=name, password=guess) for guess in guesses]
    assert [(answer.status, answer.headers["Retry-After"]) for answer in answers] == [(409, str(9 * 60))] * 30
    # THEN each of these passwords was compared, whatever the name. The next one is not, so that even the right
    # password gets the answer of a wrong one.
    assert looked_at == guesses
    assert start(api, ip="198.51.100.66", name=name).status == 429
    assert start(api, ip="198.51.100.66", name=name, password="one more").status == 429
    assert looked_at == guesses
    assert len(sms_to(CONTACT)) == 1


def test_an_impatient_client_uses_up_no_codes_of_its_address(api: Api, time: FakeClock) -> None:
    # GIVEN a client that asks for a code again and again, and gets none
    start(api)
    assert [start(api).status for _ in range(25)] == [429] * 25
    # THEN others at its address can register, and so can the client itself when it has waited
    assert start(api, contact=9876500200).status == 200
    time.advance(seconds=31)
    assert start(api).status == 200


def test_somebody_elses_guesses_use_up_no_codes_of_the_contact(api: Api, time: FakeClock) -> None:
    start(api)
    time.advance(minutes=1)
    for number in range(20):
        start(api, ip="198.51.100.66", password=f"guess {number:03d}")
    assert start(api).status == 200


def test_guesses_are_refused_also_when_addresses_have_no_limit(
    api: Api, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRESS_RATE_LIMITS", "off")
    settings.settings.cache_clear()
    start(api)
    time.advance(minutes=1)
    assert [start(api, password=f"guess {number:03d}").status for number in range(25)] == [409] * 25


def test_the_password_is_hashed_once_however_often_others_come_first(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN others from the same address who come first five times
    hashed, refused = list[str](), [Refused({"address_sends"})] * 5
    hash_password, write = passwords.hash_password, table.write

    def hash_and_note(password: str) -> str:
        hashed.append(password)
        return hash_password(password)

    def crowded(**operations: Operation) -> None:
        if refused and "address_sends" in operations:
            raise refused.pop()
        write(**operations)

    monkeypatch.setattr(passwords, "hash_password", hash_and_note)
    monkeypatch.setattr(table, "write", crowded)
    # WHEN somebody registers
    assert start(api).status == 200
    # THEN their password was hashed once
    assert hashed == ["secret123"]


def test_after_ten_minutes_anybody_may_register_the_contact(api: Api, time: FakeClock) -> None:
    start(api)
    time.advance(minutes=10)
    assert start(api, name="Somebody Else", password=PASSWORD).status == 200


def test_a_new_code_ends_the_old_one(api: Api, time: FakeClock) -> None:
    start(api)
    old = code_sent_to(CONTACT)
    time.advance(seconds=30)
    start(api)
    new = code_sent_to(CONTACT)
    finish = "/api/users/onboarding/patient/step2/"
    if old != new:
        assert api.post(finish, {"contact": CONTACT, "otp": old}).status == 400
    assert api.post(finish, {"contact": CONTACT, "otp": new}).status == 201


def test_a_superadmin_can_read_the_code_only_while_it_is_live(api: Api, time: FakeClock) -> None:
    start(api)
    pending = table.fetch(Registration.key(CONTACT))
    assert pending
    assert otp.live_code(pending, time.now) == code_sent_to(CONTACT)
    time.advance(minutes=10)
    assert otp.live_code(pending, time.now) is None


def test_nothing_secret_is_logged(api: Api, logs: Any) -> None:
    start(api)
    code = code_sent_to(CONTACT)
    assert not [secret for secret in (str(CONTACT), "secret123", code, "Rahul") if secret in logs.getvalue()]

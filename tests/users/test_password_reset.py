"""POST /api/users/password/reset/"""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update

from tests import faults
from tests.api import Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import People

PATH = "/api/users/password/reset/"


@pytest.fixture
def alice(people: People, time: FakeClock) -> int:
    """The contact of Alice, who registered an hour ago."""
    contact = people.alice.contact
    time.advance(hours=1)
    return contact


def test_a_code_is_sent(api: Api, alice: int) -> None:
    answer = api.post(PATH, {"contact": alice})
    assert (answer.status, list(answer.json)) == (200, ["message"])
    assert len(sms_to(alice)) == 1
    newest = max(faults.items(kind="OtpLog"), key=lambda entry: str(entry["sk"]))
    assert newest["purpose"] == "password_reset"


def test_an_unknown_contact_gets_the_same_answer_and_no_sms(api: Api, alice: int) -> None:
    known, unknown = api.post(PATH, {"contact": alice}), api.post(PATH, {"contact": 9999999999})
    assert (known.status, known.json) == (unknown.status, unknown.json)
    assert sms_to(9999999999) == []


def test_a_deactivated_account_gets_the_same_answer_and_no_sms(api: Api, alice: int, people: People) -> None:
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert api.post(PATH, {"contact": alice}).status == 200
    assert sms_to(alice) == []


@pytest.mark.parametrize("known", [True, False])
def test_limits_are_the_same_for_known_and_unknown_contacts(api: Api, alice: int, time: FakeClock, known: bool) -> None:
    contact = alice if known else 9999999999
    for _ in range(5):
        assert api.post(PATH, {"contact": contact}).status == 200
        answer = api.post(PATH, {"contact": contact})
        assert (answer.status, int(answer.headers["Retry-After"]) >= 30) == (429, True)
        time.advance(seconds=30)
    assert api.post(PATH, {"contact": contact}).status == 429


@pytest.mark.parametrize("contact", ["98765/43210", "+449876543210", 1.5, True, None, 10**30, "", []])
def test_a_bad_contact_is_400(api: Api, contact: Any) -> None:
    answer = api.post(PATH, {"contact": contact})
    assert (answer.status, answer.fields) == (400, ["contact"])


def test_the_password_stays_until_the_code_is_sent_back(api: Api, alice: int, people: People) -> None:
    api.post(PATH, {"contact": alice})
    assert api.post("/api/users/login/", {"contact": alice, "password": "correct horse 7"}).status == 200

"""POST /api/users/password/reset/confirm/"""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update

from tests import faults
from tests.api import Answer, Api, authorize
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, Person, code_sent_to, log_in

PATH = "/api/users/password/reset/confirm/"
NEW = "another horse 8"
INVALID = {"message": "Invalid or expired OTP."}


@pytest.fixture
def alice(api: Api, people: People, time: FakeClock) -> Person:
    """Alice, who has just asked for a code."""
    person = people.alice
    time.advance(minutes=1)
    api.post("/api/users/password/reset/", {"contact": person.contact})
    return person


def confirm(api: Api, person: Person, otp: Any, password: Any = NEW) -> Answer:
    return api.post(PATH, {"contact": person.contact, "otp": otp, "password": password})


def test_the_code_sets_the_password(api: Api, alice: Person) -> None:
    answer = confirm(api, alice, code_sent_to(alice.contact))
    assert (answer.status, set(answer.json)) == (200, {"message", "access", "refresh"})
    assert authorize(answer.json["access"])
    assert log_in(api, alice.contact, NEW)
    assert api.post("/api/users/login/", {"contact": alice.contact, "password": PASSWORD}).status == 401


def test_the_owner_of_the_account_is_told(api: Api, alice: Person) -> None:
    confirm(api, alice, code_sent_to(alice.contact))
    (text,) = sms_to(alice.contact)
    assert text.startswith("QuickCare: Your password was changed on ")


def test_all_older_sessions_end(api: Api, alice: Person) -> None:
    confirm(api, alice, code_sent_to(alice.contact))
    assert authorize(alice.access) is None
    assert api.post("/api/users/token/refresh/", {"refresh": alice.refresh}).status == 401


def test_a_code_is_good_once(api: Api, alice: Person) -> None:
    code = code_sent_to(alice.contact)
    confirm(api, alice, code)
    assert confirm(api, alice, code, "third horse 9").json == INVALID
    assert faults.items(kind="OtpLog")[-1]["used_at"]


def test_a_code_is_good_for_five_tries(api: Api, alice: Person) -> None:
    code = code_sent_to(alice.contact)
    for _ in range(5):
        answer = confirm(api, alice, f"{(int(code) + 1) % 1_000_000:06d}")
        assert (answer.status, answer.json) == (400, INVALID)
    assert confirm(api, alice, code).json == INVALID


def test_a_weak_password_costs_no_try(api: Api, alice: Person) -> None:
    for password in ("x", "123456", str(alice.contact), "x" * 129, "", None, 7):
        answer = confirm(api, alice, "000000", password)
        assert (answer.status, answer.fields) == (400, ["password"])
    assert confirm(api, alice, code_sent_to(alice.contact)).status == 200


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 400)])
def test_a_code_lives_ten_minutes(api: Api, alice: Person, time: FakeClock, seconds: int, status: int) -> None:
    time.advance(seconds=seconds)
    assert confirm(api, alice, code_sent_to(alice.contact)).status == status


def test_without_a_reset_that_was_started_it_is_400(api: Api, alice: Person, people: People) -> None:
    assert confirm(api, people.bob, "888888").json == INVALID
    unknown = api.post(PATH, {"contact": 9999999999, "otp": "888888", "password": NEW})
    assert (unknown.status, unknown.json) == (400, INVALID)


def test_an_account_deactivated_meanwhile_is_400(api: Api, alice: Person) -> None:
    table.write(user=Update(User.key(alice.id), [User.is_active.set(False)]))
    assert confirm(api, alice, code_sent_to(alice.contact)).status == 400


def test_a_reset_replaces_a_temporary_password(api: Api, alice: Person, time: FakeClock) -> None:
    table.write(user=Update(User.key(alice.id), [User.temporary_password_until.set(time.now)]))
    confirm(api, alice, code_sent_to(alice.contact))
    answer = api.post("/api/users/login/", {"contact": alice.contact, "password": NEW})
    assert (answer.status, answer.json["password_change_required"]) == (200, False)

"""POST /api/users/login/"""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from quickcare.accounts import passwords, superuser
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update
from quickcare.settings import LOCAL_SUPERADMIN_PASSWORD, settings

from tests import faults
from tests.api import Answer, Api, authorize
from tests.conftest import FakeClock
from tests.people import PASSWORD, People

PATH = "/api/users/login/"
WRONG = {"message": "Invalid contact number or password."}


def log_in(api: Api, contact: Any, password: Any = PASSWORD) -> Answer:
    return api.post(PATH, {"contact": contact, "password": password})


def test_contact_and_password_log_in(api: Api, people: People) -> None:
    answer = log_in(api, people.alice.contact)
    assert answer.status == 200
    assert set(answer.json) >= {"access", "refresh", "user"}
    assert not {"message", "onboarding_required", "onboarding_url"} & set(answer.json)
    assert answer.json["user"] == api.get("/api/users/me/", answer.json["access"]).json
    assert answer.json["password_change_required"] is False


def test_the_contact_may_be_text(api: Api, people: People) -> None:
    assert log_in(api, str(people.alice.contact)).status == 200


def test_staff_must_complete_their_profile(api: Api, people: People) -> None:
    answer = log_in(api, people.dora.contact)
    assert answer.status == 200
    assert answer.json["message"] == "Login successful, but your profile is incomplete."
    assert answer.json["onboarding_required"] is True
    assert answer.json["onboarding_url"] == "/api/users/onboarding/member/complete/"
    assert authorize(answer.json["access"])


def test_patients_may_log_in_before_their_profile_is_complete(api: Api, people: People) -> None:
    answer = log_in(api, people.alice.contact)
    assert "onboarding_required" not in answer.json
    assert answer.json["user"]["is_complete_onboarding"] is False


def test_wrong_password_and_unknown_contact_look_the_same(api: Api, people: People) -> None:
    wrong, unknown = log_in(api, people.alice.contact, "wrong one"), log_in(api, 9999999999)
    assert (wrong.status, wrong.json) == (unknown.status, unknown.json) == (401, WRONG)


def test_an_unknown_contact_takes_the_same_work(api: Api, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same database calls and one hash: nothing that a stopwatch could see."""
    hashes: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, password_hash: str | bytes, password: str | bytes) -> Any:
            hashes.append("one")
            return super().verify(password_hash, password)

    def cost(contact: int) -> tuple[int, list[str]]:
        from tests import round_trips

        hashes.clear()
        with round_trips.counted() as trips:
            assert log_in(api, contact, "wrong one").status == 401
        return len(hashes), sorted(call.operation for call in trips.calls)

    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    known = cost(people.alice.contact)
    assert cost(9999999999) == known
    assert known[0] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact", "98765/43210"),
        ("contact", "+449876543210"),
        ("contact", 9876543210.5),
        ("contact", False),
        ("contact", 10**30),
        ("contact", None),
        ("contact", []),
        ("password", None),
        ("password", 17),
        ("password", {}),
        ("password", "x" * 1025),
        ("password", "a\x00b"),
    ],
)
def test_bad_input_is_400(api: Api, field: str, value: Any) -> None:
    answer = api.post(PATH, {"contact": 9876543210, "password": PASSWORD} | {field: value})
    assert (answer.status, answer.fields) == (400, [field])
    assert faults.items() == []


def test_a_deactivated_account_is_403(api: Api, people: People) -> None:
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert log_in(api, people.alice.contact).status == 403
    assert log_in(api, people.alice.contact, "wrong one").json == WRONG


# Back-off


def fail(api: Api, contact: int, times: int) -> None:
    for _ in range(times):
        assert log_in(api, contact, "wrong one").status == 401


def test_after_five_failures_even_the_right_password_waits(api: Api, people: People, time: FakeClock) -> None:
    fail(api, people.alice.contact, 5)
    answer = log_in(api, people.alice.contact)
    assert answer.status == 429
    assert "message" in answer.json
    assert 29 <= int(answer.headers["Retry-After"]) <= 31
    time.advance(seconds=31)
    assert log_in(api, people.alice.contact).status == 200


def test_waits_double_up_to_fifteen_minutes(api: Api, people: People, time: FakeClock) -> None:
    fail(api, people.alice.contact, 4)
    for wait in (30, 60, 120, 240, 480, 900, 900):
        fail(api, people.alice.contact, 1)
        time.advance(seconds=wait - 1)
        assert log_in(api, people.alice.contact).status == 429
        time.advance(seconds=1.5)


def test_success_forgets_the_failures(api: Api, people: People) -> None:
    for _ in range(3):
        fail(api, people.alice.contact, 4)
        assert log_in(api, people.alice.contact).status == 200


def test_failures_of_yesterday_are_forgotten(api: Api, people: People, time: FakeClock) -> None:
    fail(api, people.alice.contact, 4)
    time.advance(days=1, seconds=1)
    fail(api, people.alice.contact, 4)


def test_back_off_is_per_account(api: Api, people: People) -> None:
    fail(api, people.alice.contact, 5)
    assert log_in(api, people.bob.contact).status == 200


def test_unknown_contacts_back_off_too(api: Api) -> None:
    fail(api, 9999999999, 5)
    assert log_in(api, 9999999999).status == 429


def test_reset_by_code_passes_the_back_off(api: Api, people: People, time: FakeClock) -> None:
    contact = people.alice.contact
    time.advance(minutes=1)
    fail(api, contact, 5)
    api.post("/api/users/password/reset/", {"contact": contact})
    body = {"contact": contact, "otp": "888888", "password": "another horse 8"}
    assert api.post("/api/users/password/reset/confirm/", body).status == 200
    assert log_in(api, contact, "another horse 8").status == 200


# Passwords


def test_hash_is_renewed_when_its_parameters_are_old(api: Api, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = people.alice.contact
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert log_in(api, contact).status == 200
    (user,) = faults.items(kind="User")
    assert "t=2" in user["password_hash"]
    assert log_in(api, contact).status == 200


def temporary(people: People, time: FakeClock) -> None:
    until = time.now + timedelta(days=7)
    table.write(user=Update(User.key(people.dora.id), [User.temporary_password_until.set(until)]))


def test_temporary_password_must_be_changed(api: Api, people: People, time: FakeClock) -> None:
    temporary(people, time)
    answer = log_in(api, people.dora.contact)
    assert (answer.status, answer.json["password_change_required"]) == (200, True)
    changed = api.put("/api/users/password/change/", {"password": "another horse 8"}, answer.json["access"])
    assert changed.status == 200
    assert log_in(api, people.dora.contact, "another horse 8").json["password_change_required"] is False


def test_temporary_password_dies_after_seven_days(api: Api, people: People, time: FakeClock) -> None:
    temporary(people, time)
    time.advance(days=7)
    answer = log_in(api, people.dora.contact)
    assert (answer.status, list(answer.json)) == (401, ["message"])


def test_default_password_does_not_log_in_where_people_are_real(
    api: Api, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser.create(contact=9999999999, name="Root", password=LOCAL_SUPERADMIN_PASSWORD, now=time.now)
    assert log_in(api, 9999999999, LOCAL_SUPERADMIN_PASSWORD).status == 200
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.delenv("MASTER_OTP")
    settings.cache_clear()
    assert log_in(api, 9999999999, LOCAL_SUPERADMIN_PASSWORD).status == 403

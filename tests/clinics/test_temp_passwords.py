"""Temporary passwords, from the SMS to the superadmin's log (docs/contract.md: Admin panel)."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from quickcare.db import keys, table
from quickcare.db.items import TempPassword, TempPasswordLog, User
from quickcare.db.operations import Create, Delete, Update

from tests.api import Api
from tests.bench import sms_to
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.conftest import FakeClock
from tests.people import People, log_in


class Issued(NamedTuple):
    password: str
    user_id: str

    @property
    def log(self) -> TempPasswordLog:
        [log] = [
            log for pk in keys.shards(keys.TEMP_PASSWORD_LOG) for log in TempPasswordLog.query(pk, consistent_read=True)
        ]
        return log

    @property
    def plaintext(self) -> TempPassword | None:
        return table.fetch(TempPassword.key(self.log.id))


@pytest.fixture
def issued(people: People, clinic: Any, add: Add) -> Issued:
    member = add(people.charlie, clinic["id"]).json
    return Issued(password_sent_to(NEWCOMER), member["user"]["id"])


def test_the_password_is_hashed_in_the_account_and_readable_in_its_own_item(issued: Issued, time: FakeClock) -> None:
    user = table.fetch(User.key(issued.user_id))
    assert user is not None
    assert user.password_hash.startswith("$argon2id$")
    assert (issued.log.user_id, issued.log.contact, issued.log.is_used) == (issued.user_id, NEWCOMER, False)
    assert issued.log.expires_at == time.now + timedelta(days=7)
    assert issued.plaintext is not None
    assert (issued.plaintext.password, issued.plaintext.ttl) == (issued.password, time.now + timedelta(days=7))


def test_the_first_login_with_the_password_wipes_it(api: Api, issued: Issued) -> None:
    log_in(api, NEWCOMER, issued.password)
    assert issued.plaintext is None
    assert not issued.log.is_used
    assert log_in(api, NEWCOMER, issued.password)


def test_a_login_with_another_password_does_not_wipe_it(api: Api, issued: Issued) -> None:
    api.post("/api/users/login/", {"contact": NEWCOMER, "password": "something else"})
    assert issued.plaintext is not None


def test_a_password_reset_wipes_it(api: Api, issued: Issued) -> None:
    api.post("/api/users/password/reset/", {"contact": NEWCOMER})
    code = next(text for text in sms_to(NEWCOMER) if "code" in text)[:6]
    body = {"contact": NEWCOMER, "otp": code, "password": "a new one 42"}
    assert api.post("/api/users/password/reset/confirm/", body).status == 200
    assert issued.plaintext is None
    assert api.post("/api/users/login/", {"contact": NEWCOMER, "password": issued.password}).status == 401


def test_completing_the_profile_marks_the_password_as_used(api: Api, issued: Issued) -> None:
    token = log_in(api, NEWCOMER, issued.password)["access"]
    assert api.patch("/api/users/onboarding/member/complete/", {"specialty": "Cardiology"}, token=token).status == 200
    assert issued.log.is_used


def test_an_entry_from_before_the_shards_is_marked_as_used(api: Api, issued: Issued) -> None:
    # GIVEN an entry where yesterday's code put it, and an account that does not name its partition
    attributes = {name: value for name, value in issued.log.attribute_values.items() if name not in ("pk", "sk")}
    table.write(
        gone=Delete(TempPasswordLog.key(issued.log.id)),
        log=Create(TempPasswordLog.before_shards(issued.log.id).item(**attributes)),
        user=Update(User.key(issued.user_id), [User.temporary_password_log_pk.remove()]),
    )
    # WHEN its owner completes the profile
    token = log_in(api, NEWCOMER, issued.password)["access"]
    assert api.patch("/api/users/onboarding/member/complete/", {"specialty": "Cardiology"}, token=token).status == 200
    # THEN
    assert (issued.log.pk, issued.log.is_used) == (keys.TEMP_PASSWORD_LOG, True)


def test_a_changed_password_is_no_longer_temporary(api: Api, issued: Issued) -> None:
    token = log_in(api, NEWCOMER, issued.password)["access"]
    assert api.put("/api/users/password/change/", {"password": "a new one 42"}, token=token).status == 200
    answer = api.post("/api/users/login/", {"contact": NEWCOMER, "password": "a new one 42"})
    assert (answer.status, answer.json["password_change_required"]) == (200, False)

"""PUT /api/users/password/change/"""

from typing import Any

import pytest
from quickcare.accounts import limits
from quickcare.errors import about_fields

from tests.api import Api, authorize
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, log_in

PATH = "/api/users/password/change/"
# The example that client apps were built from.
NEW = "NewSecurePass@123"


def test_the_new_password_logs_in_and_the_old_one_does_not(api: Api, people: People) -> None:
    answer = api.put(PATH, {"password": NEW}, people.alice.access)
    assert (answer.status, set(answer.json)) == (200, {"message", "access", "refresh"})
    assert log_in(api, people.alice.contact, NEW)
    old = api.post("/api/users/login/", {"contact": people.alice.contact, "password": PASSWORD})
    assert old.status == 401


def test_the_owner_of_the_account_is_told_once(api: Api, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=1))
    sms_to(people.alice.contact)
    fresh = api.put(PATH, {"password": NEW}, people.alice.access).json["access"]
    (text,) = sms_to(people.alice.contact)
    assert text.startswith("QuickCare: Your password was changed on 1 Mar 11:30 AM.")
    # Beyond the day's limit the password is changed all the same.
    assert api.put(PATH, {"password": PASSWORD}, fresh).status == 200
    assert sms_to(people.alice.contact) == []


def test_nobody_is_told_of_a_password_that_was_not_changed(api: Api, people: People) -> None:
    sms_to(people.alice.contact)
    assert api.put(PATH, {"password": "x"}, people.alice.access).status == 400
    assert sms_to(people.alice.contact) == []


def test_all_other_sessions_end(api: Api, people: People) -> None:
    other = log_in(api, people.alice.contact)
    answer = api.put(PATH, {"password": NEW}, people.alice.access)
    assert authorize(other["access"]) is None
    assert refreshed(api, other["refresh"]) == 401
    assert authorize(answer.json["access"])
    assert authorize(people.bob.access)


def test_the_calling_session_goes_on_with_the_tokens_it_has_and_with_fresh_ones(
    api: Api, people: People, time: FakeClock
) -> None:
    alice = log_in(api, people.alice.contact)
    time.advance(days=6)
    alice["access"] = api.post("/api/users/token/refresh/", {"refresh": alice["refresh"]}).json["access"]
    fresh = api.put(PATH, {"password": NEW}, alice["access"]).json
    assert all(authorize(tokens["access"]) for tokens in (alice, fresh))
    assert all(refreshed(api, tokens["refresh"]) == 200 for tokens in (alice, fresh))


def test_a_session_that_goes_on_lives_as_long_as_its_fresh_tokens(api: Api, people: People, time: FakeClock) -> None:
    alice = people.alice
    time.advance(days=6, hours=23)
    access = api.post("/api/users/token/refresh/", {"refresh": alice.refresh}).json["access"]
    fresh = api.put(PATH, {"password": NEW}, access).json
    time.advance(days=6, hours=23)
    assert refreshed(api, alice.refresh) == 401
    assert refreshed(api, fresh["refresh"]) == 200


@pytest.mark.parametrize("tokens", ["old", "fresh"])
def test_logging_out_ends_the_session_with_all_its_tokens(api: Api, people: People, tokens: str) -> None:
    fresh = api.put(PATH, {"password": NEW}, people.alice.access).json
    refresh = fresh["refresh"] if tokens == "fresh" else people.alice.refresh
    assert api.post("/api/users/logout/", {"refresh": refresh}, fresh["access"]).status == 200
    assert authorize(people.alice.access) is authorize(fresh["access"]) is None
    assert refreshed(api, people.alice.refresh) == refreshed(api, fresh["refresh"]) == 401


def refreshed(api: Api, refresh: str) -> int:
    return api.post("/api/users/token/refresh/", {"refresh": refresh}).status


def test_the_new_tokens_can_change_the_password_again(api: Api, people: People) -> None:
    fresh = api.put(PATH, {"password": NEW}, people.alice.access).json["access"]
    assert api.put(PATH, {"password": PASSWORD}, fresh).status == 200


@pytest.mark.parametrize(
    "password", ["x", "12345", "x" * 129, "password", "9876500001", "", None, 1234567, "a\x00bcdef"]
)
def test_a_bad_password_is_400(api: Api, people: People, password: Any) -> None:
    answer = api.put(PATH, {"password": password}, people.alice.access)
    assert (answer.status, answer.fields) == (400, ["password"])
    assert authorize(people.alice.access)


def test_a_missing_password_is_400(api: Api, people: People) -> None:
    assert api.put(PATH, {}, people.alice.access).json == about_fields({"password": ["This field is required."]})


def test_without_a_token_it_is_401(api: Api) -> None:
    assert api.put(PATH, {"password": NEW}).status == 401


@pytest.mark.parametrize("ended_by", ["logout", "change"])
def test_a_session_that_ended_while_the_authorizers_answer_is_cached_is_401(
    api: Api, people: People, ended_by: str
) -> None:
    """Otherwise a stolen access token could start a new session after its owner ended the old one (invariant 12)."""
    identity = authorize(people.alice.access)
    if ended_by == "logout":
        api.post("/api/users/logout/", {"refresh": people.alice.refresh}, people.alice.access)
    else:
        api.put(PATH, {"password": NEW}, log_in(api, people.alice.contact)["access"])
    assert api.put(PATH, {"password": "third horse 9"}, identity=identity).status == 401

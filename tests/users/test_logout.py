"""POST /api/users/logout/"""

from typing import Any

import pytest

from tests.api import Api, authorize
from tests.people import People, log_in

PATH = "/api/users/logout/"


def test_logout_ends_this_session(api: Api, people: People) -> None:
    answer = api.post(PATH, {"refresh": people.alice.refresh}, people.alice.access)
    assert (answer.status, list(answer.json)) == (200, ["message"])
    assert authorize(people.alice.access) is None


def test_other_devices_stay_logged_in(api: Api, people: People) -> None:
    other = log_in(api, people.alice.contact)
    api.post(PATH, {"refresh": people.alice.refresh}, people.alice.access)
    assert authorize(other["access"])


def test_the_caller_may_end_another_session_of_their_own(api: Api, people: People) -> None:
    other = log_in(api, people.alice.contact)
    assert api.post(PATH, {"refresh": other["refresh"]}, people.alice.access).status == 200
    assert authorize(other["access"]) is None
    assert authorize(people.alice.access)


def test_logging_out_twice_is_fine(api: Api, people: People) -> None:
    other = log_in(api, people.alice.contact)
    for _ in range(2):
        assert api.post(PATH, {"refresh": other["refresh"]}, people.alice.access).status == 200


def test_somebody_elses_refresh_token_is_400(api: Api, people: People) -> None:
    answer = api.post(PATH, {"refresh": people.bob.refresh}, people.alice.access)
    assert (answer.status, answer.fields) == (400, ["refresh"])
    assert authorize(people.bob.access)


@pytest.mark.parametrize("refresh", [None, "", 7, "x", "a.b.c"])
def test_a_bad_token_is_400(api: Api, people: People, refresh: Any) -> None:
    answer = api.post(PATH, {"refresh": refresh}, people.alice.access)
    assert (answer.status, answer.fields) == (400, ["refresh"])


def test_an_access_token_is_no_refresh_token(api: Api, people: People) -> None:
    assert api.post(PATH, {"refresh": people.alice.access}, people.alice.access).status == 400


def test_without_a_token_it_is_401(api: Api, people: People) -> None:
    assert api.post(PATH, {"refresh": people.alice.refresh}).status == 401

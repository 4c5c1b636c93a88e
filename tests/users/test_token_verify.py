"""POST /api/users/token/verify/"""

from typing import Any

import pytest

from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People

PATH = "/api/users/token/verify/"


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_good_token_is_200(api: Api, people: People, kind: str) -> None:
    answer = api.post(PATH, {"token": getattr(people.alice, kind)})
    assert (answer.status, answer.json) == (200, {})


@pytest.mark.parametrize("token", ["x", "a.b.c", "🔑"])
def test_a_bad_token_is_401(api: Api, token: str) -> None:
    answer = api.post(PATH, {"token": token})
    assert (answer.status, list(answer.json)) == (401, ["message"])


@pytest.mark.parametrize("token", [None, 7, "", [], "x" * 5000])
def test_a_value_that_cannot_be_a_token_is_400(api: Api, token: Any) -> None:
    assert api.post(PATH, {"token": token}).status == 400


def test_an_expired_token_is_401(api: Api, people: People, time: FakeClock) -> None:
    token = people.alice.access
    time.advance(days=1)
    assert api.post(PATH, {"token": token}).status == 401


def test_a_token_of_an_ended_session_is_401(api: Api, people: People) -> None:
    api.post("/api/users/logout/", {"refresh": people.alice.refresh}, people.alice.access)
    for token in (people.alice.access, people.alice.refresh):
        assert api.post(PATH, {"token": token}).status == 401

"""Sequential DynamoDB round trips of the users API."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import round_trips
from tests.api import Api, authorize
from tests.people import PASSWORD, People

ADDRESS = "/api/users/address/"


@pytest.fixture
def cost(people: People) -> Callable[..., tuple[int, int]]:
    """Reads and writes of a call by somebody whom the authorizer let pass before."""

    def measure(method: str, path: str, body: Any = None, token: str = "") -> tuple[int, int]:
        identity = authorize(token)
        with round_trips.counted() as trips:
            answer = people.api.call(method, path, body, identity=identity)
        assert answer.status < 300, answer
        return trips.reads, trips.writes

    return measure


Cost = Callable[..., tuple[int, int]]


def test_the_authorizer_reads_once(people: People) -> None:
    token = people.alice.access
    with round_trips.counted() as trips:
        assert authorize(token)
    assert (trips.reads, trips.writes) == (1, 0)


def test_login_reads_twice_and_writes_once(people: People, cost: Cost) -> None:
    body = {"contact": people.alice.contact, "password": PASSWORD}
    assert cost("POST", "/api/users/login/", body) == (2, 1)


def test_refresh_reads_once(people: People, cost: Cost) -> None:
    assert cost("POST", "/api/users/token/refresh/", {"refresh": people.alice.refresh}) == (1, 0)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/api/users/me/", None, (1, 0)),
        ("GET", "/api/users/sessions/", None, (1, 0)),
        ("PUT", "/api/users/me/", {"age": 30}, (1, 1)),
        ("GET", "/api/users/me/preferences/", None, (1, 0)),
        ("PUT", "/api/users/me/medical-profile/", {"allergies": "none"}, (1, 1)),
        ("POST", ADDRESS, {"town": "Jaipur"}, (1, 1)),
        ("GET", ADDRESS, None, (1, 0)),
        ("PUT", "/api/users/password/change/", {"password": "another horse 8"}, (1, 2)),  # the SMS leaves the outbox
        ("PATCH", "/api/users/onboarding/patient/step3/", {"town": "Jaipur", "height_cm": 170}, (1, 1)),
    ],
)
def test_the_callers_own_data_read_once_and_write_once(
    people: People, cost: Cost, method: str, path: str, body: Any, expected: tuple[int, int]
) -> None:
    assert cost(method, path, body, people.alice.access) == expected


def test_ending_a_session_reads_once_and_writes_once(api: Api, people: People, cost: Cost) -> None:
    (session,) = api.get("/api/users/sessions/", people.alice.access).json
    assert cost("DELETE", f"/api/users/sessions/{session['id']}/", token=people.alice.access) == (1, 1)


def test_medical_profile_reads_once(api: Api, people: People, cost: Cost) -> None:
    api.put("/api/users/me/medical-profile/", {"allergies": "none"}, people.alice.access)
    assert cost("GET", "/api/users/me/medical-profile/", token=people.alice.access) == (1, 0)


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [("GET", None, (1, 0)), ("PUT", {"is_current": True}, (1, 1)), ("DELETE", None, (1, 1))],
)
def test_one_address_reads_once_and_writes_once(
    api: Api, people: People, cost: Cost, method: str, body: Any, expected: tuple[int, int]
) -> None:
    # GIVEN a second address, which is not the current one
    api.post(ADDRESS, {"town": "Jaipur"}, people.alice.access)
    second = api.post(ADDRESS, {"town": "Ajmer"}, people.alice.access).json["id"]
    # WHEN / THEN
    assert cost(method, f"{ADDRESS}{second}/", body, people.alice.access) == expected


def test_a_second_address_writes_once(api: Api, people: People, cost: Cost) -> None:
    api.post(ADDRESS, {"town": "Jaipur"}, people.alice.access)
    assert cost("POST", ADDRESS, {"town": "Ajmer"}, people.alice.access) == (1, 1)


def test_patient_lookup_reads_twice_and_counts(people: People, cost: Cost) -> None:
    contact = people.alice.contact
    assert cost("GET", f"/api/users/patient/lookup/?contact={contact}", token=people.dora.access) == (2, 1)


def test_check_reads_once(cost: Cost) -> None:
    assert cost("GET", "/api/users/check/?contact=9876500001") == (1, 0)

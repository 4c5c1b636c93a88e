"""POST /api/users/password/reset/ tells by nothing who is registered: neither by calls nor by time."""

from statistics import median
from time import thread_time

import pytest
from quickcare import aws
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update

from tests import round_trips
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People

RESET, CONFIRM = "/api/users/password/reset/", "/api/users/password/reset/confirm/"
NOBODY = 9999999999
ROUNDS = 15


def calls(api: Api, path: str, body: dict[str, object], ip: str) -> tuple[int, list[str], list[int]]:
    """The status, every call of DynamoDB and SNS, and how many items each transaction of it has."""
    made: list[str] = []
    sns = aws.client("sns")

    def note(**_: object) -> None:
        made.append("Publish")

    sns.meta.events.register("before-call.sns.Publish", note)
    try:
        with round_trips.counted() as trips:
            answer = api.post(path, body, ip=ip)
    finally:
        sns.meta.events.unregister("before-call.sns.Publish", note)
    sizes = sorted(call.body.count('"kind"') for call in trips.calls)  # some run at the same time
    return answer.status, sorted(made + [call.operation for call in trips.calls]), sizes


@pytest.fixture(params=["registered", "deactivated"])
def contact(request: pytest.FixtureRequest, people: People, time: FakeClock) -> int:
    alice = people.alice
    if request.param == "deactivated":
        table.write(user=Update(User.key(alice.id), [User.is_active.set(False)]))
    time.advance(minutes=1)
    return alice.contact


def test_a_reset_makes_the_same_calls_for_all(api: Api, contact: int) -> None:
    known = calls(api, RESET, {"contact": contact}, "198.51.100.1")
    assert known == calls(api, RESET, {"contact": NOBODY}, "198.51.100.2")
    assert known[0] == 200
    assert "Publish" in known[1]


def test_a_wrong_code_makes_the_same_calls_for_all(api: Api, contact: int) -> None:
    for asked in (contact, NOBODY):
        api.post(RESET, {"contact": asked})
    body = {"otp": "000000", "password": "another horse 8"}
    known = calls(api, CONFIRM, body | {"contact": contact}, "198.51.100.1")
    assert known == calls(api, CONFIRM, body | {"contact": NOBODY}, "198.51.100.2")
    assert known[0] == 400


def test_a_reset_takes_the_same_time_for_all(api: Api, people: People, time: FakeClock) -> None:
    """By the CPU time of this thread, so that other work of the machine does not count. Before, it was 1 to 2."""
    spent: dict[int, list[float]] = {people.alice.contact: [], NOBODY: []}
    for _ in range(ROUNDS):
        time.advance(days=1)
        for contact, times in spent.items():
            began = thread_time()
            assert api.post(RESET, {"contact": contact}).status == 200
            times.append(thread_time() - began)
    known, unknown = (median(times) for times in spent.values())
    assert 1 / 1.4 < known / unknown < 1.4, spent

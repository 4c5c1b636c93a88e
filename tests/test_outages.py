"""Every write of the API while a service that it needs hangs, refuses, fails, throttles or loses an answer.

The answer comes before Lambda would end the function. It is a success, or 503 of a request that has changed nothing.
"""

from collections.abc import Iterator
from itertools import count, cycle

import pytest
from quickcare import aws
from quickcare.db import keys
from quickcare.web import access

from tests import outages
from tests.api import Answer, Api
from tests.asking import call, callers, lets_in
from tests.outages import FAULTS, Clock, Service, clock, watched
from tests.routes import InResolver
from tests.test_who_may_call import ROUTES, moto, there_is
from tests.thorough import IS_THOROUGH
from tests.town import Somebody, Town

__all__ = ["clock", "moto", "there_is"]
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
CHANGING = [route for route in ROUTES if route.method != "GET" and not {access.twilio, access.exotel} & set(route.who)]
LAMBDA = 29.0  # seconds, of tests.api.Context
# Limits count what was tried; the record of a request that could not be deleted expires with its Lambda; rows of a
# directory are written before the item that they count for.
UNCOMMITTED = ("IDEMPOTENCY#", "ADDRESS-LIMIT#", "DIRECTORY#")
LIMITS = (keys.LOGIN_THROTTLE, keys.PASSWORD_GUESSES, keys.SENDS, keys.CODE_GUESSES)
_keys = count()


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: f"{route.method} {route.path}")
def test_a_write_outlives_every_outage(there_is: Town, api: Api, clock: Clock, route: InResolver) -> None:
    who = next(one for one in callers(there_is, route).values() if lets_in(route.who, there_is, one))
    found = list(problems(there_is, api, clock, route, who))
    assert found == []


def problems(there_is: Town, api: Api, clock: Clock, route: InResolver, who: Somebody) -> Iterator[str]:
    """What goes wrong, with the fault that it needs."""
    with watched(clock) as healthy:
        request(there_is, api, route, who)
    there_is.put_back()
    faults = cycle((outages.refuse, outages.fail, outages.throttle))
    for service, begins in begin(healthy):
        for fault in FAULTS if IS_THOROUGH else (outages.hang, outages.lose_answer, next(faults)):
            began = clock.passed
            with watched(clock, service, fault, begins):
                answer = request(there_is, api, route, who)
            what = f"{service} {healthy[service].calls[begins]} (call {begins}), {fault.__name__}: {answer.status}"
            if clock.passed - began > LAMBDA:
                yield f"{what} after the function has ended"
            if not is_right(answer, fault):
                yield f"{what} {answer.json}"
            changes = committed(there_is.put_back())
            if answer.status == 503 and changes:
                yield f"{what} although it wrote {changes}"


def begin(healthy: dict[str, Service]) -> Iterator[tuple[str, int]]:
    """The services that a request uses, each from its first call on and from each of its writes on."""
    for name, service in healthy.items():
        calls = [number for number, one in enumerate(service.calls) if name != "dynamodb" or one in WRITES]
        for number in calls if IS_THOROUGH else calls[:4]:
            yield name, number


def request(there_is: Town, api: Api, route: InResolver, who: Somebody) -> Answer:
    """As from a new process, which has no secrets yet."""
    aws._secrets.clear()
    headers = {"Idempotency-Key": str(next(_keys))} if route.takes_key else None
    return call(api, there_is, route, who, headers)


def is_right(answer: Answer, fault: object) -> bool:
    if fault is outages.lose_answer:
        return answer.status < 400
    return answer.status < 400 or answer.status == 503


def committed(changed: list[tuple[str, str]]) -> list[str]:
    """Of these keys those that a request which failed may not have changed."""
    return [f"{pk} {sk}" for pk, sk in changed if not pk.startswith(UNCOMMITTED) and not sk.startswith(LIMITS)]

"""Everything that changes something, while a service that it needs hangs, refuses, fails, throttles or loses an answer.

The answer comes before Lambda would end the function. A request succeeds, or it is 503 and has changed nothing. A
worker succeeds or says what it did not do. What is in the table breaks no invariant, and a repetition finishes it.
"""

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from quickcare.db import keys

from tests import outages
from tests.api import Api
from tests.changes import ALL
from tests.changes.aftermath import Look, changed
from tests.changes.scene import FAILED, Change, Scene
from tests.conftest import FakeClock
from tests.outages import FAULTS, PROVIDER, Clock, Fault, Service, clock, watched
from tests.test_who_may_call import moto, there_is
from tests.thorough import IS_THOROUGH
from tests.town import Items, Town, stored

__all__ = ["clock", "moto", "scene", "there_is"]
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
# Limits count what was tried; the record of a request that could not be deleted expires with its Lambda; rows of a
# directory are written before the item that they count for.
UNCOMMITTED = ("IDEMPOTENCY#", "ADDRESS-LIMIT#", "DIRECTORY#")
GONE = 404
"""What a repetition is told when all had been deleted."""
LIMITS = (keys.LOGIN_THROTTLE, keys.PASSWORD_GUESSES, keys.SENDS, keys.CODE_GUESSES, keys.CODE_TRIES)
# What an administrator changes of a clinic is committed before the lists of its doctors, and the same request, sent
# again, finishes these. A try of a code is written before it is compared, and that a session of the panel was seen
# before what it does.
FINISHED_BY_A_REPETITION = {
    "POST /admin/clinics/<clinic_id>/change",
    "POST /admin/clinics/<clinic_id>/activate",
    "POST /admin/clinics/<clinic_id>/deactivate",
    "POST /admin/login/code",
    "POST /admin/users/<user_id>/reset-second-factor",
    "POST /admin/second-factor/recovery-codes",
}


@pytest.fixture
def scene(there_is: Town, api: Api, time: FakeClock, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(there_is, api, time, clock, monkeypatch)


@pytest.mark.parametrize("change", ALL, ids=str)
def test_a_change_outlives_every_outage(scene: Scene, change: Change) -> None:
    found = list(problems(scene, change))
    assert found == []


def problems(scene: Scene, change: Change) -> Iterator[str]:
    """What goes wrong, with the fault that it needs."""
    look, faults = Look(scene), cycle((outages.refuse, outages.fail, outages.throttle))
    call, before = prepared(scene, change)
    with watched(scene.clock) as healthy:
        assert call() < 400
    for service, begins in begin(healthy):
        for fault in FAULTS if IS_THOROUGH else (outages.hang, outages.lose_answer, next(faults)):
            call, before = prepared(scene, change)
            began = scene.clock.passed
            with watched(scene.clock, service, fault, begins) as services:
                status = call()
            what = f"{service} {healthy[service].calls[begins]} (call {begins}), {fault.__name__}: {status}"
            if scene.clock.passed - began > change.seconds:
                yield f"{what} after the function has ended"
            if not is_right(status, fault, change):
                yield what
            if change.is_sending:
                yield from (f"{what} and then {one}" for one in sent_otherwise(scene, call, status, fault, services))
            else:
                yield from (f"{what} and then {one}" for one in left_behind(look, change, call, status, before))


def prepared(scene: Scene, change: Change) -> tuple[Callable[[], int], Items]:
    """The call, and the table before it."""
    scene.begin_anew()
    call = change.prepare(scene)
    return call, stored() if change.is_prepared else scene.town.stored


def begin(healthy: dict[str, Service]) -> Iterator[tuple[str, int]]:
    """The services that a change uses, each from its first call on and from each of its writes on."""
    for name, service in healthy.items():
        calls = [number for number, one in enumerate(service.calls) if name != "dynamodb" or one in WRITES]
        for number in calls if IS_THOROUGH else calls[:4]:
            yield name, number


def is_right(status: int, fault: Fault, change: Change) -> bool:
    may_fail = fault is not outages.lose_answer or change.is_worker
    return status < 400 or (may_fail and status in ((FAILED, 409) if change.is_in_parts else (FAILED,)))


def left_behind(look: Look, change: Change, call: Callable[[], int], status: int, before: Items) -> Iterator[str]:
    """What should not be in the table, and what a repetition does not finish."""
    now = stored()
    keys_written = committed(changed(before, now))
    yield from look.findings(before, now)
    if status < 400:
        return
    if change.is_worker or change.is_in_parts or change.name in FINISHED_BY_A_REPETITION:
        if (again := call()) >= 400 and again != GONE:
            yield f"{again} of the repetition"
        yield from look.findings(before, stored())
    elif keys_written:
        yield f"it had written {keys_written}"


def sent_otherwise(
    scene: Scene, call: Callable[[], int], status: int, fault: Fault, services: dict[str, Service]
) -> Iterator[str]:
    """Whether the provider got an SMS twice, or not at all although nobody sends it again. `status` is of the first
    try; one that was certainly not sent is sent by the next."""
    with watched(scene.clock) as next_try:
        again = call()
    sent = sum(sendings(one) for one in (services, next_try))
    if sent > 1 or (not sent and FAILED not in (status, again)):
        yield f"the provider got it {sent} times"
    if status == again == FAILED and fault in (outages.refuse, outages.fail, outages.throttle):
        yield f"{again} of the repetition"


def committed(changes: list[tuple[str, str]]) -> list[str]:
    """Of these keys those that a request which failed may not have changed."""
    return [f"{pk} {sk}" for pk, sk in changes if not pk.startswith(UNCOMMITTED) and not sk.startswith(LIMITS)]


def sendings(services: dict[str, Service]) -> int:
    """How many SMS a provider got."""
    return services[PROVIDER].arrived.count("Send") + services["sns"].arrived.count("Publish")

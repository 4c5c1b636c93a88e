"""Everything that changes something, by a process that dies after each call that changes something (`outages.Death`).

Then the minutes pass in which the sweep and the workers of the queues run, and the same comes again. What is in the
table breaks no invariant at any time. In the end all is as after one undisturbed run or after two of them, and
everybody was told as often. So a change is never half done, and nobody is told twice of one that was made once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

import pytest
from quickcare.db import keys

from tests.changes import ALL
from tests.changes.aftermath import Look, Shape, keys_without_document, shape
from tests.changes.scene import Change, Scene
from tests.outages import Death, ProcessDied, clock, watched
from tests.outages.test_outages import LIMITS, UNCOMMITTED, moto, prepared, scene, sendings, there_is
from tests.thorough import IS_THOROUGH
from tests.town import Items, stored

__all__ = ["clock", "moto", "scene", "there_is"]
FIRST = 4
"""After so many of the calls of each change the process dies without THOROUGH, and after the last one."""


Call = Callable[[], int]
Told = Mapping[str, tuple[str, str]]
"""To whom, and which text, by the ids of the SMS."""
NOBODY: Told = MappingProxyType({})
Counts = tuple[tuple[tuple[str, str], int], ...]


class End(NamedTuple):
    """How it ended: the status of the last answer, what is otherwise in the table, and who was told what."""

    status: int
    left: Shape
    told: Counts


@pytest.mark.parametrize("change", [one for one in ALL if not one.is_sending], ids=str)
def test_a_change_survives_a_death_at_every_call(scene: Scene, change: Change) -> None:
    assert list(problems(scene, change)) == []


def problems(scene: Scene, change: Change) -> Iterator[str]:
    """What goes wrong, with the call after which the process died."""
    look = Look(scene)
    counted, ends = undisturbed(scene, change)
    for after in moments(len(counted.changes)):
        call, before = prepared(scene, change)
        death = Death(after)
        with watched(scene.clock, fault=death), suppress(ProcessDied):
            call()
        if not death.is_over:
            return  # it needed fewer calls than the first time
        what = f"dead after {counted.changes[after - 1]} ({after})"
        yield from (f"{what}: {one}" for one in look.findings(before, stored()))
        scene.settle()
        now = stored()
        yield from (f"{what}, settled: {one}" for one in [*look.findings(before, now), *keys_without_document(now)])
        end, now = ended(scene, call, before)
        yield from (f"{what}, repeated: {one}" for one in [*look.findings(before, now), *keys_without_document(now)])
        yield from (f"{what}, repeated: {one}" for one in differences(end, ends))


def moments(calls: int) -> list[int]:
    """After how many calls the process dies."""
    return [one for one in range(1, calls + 1) if IS_THOROUGH or one <= FIRST or one == calls]


def undisturbed(scene: Scene, change: Change) -> tuple[Death, list[End]]:
    """The calls that change something, and how it ends without a death, done once and twice."""
    counted = Death()
    call, before = prepared(scene, change)
    with watched(scene.clock, fault=counted):
        status = call()
    assert status < 400
    scene.settle()
    told_once = scene.published()
    once = End(status, final(before, stored()), counts(told_once))
    twice, _ = ended(scene, call, before, told_once)
    return counted, [once, twice]


def ended(scene: Scene, call: Call, before: Items, told: Told = NOBODY) -> tuple[End, Items]:
    """How it ends when the call comes once more, and what is in the table then. `told` are those who were told before
    and who are not in the queue any more."""
    with watched(scene.clock):
        status = call()
    scene.settle()
    now = stored()
    return End(status, final(before, now), counts({**told, **scene.published()})), now


def final(before: Items, now: Items) -> Shape:
    """The shape of what is in the table, but for what only counts, which a death may leave out."""
    return shape(without_counts(before), without_counts(now))


def without_counts(found: Items) -> Items:
    left_out = (*UNCOMMITTED, f"{keys.TALLY}#")
    return {
        (pk, sk): item for (pk, sk), item in found.items() if not pk.startswith(left_out) and not sk.startswith(LIMITS)
    }


def counts(told: Told) -> Counts:
    """How many SMS of each kind each contact got; one that was published twice under one id is one."""
    return tuple(sorted(Counter(told.values()).items()))


def differences(end: End, expected: list[End]) -> Iterator[str]:
    """How it ended otherwise than after one run and than after two."""
    if end.status not in [one.status for one in expected]:
        yield f"{end.status} instead of {[one.status for one in expected]}"
    if end.told not in [one.told for one in expected]:
        yield f"{end.told} were told instead of {[one.told for one in expected]}"
    if end.left not in [one.left for one in expected]:
        yield f"{sorted(end.left - expected[0].left)} instead of {sorted(expected[0].left - end.left)}"


@pytest.mark.parametrize("change", [one for one in ALL if one.is_sending], ids=str)
def test_an_sms_is_sent_at_most_once_by_processes_that_die(scene: Scene, change: Change) -> None:
    """After a death within the sending the queue keeps the message, and a person decides."""
    prepared(scene, change)[0]()
    counted = Death()
    call, _ = prepared(scene, change)
    with watched(scene.clock, fault=counted):
        assert call() == 200
    kept = set[bool]()
    for after in range(1, len(counted.changes) + 1):
        call, before = prepared(scene, change)
        with watched(scene.clock, fault=Death(after)) as first, pytest.raises(ProcessDied):
            call()
        with watched(scene.clock) as second:
            status = call()
        sent = sum(sendings(one) for one in (first, second))
        assert sent <= 1, counted.changes[:after]
        assert status == 503 or sent == 1
        assert Look(scene).findings(before, stored()) == []
        kept.add(status == 503)
    assert kept == {True, False}

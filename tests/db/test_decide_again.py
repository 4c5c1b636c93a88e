"""`quickcare.db.table.decide_again`: a function whose write was refused runs anew."""

import random

import pytest
from quickcare.accounts import superadmins
from quickcare.db import table
from quickcare.db.items import Superadmins
from quickcare.db.operations import Create, Refused, Update
from quickcare.db.table import decide_again
from quickcare.errors import Conflict, NotFound

from tests import faults

THREADS = 12


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Replaces the waits: no time passes, and the list has the number of each try that was followed by a wait."""
    waited: list[int] = []
    monkeypatch.setattr(table, "_back_off", waited.append)
    return waited


def test_of_many_writers_at_once_every_one_writes(real_dynamodb: None) -> None:
    table.write(count=Create(Superadmins.key().item(active=0)))

    @decide_again
    def one_more(_: int) -> None:
        seen = table.fetch(Superadmins.key())
        assert seen
        unchanged = Superadmins.active == seen.active
        table.write(count=Update(Superadmins.key(), [Superadmins.active.set(seen.active + 1)], unchanged))

    assert faults.at_once(THREADS, one_more) == [None] * THREADS
    assert superadmins.active() == THREADS


def test_when_every_try_is_refused_the_answer_is_a_conflict_with_retry_after(no_waits: list[int]) -> None:
    tries = []

    @decide_again
    def hopeless() -> None:
        tries.append(1)
        raise Refused({"ledger"})

    with pytest.raises(Conflict) as conflict:
        hopeless()
    assert conflict.value.retry_after == 1
    assert no_waits == list(range(len(tries)))


def test_an_error_of_the_function_itself_goes_up_at_once(no_waits: list[int]) -> None:
    @decide_again
    def unknown() -> None:
        raise NotFound

    with pytest.raises(NotFound):
        unknown()
    assert no_waits == []


def test_waits_grow_and_stay_below_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[float] = []

    def longest(_: float, most: float) -> float:
        bounds.append(most)
        return 0.0

    monkeypatch.setattr(random, "uniform", longest)
    for attempt in range(10):
        table._back_off(attempt)
    assert bounds == sorted(bounds)
    assert bounds[0] == 0.02
    assert bounds[-1] == 0.5

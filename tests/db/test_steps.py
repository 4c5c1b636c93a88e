"""How many function calls each call of DynamoDB takes in this process: what its CPU time comes from, and no machine
changes (decision 0030). Listeners of the tests are among them."""

import cProfile
import pstats
from collections.abc import Callable

import pytest
from quickcare.db import table
from quickcare.db.items import LogHead
from quickcare.db.operations import Check, Put

pytestmark = pytest.mark.usefixtures("real_dynamodb")
ONE, TWO, THREE = (LogHead.of(f"LOG#{number}") for number in range(3))


def fetch() -> None:
    assert table.fetch(ONE)


def query() -> None:
    assert table.query(LogHead, ONE.pk)


def put() -> None:
    table.write(head=Put(ONE.item(number=1, digest="", last="")))


def transact() -> None:
    heads = {name: Put(key.item(number=1, digest="", last="")) for name, key in (("two", TWO), ("three", THREE))}
    table.write(one=Check(ONE, LogHead.number == 1), **heads)


@pytest.mark.parametrize(("act", "most"), [(fetch, 280), (query, 310), (put, 310), (transact, 420)])
def test_a_call_takes_few_steps(act: Callable[[], None], most: int) -> None:
    put()
    act()  # what is made once
    with cProfile.Profile() as profile:
        act()
    steps = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # the stubs do not know it
    assert steps <= most

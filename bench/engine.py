"""DynamoDB Local (Java and npm) with an empty table, and what calls on it consume."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pynamodb.connection import TableConnection
from quickcare import aws
from quickcare.db import wire
from quickcare.db.item import Item

from tests import bench as tables
from tests import dynamodb_local

PAGE = 50
Page = Callable[[str | None], tuple[Sequence[Any], str | None]]
"""Reads the page after a position: what it found, and where it ended."""


class Consumed:
    """How many calls were made, and how much read capacity they took, since `reset`."""

    def __init__(self) -> None:
        events = Item._get_connection().connection.client.meta.events
        for operation in ("Query", "BatchGetItem"):
            events.register(f"after-call.dynamodb.{operation}", self._add)
        self.reset()

    def reset(self) -> None:
        self.calls, self.capacity = 0, 0.0

    def _add(self, parsed: dict[str, Any], **_: object) -> None:
        used = parsed["ConsumedCapacity"]
        self.calls += 1
        self.capacity += sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))


def started() -> Iterator[Consumed]:
    """Start an engine with an empty table, and stop it when the iteration ends."""
    known = Item._get_connection().connection.get_meta_table("bench")
    for url in dynamodb_local.serve():
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
        aws.client.cache_clear()
        Item._connection = TableConnection("bench", region="ap-south-1", host=url, meta_table=known)
        wire.speak_json(Item._connection)
        tables.create_table()
        yield Consumed()


def show_growth(what: str, many: int, load: Callable[[int, int], None], pages: Mapping[str, Page]) -> None:
    """Print what a first and a second page of each list cost with a thousand and with `many` items in the table.

    `load(first, last)` writes the items with these numbers.
    """
    for consumed in started():
        there = 0
        for size in (min(1000, many), many):
            begun = time.perf_counter()
            load(there, size)
            print(f"\nloaded {size - there:,} {what} in {time.perf_counter() - begun:.0f} s")
            print(f"{size:,} {what}, pages of {PAGE:<26}   calls  capacity    ms")
            there = size
            for name, page in pages.items():
                _show(name, page, consumed)


def _show(name: str, page: Page, consumed: Consumed) -> None:
    after = None
    for which in ("first", "second"):
        consumed.reset()
        begun = time.perf_counter()
        found, after = page(after)
        took = (time.perf_counter() - begun) * 1000
        print(f"  {name:40} {which:6} {len(found):3}  {consumed.calls:5}  {consumed.capacity:8.1f}  {took:4.0f}")
        if after is None:
            break

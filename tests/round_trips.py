"""How many DynamoDB round trips an operation takes, one after the other (docs/architecture.md: Round trips).

Calls that the code makes in parallel count once. Of those that it makes together the first counts. Each thread counts
its own, begins with what its maker had counted, and whoever waits for threads goes on with the longest of them. So the
figures are those of the code, whatever the machine is doing. Limits, idempotency records and the counts of a day do not
count.

    with round_trips.counted() as trips:
        api.get("/api/users/me/", alice.access)
    assert (trips.reads, trips.writes) == (1, 0)
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from quickcare import aws
from quickcare.db import keys, threads, wire
from quickcare.db.item import Item

R = TypeVar("R")

READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
UNCOUNTED = (
    keys.LOGIN_THROTTLE,
    keys.PASSWORD_GUESSES,
    keys.SENDS,
    keys.CODE_GUESSES,
    keys.address_limit(""),
    f"{keys.TALLY}#",
    keys.idempotency(""),
)


@dataclass(frozen=True)
class Call:
    operation: str
    body: str

    @property
    def counts(self) -> bool:
        """A call of nothing but limits, idempotency records and the counts of a day does not count; a read of several
        items always does."""
        if self.operation == "TransactWriteItems":
            return not all(_is_limit(json.dumps(item)) for item in json.loads(self.body)["TransactItems"])
        return self.operation not in ("GetItem", "PutItem", "UpdateItem", "DeleteItem") or not _is_limit(self.body)


def _is_limit(body: str) -> bool:
    return any(f'"S": "{key}' in body for key in UNCOUNTED)


@dataclass
class Trips:
    calls: list[Call] = field(default_factory=list)
    _here: threading.local = field(default_factory=threading.local)

    @property
    def reads(self) -> int:
        return self.so_far[0]

    @property
    def writes(self) -> int:
        return self.so_far[1]

    @property
    def so_far(self) -> tuple[int, int]:
        """Reads and writes on the longest way to where this thread is."""
        return getattr(self._here, "so_far", (0, 0))

    @so_far.setter
    def so_far(self, value: tuple[int, int]) -> None:
        self._here.so_far = value

    def add(self, call: Call) -> None:
        self.calls.append(call)
        if call.counts:
            reads, writes = self.so_far
            self.so_far = (reads + (call.operation in READS), writes + (call.operation in WRITES))

    def together(self, make: Callable[[], R]) -> R:
        """What `make` returns, whose calls wait for none of each other."""
        before = self.so_far
        made = make()
        self.so_far = (min(self.reads, before[0] + 1), min(self.writes, before[1] + 1))
        return made

    def join(self, other: tuple[int, int]) -> None:
        self.so_far = (max(self.reads, other[0]), max(self.writes, other[1]))

    def __str__(self) -> str:
        return ", ".join(call.operation for call in self.calls)


class _Later:
    """A future that tells how far its thread came."""

    def __init__(self, trips: Trips, future: Any) -> None:
        self._trips, self._future = trips, future

    def result(self, timeout: float | None = None) -> Any:
        result, so_far = self._future.result(timeout)
        self._trips.join(so_far)
        return result


class _Threads:
    """The threads of `quickcare.db.threads`, each counting on from where it was started."""

    def __init__(self, trips: Trips, threads: ThreadPoolExecutor) -> None:
        self._trips, self._threads = trips, threads

    def submit(self, act: Callable[..., Any], *arguments: Any) -> _Later:
        begins = self._trips.so_far

        def run() -> tuple[Any, tuple[int, int]]:
            self._trips.so_far = begins
            return act(*arguments), self._trips.so_far

        return _Later(self._trips, self._threads.submit(run))

    def map(self, act: Callable[..., Any], *arguments: Iterable[Any]) -> Iterator[Any]:
        for later in [self.submit(act, *each) for each in zip(*arguments, strict=False)]:
            yield later.result()


@contextmanager
def counted() -> Iterator[Trips]:
    """Counts what happens inside, by this process's DynamoDB clients."""
    trips = Trips()

    def begin(model: Any, params: dict[str, Any], **_: object) -> None:
        body = params["body"].decode() if isinstance(params["body"], bytes) else params["body"]
        trips.add(Call(model.name, json.dumps(json.loads(body))))

    clients = (Item._get_connection().connection.client, aws.client("dynamodb"))
    for client in clients:
        client.meta.events.register("before-call.dynamodb", begin)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("reads", "batches"):
                patch.setattr(threads, name, _Threads(trips, getattr(threads, name)))
            calls = wire.Client.make_api_calls
            patch.setattr(
                wire.Client,
                "make_api_calls",
                lambda *arguments: trips.together(lambda: calls(*arguments)),
            )
            yield trips
    finally:
        for client in clients:
            client.meta.events.unregister("before-call.dynamodb", begin)


@contextmanager
def capacity() -> Iterator[list[float]]:
    """The read units that calls inside consume, as the engine bills them."""
    used: list[float] = []

    def note(parsed: dict[str, Any], **_: object) -> None:
        consumed = parsed.get("ConsumedCapacity") or []
        for one in consumed if isinstance(consumed, list) else [consumed]:
            used.append(float(one["CapacityUnits"]))

    events = Item._get_connection().connection.client.meta.events
    events.register("after-call.dynamodb", note)
    try:
        yield used
    finally:
        events.unregister("after-call.dynamodb", note)

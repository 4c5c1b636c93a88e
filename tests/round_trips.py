"""How many DynamoDB round trips an operation takes, one after the other (DESIGN §4).

Calls that are on the wire at the same time count once. Each call is held for a moment, as a network would, so that
those that the code makes in parallel do overlap. Limits and idempotency records do not count.

    with round_trips.counted() as trips:
        api.get("/api/users/me/", alice.access)
    assert (trips.reads, trips.writes) == (1, 0)
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from quickcare import aws, keys
from quickcare.table import Item

LATENCY = 0.04  # seconds
READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
UNCOUNTED = (keys.LOGIN_THROTTLE, keys.SENDS, keys.idempotency(""))


@dataclass
class Call:
    operation: str
    body: str
    start: float
    end: float = float("inf")

    @property
    def counts(self) -> bool:
        """One item alone, and that one a limit or an idempotency record, does not count."""
        single = self.operation in ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
        return not (single and any(f'"S": "{key}' in self.body for key in UNCOUNTED))


@dataclass
class Trips:
    calls: list[Call] = field(default_factory=list)

    @property
    def reads(self) -> int:
        return self._in_sequence(READS)

    @property
    def writes(self) -> int:
        return self._in_sequence(WRITES)

    def _in_sequence(self, operations: tuple[str, ...]) -> int:
        trips, busy_until = 0, float("-inf")
        for call in sorted(self.calls, key=lambda call: call.start):
            if call.operation in operations and call.counts:
                trips += call.start >= busy_until
                busy_until = max(busy_until, call.end)
        return trips

    def __str__(self) -> str:
        return ", ".join(call.operation for call in self.calls)


@contextmanager
def counted() -> Iterator[Trips]:
    """Counts what happens inside, by this process's DynamoDB clients."""
    trips, open_calls = Trips(), threading.local()

    def begin(model: Any, params: dict[str, Any], **_: object) -> None:
        body = params["body"].decode() if isinstance(params["body"], bytes) else params["body"]
        open_calls.one = Call(model.name, json.dumps(json.loads(body)), time.monotonic())
        trips.calls.append(open_calls.one)
        threading.Event().wait(LATENCY)

    def end(**_: object) -> None:
        open_calls.one.end = time.monotonic()

    clients = (Item._get_connection().connection.client, aws.client("dynamodb"))
    for client in clients:
        client.meta.events.register("before-call.dynamodb", begin)
        client.meta.events.register("after-call.dynamodb", end)
        client.meta.events.register("after-call-error.dynamodb", end)
    try:
        yield trips
    finally:
        for client in clients:
            client.meta.events.unregister("before-call.dynamodb", begin)
            client.meta.events.unregister("after-call.dynamodb", end)
            client.meta.events.unregister("after-call-error.dynamodb", end)

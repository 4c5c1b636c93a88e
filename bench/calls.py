"""What a request does to DynamoDB: the calls, the units they consume, the trips that wait for each other, and the keys.

It asks DynamoDB for what each call consumes, which no function does; the figures are those of the engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from quickcare import aws, short_way
from quickcare.db import item, wire
from quickcare.db.item import Item
from quickcare.settings import settings

from tests import round_trips

READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
KB = 1024
Place = tuple[str, str]


@dataclass
class Call:
    """One call. `units` is what the engine says that it consumed, which is right for reads."""

    operation: str
    request: Mapping[str, Any]
    units: float = 0.0

    @property
    def reads(self) -> bool:
        return self.operation in READS

    def places(self) -> list[Place]:
        """The place of each item that the call writes, or checks in a transaction."""
        return list(_places(self.operation, self.request))

    def partitions(self) -> list[str]:
        """The partition of each item that the call gets, or of the query."""
        if self.operation == "Query":
            name = self.request["KeyConditionExpression"].partition(":")[2].partition(" ")[0].rstrip(")")
            return [self.request["ExpressionAttributeValues"][f":{name}"]["S"]]
        batches = self.request.get("RequestItems", {}).values()
        gets = [key for batch in batches for key in batch["Keys"]] or [self.request["Key"]]
        return [key["pk"]["S"] for key in gets]


def _places(operation: str, request: Mapping[str, Any]) -> Iterator[Place]:
    if operation == "TransactWriteItems":
        parts = [part for one in request["TransactItems"] for part in one.values()]
    elif operation == "BatchWriteItem":
        batches = [one for many in request["RequestItems"].values() for one in many]
        parts = [part for one in batches for part in one.values()]
    else:
        parts = [request] if operation in WRITES else []
    for part in parts:
        yield _place(part.get("Item") or part["Key"])


def _place(attributes: Mapping[str, Any]) -> Place:
    return attributes["pk"]["S"], attributes["sk"]["S"]


@dataclass
class Record:
    """The calls of one request, in their order, and how many of them waited for each other."""

    calls: list[Call] = field(default_factory=list)
    trips: round_trips.Trips = field(default_factory=round_trips.Trips)
    sizes: dict[Place, int] = field(default_factory=dict)
    kept_kb: float = 0.0
    """By how much the table has grown for good: rows that expire are not in it."""
    answer_kb: float = 0.0
    """The answer's body, before it is compressed."""

    @property
    def read_units(self) -> float:
        return sum(call.units for call in self.calls if call.reads)

    @property
    def write_units(self) -> int:
        return sum(units for _, units in self.written())

    def written(self) -> list[tuple[Place, int]]:
        """Each item that was written or checked, and the write units that fall on it, by AWS's rule: one for each
        kilobyte begun, of the item before or after, and twice as many in a transaction.

        DynamoDB Local counts transactions in a way of its own.
        """
        return [
            (place, (2 if call.operation == "TransactWriteItems" else 1) * max(1, -(-self.sizes.get(place, 1) // KB)))
            for call in self.calls
            for place in call.places()
        ]

    def places(self) -> list[Place]:
        """Where something was written or checked."""
        return list(dict.fromkeys(place for call in self.calls for place in call.places()))

    def weigh(self, before: Mapping[Place, Any]) -> None:
        """Learn the sizes of the items that were written: those of before, and those that are in the table now."""
        for place in self.places():
            key = {"pk": {"S": place[0]}, "sk": {"S": place[1]}}
            now = aws.client("dynamodb").get_item(TableName=settings().table_name, Key=key, ConsistentRead=True)
            after = now.get("Item", {})
            self.sizes[place] = max(size(after), size(before.get(place, {})))
            if "ttl" not in after:
                self.kept_kb += (size(after) - size(before.get(place, {}))) / KB


def size(value: Any) -> int:
    """About how many bytes DynamoDB counts for an item, or for one of its attributes."""
    if isinstance(value, dict):
        return sum(len(name) + size(part) for name, part in value.items())
    if isinstance(value, list):
        return sum(1 + size(part) for part in value)
    return len(str(value).encode())


class _Noting(wire.Client):
    """A client of the table that notes its calls, and tells botocore's events of none, as on Lambda."""

    record = Record()

    def make_api_calls(self, operation: str, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        self.record.calls += [Call(operation, request) for request in requests]
        return super().make_api_calls(operation, requests)


# One for all requests, because it keeps its connections.
_noting = cache(_Noting)


@contextmanager
def noted() -> Iterator[Record]:
    """Notes the calls and nothing else of them, which takes less than a microsecond each: for when CPU is measured."""
    before, client = wire.CLIENT, _noting(short_way.endpoint("dynamodb"))
    client.record = Record()
    item.use(client)
    try:
        yield client.record
    finally:
        item.use(before)


@contextmanager
def recorded() -> Iterator[Record]:
    """Records what happens inside, by this process's clients of DynamoDB."""
    record = Record()

    def begin(params: dict[str, Any], model: Any, context: dict[str, Any], **_: object) -> None:
        if model.name in (*READS, *WRITES):
            params["ReturnConsumedCapacity"] = "TOTAL"
            context["bench_call"] = Call(model.name, params)

    def end(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if call := context.pop("bench_call", None):
            call.units = _consumed(parsed)
            record.calls.append(call)

    clients = (Item._get_connection().connection.client, aws.client("dynamodb"))
    for events in (client.meta.events for client in clients):
        events.register("provide-client-params.dynamodb", begin)
        events.register("after-call.dynamodb", end)
    try:
        with round_trips.counted() as record.trips:
            yield record
    finally:
        for events in (client.meta.events for client in clients):
            events.unregister("provide-client-params.dynamodb", begin)
            events.unregister("after-call.dynamodb", end)


def _consumed(parsed: Mapping[str, Any]) -> float:
    used = parsed.get("ConsumedCapacity") or []
    return float(sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used])))

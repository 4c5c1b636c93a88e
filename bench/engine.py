"""DynamoDB Local (Java and npm) with an empty table, and what calls on it consume."""

import os
from collections.abc import Iterator
from typing import Any

from pynamodb.connection import TableConnection
from quickcare import aws
from quickcare.table import Item

from tests import bench as tables
from tests import dynamodb_local


class Consumed:
    """Calls and read capacity since `reset`."""

    def __init__(self) -> None:
        events = Item._get_connection().connection.client.meta.events
        for operation in ("Query", "BatchGetItem"):
            events.register(f"before-parameter-build.dynamodb.{operation}", self._ask)
            events.register(f"after-call.dynamodb.{operation}", self._add)
        self.reset()

    def reset(self) -> None:
        self.calls, self.capacity = 0, 0.0

    def _ask(self, params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def _add(self, parsed: dict[str, Any], **_: object) -> None:
        used = parsed["ConsumedCapacity"]
        self.calls += 1
        self.capacity += sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))


def started() -> Iterator[Consumed]:
    """An engine of its own with the empty table, for as long as it is iterated."""
    known = Item._get_connection().connection.get_meta_table("bench")
    for url in dynamodb_local.serve():
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
        aws.client.cache_clear()
        Item._connection = TableConnection("bench", region="ap-south-1", host=url, meta_table=known)
        tables.create_table()
        yield Consumed()

"""BatchGetItem and BatchWriteItem: what DynamoDB left undone is asked for again, later each time, and not for ever.

DynamoDB leaves keys undone when it is throttled, or when an answer grows too large
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html: Batch operations).
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import GetError, PynamoDBException

from quickcare import timeouts
from quickcare.db import wire
from quickcare.db.item import Item

# All waits together take about 3 s on average.
_TRIES = 10
_LONGEST_WAIT = 1.0  # seconds
_BATCH = 100  # keys that a BatchGetItem takes

P = TypeVar("P")


class Throttled(PynamoDBException):
    """DynamoDB did only a part of a batch, however often it was asked."""

    msg = "DynamoDB left a part of a batch undone"


def read(keys: Sequence[tuple[str, str]]) -> list[Item]:
    """The items with these keys, in any order: 1 read. Raises Throttled and GetError."""
    return list(map(Item.from_raw_data, stored([{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys])))


def stored(keys: list[wire.Stored], tries: int = 0) -> list[wire.Stored]:
    """The same as DynamoDB sends them, when it was asked so often before. Raises Throttled and GetError."""
    found = list[wire.Stored]()

    def once(keys: list[wire.Stored]) -> list[wire.Stored]:
        try:
            items, undone = wire.read_batches([keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)])
        except (BotoCoreError, ClientError) as error:
            raise GetError("BatchGetItem failed", error) from error
        found.extend(items)
        return undone

    _until_done(once, keys, tries)
    return found


def put(items: Sequence[Item]) -> None:
    """Write items, at most 25, without conditions: 1 write. Raises Throttled."""
    _write([{"PutRequest": {"Item": item.serialize()}} for item in items])


def delete(items: Sequence[Item]) -> None:
    """Delete items, at most 25, without conditions: 1 write. Raises Throttled."""
    _write([{"DeleteRequest": {"Key": {"pk": {"S": item.pk}, "sk": {"S": item.sk}}}} for item in items])


def _write(requests: list[dict[str, Any]]) -> None:
    connection = Item._get_connection()

    def once(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answer = connection.batch_write_item(
            put_items=[request["PutRequest"]["Item"] for request in requests if "PutRequest" in request],
            delete_items=[request["DeleteRequest"]["Key"] for request in requests if "DeleteRequest" in request],
        )
        undone: list[dict[str, Any]] = answer.get("UnprocessedItems", {}).get(connection.table_name, [])
        return undone

    _until_done(once, requests)


def _until_done(once: Callable[[list[P]], list[P]], parts: list[P], tries: int = 0) -> None:
    """Call `once` with what it left undone, until that is nothing."""
    for attempt in range(tries, _TRIES):
        if attempt:
            timeouts.back_off(attempt - 1, _LONGEST_WAIT)
        parts = once(parts)
        if not parts:
            return
    raise Throttled

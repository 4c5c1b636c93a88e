"""BatchGetItem and BatchWriteItem: what DynamoDB left undone is asked for again, later each time, and not for ever.

DynamoDB leaves keys undone when it is throttled, or when an answer grows too large
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html: Batch operations).
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pynamodb.exceptions import PynamoDBException

from quickcare import budget
from quickcare.db.item import Item

# All waits together take about 3 s on average.
_TRIES = 10
_LONGEST_WAIT = 1.0  # seconds

P = TypeVar("P")


class Throttled(PynamoDBException):
    """DynamoDB did only a part of a batch, however often it was asked."""

    msg = "DynamoDB left a part of a batch undone"


def read(keys: Sequence[tuple[str, str]]) -> list[Item]:
    """The items with these keys, at most 100, in any order: 1 read. Raises Throttled."""
    connection, found = Item._get_connection(), list[Item]()

    def once(keys: list[Any]) -> list[Any]:
        # Not pynamodb's `batch_get_item`, which looks at each attribute of each key.
        asked = {connection.table_name: {"Keys": keys, "ConsistentRead": True}}
        answer = connection.connection.dispatch("BatchGetItem", {"RequestItems": asked})
        found.extend(map(Item.from_raw_data, answer["Responses"][connection.table_name]))
        undone: list[dict[str, Any]] = answer.get("UnprocessedKeys", {}).get(connection.table_name, {}).get("Keys", [])
        return undone

    _until_done(once, [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys])
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


def _until_done(once: Callable[[list[P]], list[P]], parts: list[P]) -> None:
    """Call `once` with what it left undone, until that is nothing."""
    for attempt in range(_TRIES):
        parts = once(parts)
        if not parts:
            return
        budget.back_off(attempt, _LONGEST_WAIT)
    raise Throttled

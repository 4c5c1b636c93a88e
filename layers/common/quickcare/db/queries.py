"""Get and Query: one item, or those of one partition in the order of their sort keys, without pynamodb's objects around
each.

pynamodb takes a tenth of a millisecond for each call, and a page of a directory makes ten (decisions 0038, 0051).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import GetError, QueryError
from pynamodb.expressions.condition import Condition

from quickcare.db import wire
from quickcare.db.item import Item
from quickcare.settings import settings


def stored_one(pk: str, sk: str) -> wire.Stored | None:
    """The item with this key, as DynamoDB sends it: 1 read, strongly consistent. Raises GetError."""
    try:
        return wire.read_one({"pk": {"S": pk}, "sk": {"S": sk}})
    except (BotoCoreError, ClientError) as error:
        raise GetError("GetItem failed", error) from error


def stored(
    model: type[Item],
    pk: str,
    condition: Condition | None = None,
    having: Condition | None = None,
    *,
    limit: int | None = None,
    rows: int | None = None,
    after: str | None = None,
    newest_first: bool = False,
    pages: int | None = None,
) -> tuple[list[wire.Stored], str | None]:
    """Up to `limit` items of a class whose sort key meets `condition`, as DynamoDB sends them, and the sort key of the
    last item that was looked at; None at the end of the partition: 1 read per page, of at most so many `pages`.

    The reads are strongly consistent. DynamoDB reads up to `rows` items for a page, or a megabyte, and then leaves out
    those that do not meet `having`. Raises QueryError.
    """
    request = _of(_request(model, condition, having, rows, newest_first=newest_first), pk, after)
    found, position = list[wire.Stored](), None
    for answer in islice(_pages(request), pages):
        found += answer["Items"]
        position = answer.get("LastEvaluatedKey")
        if limit is not None and len(found) >= limit:
            break
    return found[:limit], position["sk"]["S"] if position else None


def stored_in_each(
    model: type[Item],
    pks: Sequence[str],
    condition: Condition | None,
    *,
    rows: int,
    after: str | None,
    newest_first: bool,
) -> list[list[wire.Stored]]:
    """The next `rows` of each of these partitions, as those of `stored`: 1 read. In none of them may they be more than
    a megabyte. Raises QueryError."""
    request = _request(model, condition, None, rows, newest_first=newest_first)
    return [answer["Items"] for answer in _answers([_of(request, pk, after) for pk in pks])]


def _request(
    model: type[Item], condition: Condition | None, having: Condition | None, rows: int | None, *, newest_first: bool
) -> dict[str, Any]:
    """A query of whichever partition."""
    names, values = dict[str, str](), dict[str, Any]()
    position = [condition.serialize(names, values)] if condition is not None else []
    request = {
        "TableName": settings().table_name,
        "KeyConditionExpression": " AND ".join(["pk = :pk", *position]),
        "FilterExpression": _and(_of_class(model), having).serialize(names, values),
        "ExpressionAttributeNames": {placeholder: name for name, placeholder in names.items()},
        "ExpressionAttributeValues": values,
        "ConsistentRead": True,
        "ScanIndexForward": not newest_first,
        "ReturnConsumedCapacity": "TOTAL",
    }
    if rows is not None:
        request["Limit"] = rows
    return request


def _of(request: dict[str, Any], pk: str, after: str | None) -> dict[str, Any]:
    """The query of one partition, after this sort key."""
    begins = {} if after is None else {"ExclusiveStartKey": {"pk": {"S": pk}, "sk": {"S": after}}}
    values = {**request["ExpressionAttributeValues"], ":pk": {"S": pk}}
    return {**request, **begins, "ExpressionAttributeValues": values}


@cache
def _of_class(model: type[Item]) -> Condition:
    return Item.kind.is_in(*Item.kind.get_registered_subclasses(model))


def _and(first: Condition, second: Condition | None) -> Condition:
    return first if second is None else first & second


def _pages(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    while True:
        (answer,) = _answers([request])
        yield answer
        if "LastEvaluatedKey" not in answer:
            return
        request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _answers(requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        return wire.CLIENT.make_api_calls("Query", requests)
    except (BotoCoreError, ClientError) as error:
        raise QueryError("Query failed", error) from error

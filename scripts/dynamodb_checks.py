"""What IAM looks at in a request to DynamoDB: the action, and the condition keys that policies may name.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Request = Mapping[str, Any]

# A transaction is no action of its own: each part is allowed as what it does.
PARTS = {
    "ConditionCheck": "ConditionCheckItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
}
TRANSACTIONS = ("TransactWriteItems", "TransactGetItems")
_EXPRESSIONS = ("ConditionExpression", "UpdateExpression", "ProjectionExpression")
# Our code names attributes by placeholders only. One that follows a dot is inside an attribute; IAM looks at the whole.
_NAME = re.compile(r"(?<![\w.])#\w+")
_EQUAL = re.compile(r"(#?\w+)\s*=\s*(:\w+)")


class Check(NamedTuple):
    """One decision of IAM about a table.

    `keys` are the partition keys, `attributes` the attributes that the request names, `returned` what it wants back
    from a write.
    """

    action: str
    table: str
    keys: tuple[str, ...]
    attributes: frozenset[str]
    returned: str

    @property
    def context(self) -> dict[str, Any]:
        """The condition keys, as IAM calls them. A key without a value is missing."""
        named = {"dynamodb:LeadingKeys": list(self.keys), "dynamodb:Attributes": sorted(self.attributes)}
        return {**{name: values for name, values in named.items() if values}, "dynamodb:ReturnValues": self.returned}


def checks(operation: str, request: Request) -> list[Check]:
    """All that must be allowed for a request, as boto3 takes it or as it is sent."""
    if operation in TRANSACTIONS:
        parts = (part for item in request["TransactItems"] for part in item.items())
        return [_check(PARTS[kind], str(part["TableName"]), part) for kind, part in parts]
    if "RequestItems" in request:
        return [_check(operation, table, wanted) for table, wanted in request["RequestItems"].items()]
    return [_check(operation, str(request.get("TableName", "")), request)]


def _check(action: str, table: str, part: Any) -> Check:
    keys = tuple(dict.fromkeys(_keys(part)))
    if not isinstance(part, Mapping):  # of a BatchWriteItem
        return Check(f"dynamodb:{action}", table, keys, frozenset(_attributes_of_batch(part)), "NONE")
    return Check(f"dynamodb:{action}", table, keys, frozenset(_attributes(part)), _returned(part))


def _keys(part: Any) -> Iterator[str]:
    if not isinstance(part, Mapping):
        for write in part:
            yield from _keys(next(iter(write.values())))
    elif "Keys" in part:
        yield from (key["pk"]["S"] for key in part["Keys"])
    elif "KeyConditionExpression" in part:
        names, values = part.get("ExpressionAttributeNames", {}), part["ExpressionAttributeValues"]
        for name, value in _EQUAL.findall(part["KeyConditionExpression"]):
            if names.get(name, name) == "pk":
                yield values[value]["S"]
    elif "Item" in part or "Key" in part:
        yield (part.get("Item") or part["Key"])["pk"]["S"]


def _attributes(part: Request) -> Iterator[str]:
    """The attributes that are written or named; those of conditions too."""
    names = part.get("ExpressionAttributeNames", {})
    yield from part.get("Item") or part.get("Key") or ()
    for expression in (part[name] for name in _EXPRESSIONS if name in part):
        yield from (names[name] for name in _NAME.findall(expression))


def _attributes_of_batch(writes: Any) -> Iterator[str]:
    for write in writes:
        for part in write.values():
            yield from _attributes(part)


def _returned(part: Request) -> str:
    """ConditionCheckItem has the key too, and no ReturnValues; so what a failed condition gives back may count."""
    asked = part.get("ReturnValues", "NONE")
    return str(part.get("ReturnValuesOnConditionCheckFailure", "NONE") if asked == "NONE" else asked)

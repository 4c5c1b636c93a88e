"""The client that sends and reads plain JSON does what botocore's own does."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from quickcare.db.item import Item

pytestmark = pytest.mark.usefixtures("real_dynamodb")
KEY = {"pk": {"S": "WIRE"}, "sk": {"S": "1"}}
ATTRIBUTES = {
    "text": {"S": 'आशा \u2028 "quoted"'},
    "empty": {"S": ""},
    "number": {"N": "12345678901234567890.5"},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "list": {"L": [{"M": {"a": {"L": []}}}, {"S": "b"}]},
    "map": {"M": {}},
    "set": {"NS": ["1", "2"]},
}


@pytest.fixture
def table() -> str:
    return str(Item._get_connection().table_name)


@pytest.fixture
def both() -> list[Any]:
    """Our client, and one that has nothing of ours."""
    ours = Item._get_connection().connection.client
    unchecked = Config(parameter_validation=False)
    url, region = ours.meta.endpoint_url, ours.meta.region_name
    theirs = boto3.client("dynamodb", config=unchecked, endpoint_url=url, region_name=region)
    return [ours, theirs]


def answers(clients: list[Any], operation: str, request: dict[str, Any]) -> list[Any]:
    """What each client makes of the same call, without what is about the connection."""
    found = []
    for client in clients:
        try:
            answer = client._make_api_call(operation, request)
        except ClientError as error:
            answer = {"type": type(error).__name__, **error.response}
        answer["status"] = answer.pop("ResponseMetadata")["HTTPStatusCode"]
        found.append(answer)
    return found


def calls(table: str) -> dict[str, tuple[str, dict[str, Any]]]:
    put = {"TableName": table, "Item": KEY | ATTRIBUTES, "ReturnConsumedCapacity": "TOTAL"}
    free = {**put, "ConditionExpression": "attribute_not_exists(pk)"}
    queried = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": KEY["pk"]}}
    check = {"Key": KEY, "TableName": table, "ConditionExpression": "attribute_exists(pk)"}
    return {
        "put": ("PutItem", put),
        "get": ("GetItem", {"TableName": table, "Key": KEY, "ConsistentRead": True}),
        "get of nothing": ("GetItem", {"TableName": table, "Key": KEY | {"sk": {"S": "2"}}}),
        "batch": ("BatchGetItem", {"RequestItems": {table: {"Keys": [KEY], "ConsistentRead": True}}}),
        "query": ("Query", {"TableName": table, **queried}),
        "refused put": ("PutItem", {**free, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
        "transaction": ("TransactWriteItems", {"TransactItems": [{"ConditionCheck": check}]}),
        "refused transaction": (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {k: v for k, v in free.items() if k != "ReturnConsumedCapacity"}}]},
        ),
        "malformed": ("Query", {"TableName": table, **queried, "Limit": 0}),
        "no table": ("GetItem", {"TableName": "nowhere", "Key": KEY}),
    }


@pytest.mark.parametrize("name", calls(""))
def test_each_call_is_answered_as_by_botocore(both: list[Any], table: str, name: str) -> None:
    both[0]._make_api_call(*calls(table)["put"])
    ours, theirs = answers(both, *calls(table)[name])
    assert ours == theirs

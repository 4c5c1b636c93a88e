"""The client that sends and reads plain JSON does what botocore's own does."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError
from pynamodb.connection import TableConnection
from quickcare.db import signature, wire
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


@pytest.mark.parametrize("token", [None, "a session's token"])
def test_requests_are_signed_as_by_botocore(token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    now, body = datetime(2026, 3, 1, 6, 0, 5, tzinfo=UTC), '{"TableName": "आशा"}'.encode()
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: now.replace(tzinfo=None))
    credentials = ReadOnlyCredentials("key", "secret", token)
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.GetItem"}
    theirs = AWSRequest("POST", "https://dynamodb.ap-south-1.amazonaws.com/", headers, body)
    SigV4Auth(credentials, "dynamodb", "ap-south-1").add_auth(theirs)
    host = {"host": "dynamodb.ap-south-1.amazonaws.com"}
    ours = signature.signed({**headers, **host}, body, credentials, "ap-south-1", now)
    assert {name.lower(): value for name, value in theirs.headers.items()} | host == ours


class _Engine(ThreadingHTTPServer):
    """Answers requests with these statuses, one after the other, and closes its connections when it is told to."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.statuses, self.agents, self.open = list(statuses), list[str](), list[socket.socket]()


class _Answers(BaseHTTPRequestHandler):
    server: _Engine
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.agents.append(self.headers["User-Agent"])
        self.server.open.append(self.connection)
        status = self.server.statuses.pop(0)
        error = {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow down"}
        answer = json.dumps({"Item": KEY} if status == 200 else error).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def engine(*statuses: int) -> Iterator[tuple[_Engine, TableConnection]]:
    with _Engine(*statuses) as served:
        threading.Thread(target=served.serve_forever).start()
        url = f"http://127.0.0.1:{served.server_port}"
        known = Item._get_connection()
        name, meta = known.table_name, known.connection.get_meta_table(known.table_name)
        connection = TableConnection(name, region="ap-south-1", host=url, meta_table=meta)
        wire.speak_json(connection)
        try:
            yield served, connection
        finally:
            served.shutdown()


def read(connection: TableConnection) -> Any:
    return connection.get_item("WIRE", "1")["Item"]


@pytest.mark.parametrize("status", [400, 500, 503])
def test_what_may_be_tried_again_is_left_to_botocore(status: int) -> None:
    with engine(status, 200) as (served, connection):
        assert read(connection) == KEY
        assert len(served.agents) == 2


def test_a_connection_that_was_closed_meanwhile_is_made_anew() -> None:
    """As Lambda's are, when it froze the process for a while."""
    with engine(200, 200) as (served, connection):
        assert read(connection) == KEY
        served.open[0].shutdown(socket.SHUT_RDWR)
        assert read(connection) == KEY
        assert len(served.open) == 2


def test_one_connection_serves_one_call_after_the_other() -> None:
    with engine(200, 200, 200) as (served, connection):
        assert [read(connection) for _ in range(3)] == [KEY] * 3
        assert len(set(served.open)) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_write_takes_botocores_way(status: int) -> None:
    """Which alone knows that it was sent twice (`quickcare.db.own`)."""
    with engine(status, 200) as (served, connection):
        answer = connection.put_item("WIRE", "1")
        assert answer["ResponseMetadata"]["RetryAttempts"] == 1
        assert len(served.agents) == 2

"""The client that sends and reads plain JSON does what botocore's own does."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import ANY

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError
from pynamodb.connection import TableConnection
from pynamodb.exceptions import GetError, PutError
from quickcare import short_way
from quickcare.db import own, transaction, wire
from quickcare.db import table as table_of_items
from quickcare.db.item import Item, Key
from quickcare.db.operations import Delete

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
            answer = {name: value for name, value in error.response.items() if name != "Message"}  # it is in `Error`
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
    ours = short_way.signed({**headers, **host}, body, credentials, "ap-south-1", "dynamodb", now)
    assert {name.lower(): value for name, value in theirs.headers.items()} | host == ours


OK = b"HTTP/1.1 200 OK\r\n"
LOST, LATE = 0, 1
"""Statuses of an answer that never comes: because the connection ends, and because it takes too long."""
THROTTLED, REFUSED = "ThrottlingException", "ConditionalCheckFailedException"


class _Engine(ThreadingHTTPServer):
    """Answers requests with these statuses, one after the other, and closes its connections when it is told to."""

    def __init__(self, *statuses: int, error: str = THROTTLED) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.statuses, self.error = list(statuses), error
        self.agents, self.bodies, self.open = list[str](), list[Any](), list[socket.socket]()
        self.is_over = threading.Event()
        self.arrived = threading.Barrier(1)


class _Answers(BaseHTTPRequestHandler):
    server: _Engine
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(asked)
        self.server.agents.append(self.headers["User-Agent"])
        self.server.open.append(self.connection)
        status = self.server.statuses.pop(0)
        self.server.arrived.wait(60)
        if status == LATE:
            self.server.is_over.wait()
        if status in (LOST, LATE):
            self.close_connection = True
            return
        error = {"__type": f"com.amazonaws.dynamodb.v20120810#{self.server.error}", "message": "no"}
        answer = json.dumps({"Item": asked.get("Key", KEY)} if status == 200 else error).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def engine(*statuses: int, error: str = THROTTLED) -> Iterator[tuple[_Engine, TableConnection]]:
    with _Engine(*statuses, error=error) as served:
        threading.Thread(target=served.serve_forever).start()
        url = f"http://127.0.0.1:{served.server_port}"
        known = Item._get_connection()
        name, meta = known.table_name, known.connection.get_meta_table(known.table_name)
        connection = TableConnection(name, region="ap-south-1", host=url, meta_table=meta)
        # An answer that comes is waited for, however busy the machine is.
        connection.connection._client = cast(Any, wire.Client(url, 60, read_timeout=2 if LATE in statuses else 60))
        try:
            yield served, connection
        finally:
            served.is_over.set()
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


@pytest.mark.parametrize("status", [LOST, 500, 503])
def test_a_write_that_may_have_been_done_counts_as_a_try(status: int) -> None:
    """So that whoever is refused then knows that it may have refused itself (`quickcare.db.own`)."""
    with engine(status, 200) as (served, connection):
        answer = connection.put_item("WIRE", "1")
        assert answer["ResponseMetadata"]["RetryAttempts"] == 1
        assert len(served.agents) == 2


def test_a_write_that_was_throttled_was_not_done() -> None:
    with engine(400, 200) as (served, connection):
        answer = connection.put_item("WIRE", "1")
        assert answer["ResponseMetadata"]["RetryAttempts"] == 0
        assert len(served.agents) == 2


@pytest.mark.parametrize("before", [(), (200,)])
def test_a_write_whose_answer_is_late_counts_as_a_try(before: tuple[int, ...]) -> None:
    """On a new connection, and on one that has served before."""
    with engine(*before, LATE, 200) as (served, connection):
        answers = [connection.put_item("WIRE", "1") for _ in [*before, 200]]
        assert answers[-1]["ResponseMetadata"]["RetryAttempts"] == 1
        assert len(served.agents) == len(before) + 2


def test_what_was_lost_on_an_old_connection_counts_on_the_new_one() -> None:
    with engine(200, LOST, 200) as (served, connection):
        tries = [connection.put_item("WIRE", "1")["ResponseMetadata"]["RetryAttempts"] for _ in range(2)]
        assert (tries, len(served.agents)) == ([0, 1], 3)


@pytest.mark.parametrize(("statuses", "tries"), [((400,), 0), ((LOST, 400), 1), ((500, 500, 400), 2)])
def test_a_refused_write_tells_how_often_it_was_sent(
    monkeypatch: pytest.MonkeyPatch, statuses: tuple[int, ...], tries: int
) -> None:
    with engine(*statuses, error=REFUSED) as (served, connection):
        monkeypatch.setattr(wire, "CLIENT", connection.connection._client)
        with pytest.raises(PutError) as refused:
            transaction._dispatch("PutItem", {"Item": {}}, PutError)
    assert (refused.value.cause_response_code, own.was_repeated(refused.value)) == (REFUSED, tries > 0)
    assert len(served.agents) == len(statuses)


def test_a_refused_write_that_cannot_be_looked_up_fails_as_every_write(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine(LOST, 400, 400, error=REFUSED) as (served, connection):
        monkeypatch.setattr(wire, "CLIENT", connection.connection._client)
        with pytest.raises(GetError):
            transaction.send({"one": Delete(Key(Item, "WIRE", "1"), Item.pk.exists())})
    assert len(served.agents) == 3


@pytest.mark.parametrize("items", [1, 2])
def test_a_read_of_one_item_and_of_several_fails_with_the_same_error(
    monkeypatch: pytest.MonkeyPatch, items: int
) -> None:
    with engine(400, 400, error="AccessDeniedException") as (served, connection):
        monkeypatch.setattr(wire, "CLIENT", connection.connection._client)
        with pytest.raises(GetError):
            table_of_items.fetch_all([Key(Item, "WIRE", f"{number}") for number in range(items)])
    assert len(served.agents) == 2  # on the short way, and by botocore


def test_each_try_of_a_transaction_has_the_same_token() -> None:
    with engine(LOST, 500, 200) as (served, connection):
        connection.connection.transact_write_items([], [], [{"Item": KEY, "TableName": "any"}], [])
        (token,) = {body["ClientRequestToken"] for body in served.bodies}
        assert (len(token), len(served.bodies)) == (36, 3)


def client_of(connection: TableConnection) -> wire.Client:
    return cast(wire.Client, connection.connection.client)


def together(connection: TableConnection, number: int) -> list[str]:
    """Read so many items together; the sort keys of what came back."""
    keys = [KEY | {"sk": {"S": str(one)}} for one in range(number)]
    requests = [{"TableName": "any", "Key": key, "ConsistentRead": True} for key in keys]
    found = client_of(connection).make_api_calls("GetItem", requests)
    return [one["Item"]["sk"]["S"] for one in found]


def test_calls_that_are_made_together_wait_for_none_of_each_other() -> None:
    with engine(*[200] * 10) as (served, connection):
        served.arrived = threading.Barrier(5)  # nobody is answered before all have asked
        assert together(connection, 5) == together(connection, 5) == list("01234")
        assert len(set(served.open)) == 5


def test_many_calls_take_few_connections() -> None:
    with engine(*[200] * 45) as (served, connection):
        assert together(connection, 45) == [str(number) for number in range(45)]
        assert len(set(served.open)) == 20


@pytest.mark.parametrize(("status", "tries"), [(LOST, 1), (400, 0), (503, 1)])
def test_of_calls_that_are_made_together_botocore_makes_those_that_fail(status: int, tries: int) -> None:
    with engine(200, status, 200, status, 200, 200) as (served, connection):
        answers = client_of(connection).make_api_calls("GetItem", [{"TableName": "any", "Key": KEY}] * 4)
        assert [answer["Item"] for answer in answers] == [KEY] * 4
        assert sorted(answer["ResponseMetadata"]["RetryAttempts"] for answer in answers) == [0, 0, tries, tries]
        assert len(served.agents) == 6


def test_one_of_several_connections_that_was_closed_meanwhile_is_made_anew() -> None:
    with engine(*[200] * 6) as (served, connection):
        served.arrived = threading.Barrier(3)
        assert together(connection, 3) == list("012")
        served.open[1].shutdown(socket.SHUT_RDWR)
        served.arrived = threading.Barrier(1)
        assert together(connection, 3) == list("012")
        assert len(set(served.open)) == 4


def test_answers_to_calls_that_are_made_together_are_late_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that hangs costs the time of one call, not of each."""
    waits, wait = list[float](), short_way._wait_at_most

    def noted(there: HTTPConnection, seconds: float) -> None:
        waits.append(seconds)
        wait(there, seconds)

    monkeypatch.setattr(short_way, "_wait_at_most", noted)
    monkeypatch.setattr(short_way, "time", SimpleNamespace(monotonic=count(0, 7).__next__))
    with engine(*[200] * 3) as (_, connection):
        assert together(connection, 3) == list("012")
    assert waits == [60, 60, 60, 53, 46, 39]


def test_connections_of_calls_that_are_made_together_have_the_time_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float]()

    def noted(host: str, timeout: float) -> HTTPConnection:
        waits.append(timeout)
        return HTTPConnection(host, timeout=timeout)

    monkeypatch.setattr(short_way, "HTTPConnection", noted)
    monkeypatch.setattr(short_way, "time", SimpleNamespace(monotonic=count(0, 7).__next__))
    with engine(*[200] * 3) as (_, connection):
        assert together(connection, 3) == list("012")
    assert waits == [53, 46, 39]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Id:  7\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"no",
        b"SSH-2.0 200\r\n\r\n",
        b"HTTP/1.1 what\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 65_536 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
        b"HTTP/1.1 2000\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 099 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 content-length: 2\r\n\r\n{}",
        CHUNKED + b"2\r\n{}\r\n\r\n\r\n",
        CHUNKED + b"x2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"_2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"2\r\n{",
        CHUNKED + b"2\r\n{}",
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"2\r\n{}}\r\n0\r\n\r\n",
        CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"2\r\n{}\r\n0\r\nx: y\r\n\r\n",
    ],
)
def test_an_answer_that_is_cut_short_is_none(answer: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = HTTPConnection("here")
        connection.sock = ours
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(HTTPException):
            short_way.answer(connection)


def test_an_answer_in_chunks_is_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = HTTPConnection("here")
        connection.sock = ours
        theirs.sendall(CHUNKED + b"2;of=2\r\n[1\r\nA\r\n,        2\r\n1\r\n]\r\n0\r\n\r\n")
        headers = {"transfer-encoding": "chunked", "x-id": "7"}
        assert short_way.answer(connection) == (short_way.Got(200, headers, b"[1,        2]"), False)


def test_an_answer_that_comes_in_pieces_is_read_and_the_next_one_after_it() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = HTTPConnection("here")
        connection.sock = ours
        sent = b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000

        def send() -> None:
            for byte in sent[:60]:
                theirs.sendall(bytes([byte]))
            theirs.sendall(sent[60:])

        for _ in range(2):
            threading.Thread(target=send).start()
            assert short_way.answer(connection) == (short_way.Got(200, ANY, b"x" * 200_000), False)


def test_nothing_at_all_is_a_connection_that_was_closed() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        connection = HTTPConnection("here")
        connection.sock = ours
        theirs.close()
        with pytest.raises(ConnectionError):
            short_way.answer(connection)

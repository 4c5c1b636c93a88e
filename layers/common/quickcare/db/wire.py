"""How DynamoDB's client talks to DynamoDB: plain JSON, and on a short way.

Requests and answers are plain JSON already, and pynamodb writes and reads exactly that: they go out and come in as they
are, without botocore's walk through the shape of each (decision 0022). Binary attributes would have to be decoded;
there are none.

`_Calls` makes the calls in botocore's place, with the same events around them, and `_Sender` signs and sends them over
connections that it keeps. Together they cost a third of botocore's way, and give back what DynamoDB did, or refused
because of a condition. Everything else (no connection, no answer in time, throttled, an error) botocore sends anew,
with its retries and errors.

So a write may be sent twice, as by botocore alone, and whoever is told that it was refused must know
(`quickcare.db.own`): each time that DynamoDB may have done what was sent, although no answer says so, counts as one of
botocore's `RetryAttempts` (decision 0030).
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ssl import SSLContext, create_default_context
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.httpsession import get_cert_path
from botocore.model import OperationModel
from botocore.parsers import JSONParser, ResponseParserFactory
from pynamodb.connection import TableConnection

from quickcare import budget
from quickcare.db import signature

NAME = "quickcare"
"""Of our client in AWS's logs."""
_CALLS = {
    *("BatchGetItem", "GetItem", "Query"),
    *("BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"),
}
_REFUSALS = ("ConditionalCheckFailedException", "TransactionCanceledException")
_LONGEST_LINE = 65_536
_UNANSWERED = "quickcare_unanswered"
"""In the context of a call: how often it was sent and may have been done, while no answer says so."""
_Parsed = dict[str, Any]


class _Parser(JSONParser):
    """Reads the answer to a call that succeeded as the JSON that it is."""

    def _do_parse(self: Any, response: dict[str, Any], _shape: Any) -> _Parsed:  # the stubs do not know these
        parsed: _Parsed = self._parse_body_as_json(response["body"])
        self._inject_response_metadata(parsed, response["headers"])
        return parsed


class _Parsers(ResponseParserFactory):
    def create_parser(self, _protocol: str) -> JSONParser:
        return _PARSER


_PARSER: Any = _Parser()


class _Got(NamedTuple):
    """An answer, as far as botocore looks at it."""

    status_code: int
    headers: Any
    body: bytes


class _Calls:
    """Stands for `_make_api_call` of one client."""

    def __init__(self, client: Any, session: Any) -> None:
        self._client, self._sender, self._botocores = client, _Sender(client, session), client._make_api_call

    def __call__(self, operation: str, request: dict[str, Any]) -> _Parsed:
        """The answer to a call. Raises botocore's ClientError."""
        if operation not in _CALLS:
            answered: _Parsed = self._botocores(operation, request)
            return answered
        client, meta = self._client, self._client.meta
        model, events = client._service_model.operation_model(operation), meta.events
        context = {"client_region": meta.region_name, "client_config": meta.config, "auth_type": "v4"}
        events.emit(f"provide-client-params.dynamodb.{operation}", params=request, model=model, context=context)
        params = _params(meta.endpoint_url, operation, request, context)
        told = {"model": model, "context": context}
        _, answer = events.emit_until_response(f"before-call.dynamodb.{operation}", params=params, **told)
        http, parsed = answer or self._sender.send(model, params) or client._make_request(model, params, context)
        if context.get(_UNANSWERED):
            metadata = parsed["ResponseMetadata"]
            metadata["RetryAttempts"] = metadata.get("RetryAttempts", 0) + context[_UNANSWERED]
        events.emit(f"after-call.dynamodb.{operation}", http_response=http, parsed=parsed, **told)
        if http.status_code >= 300:
            raise client.exceptions.from_code(parsed["Error"]["Code"])(parsed, operation)
        found: _Parsed = parsed
        return found


def _params(url: str, operation: str, request: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """A request as botocore describes it. Each try of a transaction has the same token."""
    if operation == "TransactWriteItems":
        request.setdefault("ClientRequestToken", str(uuid4()))
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
    headers["User-Agent"] = NAME
    return {"method": "POST", "url": url, "headers": headers, "body": json.dumps(request).encode(), "context": context}


class _Sender:
    """Signs and sends."""

    def __init__(self, client: Any, session: Any) -> None:
        self._region, self._config, self._session = client.meta.region_name, client.meta.config, session
        self._idle: list[HTTPConnection] = []

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

    def send(self, model: OperationModel, params: dict[str, Any]) -> tuple[_Got, _Parsed] | None:
        """The answer to a call; None when botocore has to make it."""
        if not budget.left():
            return None
        context = params["context"]
        got = self._exchange(params["url"], self._message(params), context)
        if got is None:
            return None
        if got.status_code == 200:
            metadata = {"HTTPStatusCode": got.status_code, "HTTPHeaders": got.headers, "RetryAttempts": 0}
            return got, {**json.loads(got.body), "ResponseMetadata": metadata}
        if got.status_code >= 500:
            _note_unanswered(context)
        return (got, refusal) if got.status_code == 400 and (refusal := _refusal(got, model)) else None

    def _message(self, params: dict[str, Any]) -> bytes:
        headers = {
            "content-type": params["headers"]["Content-Type"],
            "host": urlsplit(params["url"]).netloc,
            "x-amz-target": params["headers"]["X-Amz-Target"],
        }
        credentials = self._session.get_credentials().get_frozen_credentials()
        body: bytes = params["body"]
        sent = signature.signed(headers, body, credentials, self._region, datetime.now(UTC))
        lines = [f"{name}: {value}\r\n" for name, value in sent.items()]
        head = f"POST / HTTP/1.1\r\n{''.join(lines)}user-agent: {NAME}\r\ncontent-length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _exchange(self, url: str, message: bytes, context: dict[str, Any]) -> _Got | None:
        """What comes back; None when nothing does.

        The last idle connection may have been closed since, above all while Lambda froze the process. Then a new one is
        tried.
        """
        with suppress(OSError, HTTPException):
            with suppress(IndexError, ConnectionError):
                return self._send(self._idle.pop(), message, context)
            return self._send(_connect(url, self._config), message, context)
        return None

    def _send(self, connection: HTTPConnection, message: bytes, context: dict[str, Any]) -> _Got:
        # Never 0, which would not wait at all.
        connection.sock.settimeout(min(self._config.read_timeout, max(budget.left(), 0.001)))
        try:
            got, is_last = _answer(connection, message)
        except (OSError, HTTPException):
            _note_unanswered(context)
            connection.close()
            raise
        if is_last:
            connection.close()
        else:
            self._idle.append(connection)
        return got


def _answer(connection: HTTPConnection, message: bytes) -> tuple[_Got, bool]:
    """The answer to a message, and whether the connection ends with it."""
    connection.sock.sendall(message)
    response = _Response(connection.sock, method="POST")
    response.begin()
    return _Got(response.status, response.headers, response.read()), response.will_close


class _Response(HTTPResponse):
    """An answer whose headers are read line by line, which takes a tenth of what Python's parser of e-mails does."""

    def begin(self: Any) -> None:  # the stubs do not know how an answer is read
        """Read up to the body. The names of the headers are in lower case. Raises HTTPException when nothing says how
        long the body is."""
        version, self.status, self.reason = self._read_status()
        headers = dict[str, str]()
        while line := self.fp.readline(_LONGEST_LINE).rstrip(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = headers.get("content-length", "")
        self.headers = self.msg = headers
        self.chunked, self.chunk_left = headers.get("transfer-encoding", "").lower() == "chunked", None
        if not self.chunked and not length.isdecimal():
            raise HTTPException("an answer without a length")
        self.length = None if self.chunked else int(length)
        self.will_close = version != "HTTP/1.1" or headers.get("connection", "").lower() == "close"


def _refusal(got: _Got, model: OperationModel) -> _Parsed | None:
    """The answer to a call whose condition did not hold, as botocore reads it; None when it says something else."""
    described = {"status_code": got.status_code, "headers": got.headers, "body": got.body}
    parsed: _Parsed = _PARSER.parse(described, model.output_shape)
    code = parsed["Error"]["Code"]
    if code not in _REFUSALS:
        return None
    return {**parsed, **_PARSER.parse(described, model.service_model.shape_for_error_code(code))}


def _note_unanswered(context: dict[str, Any]) -> None:
    context[_UNANSWERED] = context.get(_UNANSWERED, 0) + 1


def _connect(url: str, config: Any) -> HTTPConnection:
    parts, timeout = urlsplit(url), min(config.connect_timeout, max(budget.left(), 0.001))
    if parts.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(parts.netloc, timeout=timeout, context=_tls())
    else:
        connection = HTTPConnection(parts.netloc, timeout=timeout)
    connection.connect()
    return connection


@lru_cache
def _tls() -> SSLContext:
    return create_default_context(cafile=get_cert_path(True))


def speak_json(connection: TableConnection) -> None:
    """Let the client of a connection, which has made none yet, send and read plain JSON on the short way.

    Each of its calls ends with the request's time (`quickcare.budget`).
    """
    session = connection.connection.session
    session.register_component("response_parser_factory", _Parsers())
    client: Any = connection.connection.client
    budget.limit(client)
    client._make_api_call = _Calls(client, session)


def leave_to_botocore(connection: TableConnection) -> None:
    """Let botocore send all requests, for a DynamoDB that is only imitated inside of botocore."""
    client: Any = connection.connection.client
    del client._make_api_call

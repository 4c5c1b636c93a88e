"""How DynamoDB's client talks to DynamoDB: plain JSON, and reads on a short way.

Requests and answers are plain JSON already, and pynamodb writes and reads exactly that: they go out and come in as they
are, without botocore's walk through the shape of each (decision 0022). Binary attributes would have to be decoded;
there are none.

A read may be sent twice and harms nobody. So `_Reader` signs it and sends it itself, over connections that it keeps,
which costs half of botocore's way, and answers botocore's event `before-call`. What DynamoDB did not answer with
success (no connection, no answer in time, throttled, an error) it leaves to botocore, which sends the request anew,
with its retries and errors. Writes take botocore's whole way: it knows which of them it has sent twice (decision 0025).
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ssl import SSLContext, create_default_context
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.httpsession import get_cert_path
from botocore.model import OperationModel
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer
from pynamodb.connection import TableConnection

from quickcare import budget
from quickcare.db import signature

NAME = "quickcare"
"""Of the handler of botocore's event, and of our client in AWS's logs."""
# Of all calls, and not of this service alone: so the reader is the last of those who listen.
_EVENT = "before-call"
_READS = ("BatchGetItem", "GetItem", "Query")
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


class _Serializer(JSONSerializer):
    """Writes a request as the JSON that it is."""

    def _serialize(self, serialized: dict[str, Any], value: dict[str, Any], *_: Any) -> None:
        serialized.update(value)


_PARSER = _Parser()


class _Got(NamedTuple):
    """An answer, as far as botocore looks at it."""

    status_code: int
    headers: Any
    body: bytes


class _Reader:
    """Sends the reads of one client."""

    def __init__(self, client: Any, session: Any) -> None:
        self._region, self._config, self._session = client.meta.region_name, client.meta.config, session
        self._idle: list[HTTPConnection] = []

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

    def __call__(self, model: OperationModel, params: dict[str, Any], **_: object) -> tuple[_Got, _Parsed] | None:
        """The answer to a read; None when botocore has to make the call."""
        if model.name not in _READS or not budget.left():
            return None
        got = self._exchange(params["url"], self._message(params))
        if got is None or got.status_code != 200:
            return None
        metadata = {"HTTPStatusCode": got.status_code, "HTTPHeaders": got.headers, "RetryAttempts": 0}
        return got, {**json.loads(got.body), "ResponseMetadata": metadata}

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

    def _exchange(self, url: str, message: bytes) -> _Got | None:
        """What comes back; None when nothing does.

        The last idle connection may have been closed since, above all while Lambda froze the process. Then a new one is
        tried.
        """
        with suppress(IndexError, ConnectionError):
            return self._send(self._idle.pop(), message)
        with suppress(OSError, HTTPException):
            return self._send(_connect(url, self._config), message)
        return None

    def _send(self, connection: HTTPConnection, message: bytes) -> _Got:
        # Never 0, which would not wait at all.
        connection.sock.settimeout(min(self._config.read_timeout, max(budget.left(), 0.001)))
        try:
            connection.sock.sendall(message)
            response = HTTPResponse(connection.sock, method="POST")
            response.begin()
            got = _Got(response.status, response.headers, response.read())
        except (OSError, HTTPException):
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return got


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
    """Let the client of a connection, which has made none yet, send and read plain JSON, and reads on the short way.

    Each of its calls ends with the request's time (`quickcare.budget`).
    """
    session = connection.connection.session
    session.register_component("response_parser_factory", _Parsers())
    # See quickcare.aws: the long name costs a fifth of a small read.
    session.set_default_client_config(Config(user_agent=NAME))
    client: Any = connection.connection.client
    client._serializer = _Serializer()
    client._ruleset_resolver = None  # or it finds the same address anew for each call
    budget.limit(client)
    client.meta.events.register_last(_EVENT, _Reader(client, session), unique_id=NAME)


def leave_to_botocore(connection: TableConnection) -> None:
    """Let botocore send all requests, for a DynamoDB that is only imitated inside of botocore."""
    connection.connection.client.meta.events.unregister(_EVENT, unique_id=NAME)

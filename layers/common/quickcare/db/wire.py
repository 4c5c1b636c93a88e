"""How DynamoDB's client talks to DynamoDB: plain JSON, signed here, over connections that are kept.

botocore takes a request and an answer through a dozen layers, which costs five times what both need: they are plain
JSON already, and pynamodb writes and reads exactly that. So `_Sender` answers botocore's event `before-call` with what
DynamoDB did or refused to do. Whatever else happens (no connection, no answer in time, too many requests, an error of
the service) it leaves to botocore, which sends the request again, with its retries and errors. Binary attributes would
have to be decoded; there are none. Decision 0025 has the figures.
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
from botocore.parsers import JSONParser
from botocore.serialize import JSONSerializer
from pynamodb.connection import TableConnection

from quickcare.db import signature

NAME = "quickcare"
"""Of the handler of botocore's event, and of our client in AWS's logs."""
# Of all calls, and not of this service alone: so the sender is the last of those who listen.
_EVENT = "before-call"
_REFUSALS = ("ConditionalCheckFailedException", "TransactionCanceledException")


class _Serializer(JSONSerializer):
    """Writes a request as the JSON that it is."""

    def _serialize(self, serialized: dict[str, Any], value: dict[str, Any], *_: Any) -> None:
        serialized.update(value)


class _Got(NamedTuple):
    """An answer, as far as botocore looks at it."""

    status_code: int
    headers: Any
    body: bytes


class _Sender:
    """Sends the requests of one client."""

    def __init__(self, client: Any, session: Any) -> None:
        self._region, self._config, self._session = client.meta.region_name, client.meta.config, session
        self._idle: list[HTTPConnection] = []

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

    def __call__(
        self, model: OperationModel, params: dict[str, Any], **_: object
    ) -> tuple[_Got, dict[str, Any]] | None:
        """The answer to a call; None when botocore has to make it."""
        url = params["url"]
        got = self._exchange(url, self._message(url, params))
        if got is None or got.status_code not in (200, 400):
            return None
        parsed = _read(got) if got.status_code == 200 else _read_error(got, model)
        if got.status_code == 400 and parsed["Error"]["Code"] not in _REFUSALS:
            return None
        return got, parsed

    def _message(self, url: str, params: dict[str, Any]) -> bytes:
        headers = {
            "content-type": params["headers"]["Content-Type"],
            "host": urlsplit(url).netloc,
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
    parts, timeout = urlsplit(url), config.connect_timeout
    if parts.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(parts.netloc, timeout=timeout, context=_tls())
    else:
        connection = HTTPConnection(parts.netloc, timeout=timeout)
    connection.connect()
    connection.sock.settimeout(config.read_timeout)
    return connection


@lru_cache
def _tls() -> SSLContext:
    return create_default_context(cafile=get_cert_path(True))


def _read(got: _Got) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(got.body)
    parsed["ResponseMetadata"] = {"HTTPStatusCode": got.status_code, "HTTPHeaders": got.headers, "RetryAttempts": 0}
    return parsed


def _read_error(got: _Got, model: OperationModel) -> dict[str, Any]:
    """What botocore reads of an error: first what all have, then what this one has besides."""
    parser: Any = JSONParser()
    response = {"body": got.body, "headers": got.headers, "status_code": got.status_code}
    parsed: dict[str, Any] = parser.parse(response, model.output_shape)
    shape = model.service_model.shape_for_error_code(parsed["Error"]["Code"])
    return {**parsed, **parser.parse(response, shape)} if shape else parsed


def speak_json(connection: TableConnection) -> None:
    """Let the client of a connection, which has made none yet, send and read plain JSON."""
    session = connection.connection.session
    # See quickcare.aws: the long name costs a fifth of a small read.
    session.set_default_client_config(Config(user_agent=NAME))
    client: Any = connection.connection.client
    client._serializer = _Serializer()
    client._ruleset_resolver = None  # or it finds the same address anew for each call
    client.meta.events.register_last(_EVENT, _Sender(client, session), unique_id=NAME)


def leave_to_botocore(connection: TableConnection) -> None:
    """Let botocore send all requests again, for a DynamoDB that is only imitated inside of botocore."""
    client: Any = connection.connection.client
    client.meta.events.unregister(_EVENT, unique_id=NAME)

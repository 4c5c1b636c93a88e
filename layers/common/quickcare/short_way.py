"""Calls of AWS on a short way: signed here and sent over connections that are kept, without botocore's layers.

It is for calls that may be made twice. What AWS does not answer with success is left to botocore, which makes the call
anew, with its retries and errors. Decisions 0025 and 0030 have the figures.
"""

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ssl import SSLContext, create_default_context
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from botocore.httpsession import get_cert_path
from botocore.model import OperationModel
from botocore.parsers import create_parser

from quickcare import budget

NAME = "quickcare"
"""Of our clients in AWS's logs."""
UNANSWERED = "quickcare_unanswered"
"""In the context of a call: how often it was sent and may have been done, while no answer says so."""
_EVENT = "before-call"
_LONGEST_LINE = 65_536


class Got(NamedTuple):
    """An answer, as far as botocore looks at it. The names of its headers are in lower case."""

    status_code: int
    headers: dict[str, str]
    body: bytes


# AWS's signature (version 4), which `tests/db/test_wire.py` compares with botocore's


def signed(
    headers: Mapping[str, str], body: bytes, credentials: Any, region: str, service: str, now: datetime
) -> dict[str, str]:
    """The headers of a POST to `/`, with those that sign them. Their names are in lower case; `host` is one of them."""
    time = f"{now:%Y%m%dT%H%M%SZ}"
    complete = {**headers, "x-amz-date": time}
    if credentials.token:
        complete["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(complete))
    lines = "".join(f"{name}:{complete[name]}\n" for name in sorted(complete))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{time[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = _mac(_key(credentials.secret_key, scope), text).hex()
    credential = f"{credentials.access_key}/{scope}"
    complete["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    )
    return complete


@lru_cache(maxsize=8)
def _key(secret: str, scope: str) -> bytes:
    """The key of a day, which is made of the secret key in four steps."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


# Sending


class Sender:
    """Signs the calls of one client, which are POSTs to `/`, and sends them."""

    def __init__(self, client: Any, session: Any) -> None:
        self._region, self._config, self._session = client.meta.region_name, client.meta.config, session
        self._service: str = client._service_model.signing_name
        self._idle: list[HTTPConnection] = []

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

    def send(self, params: dict[str, Any], body: bytes) -> Got | None:
        """The answer to a request as botocore describes it; None without one.

        Each try that may have been done although no answer says so is counted in the request's context.
        """
        if not budget.left():
            return None
        context = params["context"]
        got = self._exchange(params["url"], self._message(params, body), context)
        if got is not None and got.status_code >= 500:
            _note_unanswered(context)
        return got

    def _message(self, params: dict[str, Any], body: bytes) -> bytes:
        headers = {"content-type": params["headers"]["Content-Type"], "host": urlsplit(params["url"]).netloc}
        if target := params["headers"].get("X-Amz-Target"):
            headers["x-amz-target"] = target
        credentials = self._session.get_credentials().get_frozen_credentials()
        sent = signed(headers, body, credentials, self._region, self._service, datetime.now(UTC))
        lines = [f"{name}: {value}\r\n" for name, value in sent.items()]
        head = f"POST / HTTP/1.1\r\n{''.join(lines)}user-agent: {NAME}\r\ncontent-length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _exchange(self, url: str, message: bytes, context: dict[str, Any]) -> Got | None:
        """What comes back; None when nothing does.

        The last idle connection may have been closed since, above all while Lambda froze the process. Then a new one is
        tried.
        """
        with suppress(OSError, HTTPException):
            with suppress(IndexError, ConnectionError):
                return self._send(self._idle.pop(), message, context)
            return self._send(_connect(url, self._config), message, context)
        return None

    def _send(self, connection: HTTPConnection, message: bytes, context: dict[str, Any]) -> Got:
        # Never 0, which would not wait at all.
        connection.sock.settimeout(min(self._config.read_timeout, max(budget.left(), 0.001)))
        try:
            got, is_last = answer(connection, message)
        except (OSError, HTTPException):
            _note_unanswered(context)
            connection.close()
            raise
        if is_last:
            connection.close()
        else:
            self._idle.append(connection)
        return got


def answer(connection: HTTPConnection, message: bytes) -> tuple[Got, bool]:
    """The answer to a message, and whether the connection ends with it."""
    connection.sock.sendall(message)
    response: Any = _Response(connection.sock, method="POST")
    response.begin()
    return Got(response.status, response.headers, response.read()), response.will_close


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


def _note_unanswered(context: dict[str, Any]) -> None:
    context[UNANSWERED] = context.get(UNANSWERED, 0) + 1


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


def take(client: Any, session: Any, operation: str) -> None:
    """Let this operation of a client take the short way. What it sends may come twice, as with botocore's retries."""
    sender = Sender(client, session)
    parser: Any = create_parser(client._service_model.resolved_protocol)

    def answered(model: OperationModel, params: dict[str, Any], **_: object) -> tuple[Got, dict[str, Any]] | None:
        if model.name != operation:
            return None
        body = params["body"]
        got = sender.send(params, urlencode(body, quote_via=quote).encode() if isinstance(body, dict) else body)
        if got is None or got.status_code != 200:
            return None
        return got, parser.parse(got._asdict(), model.output_shape)

    # For all calls, and not for this one alone: so it is the last of those who listen.
    client.meta.events.register_last(_EVENT, answered, unique_id=NAME)


def leave_to_botocore(client: Any) -> None:
    """Let botocore make all calls of a client, for an AWS that is only imitated inside of botocore."""
    client.meta.events.unregister(_EVENT, unique_id=NAME)

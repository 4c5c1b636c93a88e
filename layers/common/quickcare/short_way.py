"""Calls of AWS on a short way: signed here and sent over connections that are kept, without botocore's layers.

It is for calls that may be made twice. What AWS does not answer with success is left to botocore, which makes the call
anew, with its retries and errors. Decisions 0025 and 0030 have the figures.

botocore takes a third of a cold start to import and a fifth to make a client, so nothing here needs it before it has to
make a call (decision 0038).
"""

import hashlib
import hmac
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLContext, create_default_context
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import botocore  # the package alone, which takes half a millisecond

from quickcare import budget

if TYPE_CHECKING:
    from botocore.model import OperationModel

NAME = "quickcare"
"""Of our clients in AWS's logs."""
UNANSWERED = "quickcare_unanswered"
"""In the context of a call: how often it was sent and may have been done, while no answer says so."""
CONNECT_TIMEOUT, READ_TIMEOUT = 2, 5  # seconds
left_to_botocore = set[str]()
"""Services whose calls all are botocore's, because tests imitate AWS inside of it."""
_BLANK_LINE = b"\r\n\r\n"
_BEGINS = re.compile(r"HTTP/(\d\.\d) ([1-5]\d\d)(?!\d).*\r?")
_HEADER = re.compile(r"^([^:\r\n]+):(.*)$", re.MULTILINE)
_CHUNK = re.compile(rb"([0-9a-fA-F]+)[ \t]*(;.*)?")
_LONGEST_HEAD = 65_536
_PIECE = 65_536
_AT_ONCE = 20  # requests, each of which has a connection


class Got(NamedTuple):
    """An answer, as far as botocore looks at it. The names of its headers are in lower case."""

    status_code: int
    headers: dict[str, str]
    body: bytes


class Credentials(NamedTuple):
    """What calls are signed with."""

    access_key: str
    secret_key: str
    token: str | None = None


@lru_cache
def region() -> str:
    """The region of all services."""
    return os.environ.get("AWS_REGION", "ap-south-1")


def endpoint(service: str) -> str:
    """Where a service of AWS answers, or what stands for it on a laptop."""
    own = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    return own or f"https://{service}.{region()}.amazonaws.com"


def credentials() -> Any:
    """The credentials of this process. Lambda gives them in variables; elsewhere botocore finds them, and renews them.

    Raises botocore's NoCredentialsError.
    """
    return _in_variables() or _found_by_botocore().get_frozen_credentials()


@lru_cache
def _in_variables() -> Credentials | None:
    """Lambda ends a process before these do."""
    access_key, secret_key = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        return Credentials(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN"))
    return None


@lru_cache
def _found_by_botocore() -> Any:
    from botocore.exceptions import NoCredentialsError  # here, as all of botocore
    from botocore.session import get_session

    found = get_session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return found


# AWS's signature (version 4), which `tests/db/test_wire.py` compares with botocore's


def signed(
    headers: Mapping[str, str], body: bytes, credentials: Any, region: str, service: str, now: datetime
) -> dict[str, str]:
    """The headers of a POST to `/`, with those that sign them. Their names are in lower case; `host` is one of them."""
    instant = f"{now:%Y%m%dT%H%M%SZ}"
    complete = {**headers, "x-amz-date": instant}
    if credentials.token:
        complete["x-amz-security-token"] = credentials.token
    in_order = sorted(complete.items())
    names = ";".join([name for name, _ in in_order])
    lines = "".join([f"{name}:{value}\n" for name, value in in_order])
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{instant[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{instant}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
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
    """Signs the calls of one service, which are POSTs to `/`, and sends them. The timeouts are in seconds."""

    def __init__(
        self, service: str, connect_timeout: float = CONNECT_TIMEOUT, read_timeout: float = READ_TIMEOUT
    ) -> None:
        self._service, self._connect_timeout, self._read_timeout = service, connect_timeout, read_timeout
        self._idle: list[HTTPConnection] = []

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

    def send(self, params: dict[str, Any], body: bytes) -> Got | None:
        """The answer to a request as botocore describes it; None without one.

        Each try that may have been done although no answer says so is counted in the request's context.
        """
        return self.send_all([(params, body)])[0]

    def send_all(self, requests: Sequence[tuple[dict[str, Any], bytes]]) -> list[Got | None]:
        """The answers to several requests, in the time of one: each has a connection of its own, and all are sent
        before the first answer is read. Threads would take more of the processor (decision 0051)."""
        answers: list[Got | None] = []
        for start in range(0, len(requests), _AT_ONCE):
            answers += self._sent_together(requests[start : start + _AT_ONCE])
        return answers

    def _sent_together(self, requests: Sequence[tuple[dict[str, Any], bytes]]) -> list[Got | None]:
        if not budget.left() or self._service in left_to_botocore:
            return [None] * len(requests)
        sign = partial(signed, credentials=credentials(), region=region(), service=self._service, now=datetime.now(UTC))
        exchanges = [_Exchange(one["url"], _message(one, body, sign), one["context"]) for one, body in requests]
        connected_until = time.monotonic() + self._connect_timeout
        for one in exchanges:
            self._begin(one, connected_until)
        until = time.monotonic() + self._read_timeout
        return [self._end(one, until) for one in exchanges]

    def _begin(self, one: "_Exchange", until: float) -> None:
        """Send the request over an idle connection, or over a new one that is made until an instant; over none when
        nothing takes it."""
        with suppress(OSError):
            try:
                self._ask(one, self._idle.pop(), was_idle=True)
            except (IndexError, ConnectionError):
                self._ask(one, self._connected(one.url, until), was_idle=False)

    def _ask(self, one: "_Exchange", connection: HTTPConnection, *, was_idle: bool) -> None:
        _wait_at_most(connection, self._read_timeout)
        try:
            ask(connection, one.message)
        except OSError:
            _note_unanswered(one.context)
            connection.close()
            raise
        one.connection, one.was_idle = connection, was_idle

    def _end(self, one: "_Exchange", until: float) -> Got | None:
        """What comes back until an instant; None when nothing does.

        An idle connection may have been closed since, above all while Lambda froze the process. Then a new one is
        tried.
        """
        got = None
        with suppress(OSError, HTTPException):
            try:
                got = self._read(one, until)
            except ConnectionError:
                if one.was_idle:
                    self._ask(one, self._connected(one.url, until), was_idle=False)
                    got = self._read(one, until)
        if got is not None and got.status_code >= 500:
            _note_unanswered(one.context)
        return got

    def _read(self, one: "_Exchange", until: float) -> Got | None:
        connection = one.connection
        if connection is None:
            return None
        _wait_at_most(connection, until - time.monotonic())
        try:
            got, is_last = answer(connection)
        except (OSError, HTTPException):
            _note_unanswered(one.context)
            connection.close()
            raise
        if is_last:
            connection.close()
        else:
            self._idle.append(connection)
        return got

    def _connected(self, url: str, until: float) -> HTTPConnection:
        seconds = min(self._connect_timeout, until - time.monotonic(), budget.left())
        parts, timeout = urlsplit(url), max(seconds, 0.001)
        if parts.scheme == "https":
            connection: HTTPConnection = HTTPSConnection(parts.netloc, timeout=timeout, context=_tls())
        else:
            connection = HTTPConnection(parts.netloc, timeout=timeout)
        connection.connect()
        return connection


def request(url: str, version: str, target: str, body: bytes, context: dict[str, Any]) -> dict[str, Any]:
    """A request of AWS's JSON protocol (version "1.0" or "1.1") as botocore describes it."""
    headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target, "User-Agent": NAME}
    return {"method": "POST", "url": url, "headers": headers, "body": body, "context": context}


class _Exchange:
    """A request, and the connection over which its answer comes; None when nothing took the request."""

    def __init__(self, url: str, message: bytes, context: dict[str, Any]) -> None:
        self.url, self.message, self.context = url, message, context
        self.connection: HTTPConnection | None = None
        self.was_idle = False
        """Whether the connection has served before."""


def _message(params: dict[str, Any], body: bytes, sign: Callable[[Mapping[str, str], bytes], dict[str, str]]) -> bytes:
    headers = {"content-type": params["headers"]["Content-Type"], "host": urlsplit(params["url"]).netloc}
    if target := params["headers"].get("X-Amz-Target"):
        headers["x-amz-target"] = target
    lines = [f"{name}: {value}\r\n" for name, value in sign(headers, body).items()]
    head = f"POST / HTTP/1.1\r\n{''.join(lines)}user-agent: {NAME}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _wait_at_most(connection: HTTPConnection, seconds: float) -> None:
    # Never 0, which would not wait at all.
    connection.sock.settimeout(max(min(seconds, budget.left()), 0.001))


def ask(connection: HTTPConnection, message: bytes) -> None:
    """Send a message."""
    connection.sock.sendall(message)


def answer(connection: HTTPConnection) -> tuple[Got, bool]:
    """The answer to what was sent, and whether the connection ends with it.

    Raises ConnectionError when nothing comes, and HTTPException when it is a part of an answer, or something else.
    """
    arriving = _Arriving(connection.sock)
    head = arriving.until(_BLANK_LINE).decode("latin-1")
    begins = _BEGINS.match(head)
    if begins is None:
        raise HTTPException("something else than an answer")
    headers = {name.lower(): value.strip() for name, value in _HEADER.findall(head, begins.end())}
    is_last = begins[1] != "1.1" or headers.get("connection", "").lower() == "close"
    return Got(int(begins[2]), headers, _body(headers, arriving)), is_last


class _Arriving:
    """What comes over a connection. Python's own reader of answers takes twice as long (decision 0053)."""

    def __init__(self, sock: Any) -> None:
        self._sock, self._data, self._has_begun = sock, bytearray(), False

    def until(self, end: bytes) -> bytes:
        """What comes before `end`, which is taken too."""
        while end not in self._data:
            if len(self._data) > _LONGEST_HEAD:
                raise HTTPException("an answer whose beginning has no end")
            self._wait()
        found, _, self._data = self._data.partition(end)
        return bytes(found)

    def next(self, size: int) -> bytes:
        """So many bytes."""
        while len(self._data) < size:
            self._wait()
        found, self._data = self._data[:size], self._data[size:]
        return bytes(found)

    def _wait(self) -> None:
        piece = self._sock.recv(_PIECE)
        if not piece and self._has_begun:
            raise HTTPException("a part of an answer")
        if not piece:
            raise ConnectionResetError("no answer")
        self._has_begun = True
        self._data += piece


def _body(headers: Mapping[str, str], arriving: _Arriving) -> bytes:
    """The body of an answer. Raises HTTPException when nothing says how long it is."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join(_chunks(arriving))
    length = headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException("an answer without a length")
    return arriving.next(int(length))


def _chunks(arriving: _Arriving) -> Iterator[bytes]:
    size = -1
    while size:
        size = _size(arriving.until(b"\r\n"))
        yield arriving.next(size)
        if arriving.next(2) != b"\r\n":
            raise HTTPException("a chunk of another length")


def _size(line: bytes) -> int:
    found = _CHUNK.fullmatch(line)
    if found is None:
        raise HTTPException("a chunk without a length")
    return int(found[1], 16)


def _note_unanswered(context: dict[str, Any]) -> None:
    context[UNANSWERED] = context.get(UNANSWERED, 0) + 1


@lru_cache
def _tls() -> SSLContext:
    return create_default_context(cafile=os.path.join(botocore.__path__[0], "cacert.pem"))


def take(client: Any, operation: str) -> None:
    """Let this operation of a client take the short way. What it sends may come twice, as with botocore's retries."""
    from botocore.parsers import create_parser  # here, as all of botocore

    sender = Sender(client._service_model.signing_name)
    parser: Any = create_parser(client._service_model.resolved_protocol)

    def answered(model: "OperationModel", params: dict[str, Any], **_: object) -> tuple[Got, dict[str, Any]] | None:
        if model.name != operation:
            return None
        got = sender.send(params, params["body"])
        if got is None or got.status_code != 200:
            return None
        return got, parser.parse(got._asdict(), model.output_shape)

    # For all calls, and not for this one alone: so it is the last of those who listen.
    client.meta.events.register_last("before-call", answered)

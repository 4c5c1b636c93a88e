"""Services that break in the middle of a request, processes that die there, and a clock on which waiting costs no time.

A fault begins at one of the calls of a service and stays, for each try that the client makes; an answer is lost once.
Calls of DynamoDB are tried on the short way (`quickcare.short_way`) and then by botocore, and a fault meets both.
Twilio and Exotel are one more service, `provider`, which is met where urllib3 sends.
"""

import io
import json
import re
import threading
import time as machine
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from weakref import WeakKeyDictionary

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.retries.quota import RetryQuota
from botocore.retries.standard import ExponentialBackoff
from notifications import senders
from quickcare import aws, budget, short_way, tally, timeouts
from quickcare.db import outbox, wire
from urllib3 import HTTPResponse
from urllib3 import exceptions as urllib3_errors
from urllib3.connectionpool import HTTPConnectionPool

AWS_SERVICES = ("dynamodb", "sns", "sqs", "s3", "secretsmanager")
PROVIDER, PROVIDERS = "provider", ("api.twilio.com", "api.in.exotel.com")
READ_TIMEOUT = 5.0  # seconds, of all clients
READS = ("Get", "Query", "Scan", "BatchGet", "TransactGet", "List", "Head", "Receive")
Sent = tuple[Any, Exception | None]
Send = Callable[[], Sent]


@dataclass
class Clock:
    """Stands for the module `time`: sleeping moves it, and nothing else does.

    Threads that sleep at the same time do not sleep one after another: each from when it last looked at the clock.
    """

    passed: float = 0.0
    time: Callable[[], float] = field(default=machine.time, repr=False)
    waiting: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _looked: threading.local = field(default_factory=threading.local, repr=False)

    def monotonic(self) -> float:
        now = self._looked.at = self.passed
        return now

    def sleep(self, seconds: float) -> None:
        with self.waiting:
            self.passed = max(self.passed, getattr(self._looked, "at", self.passed) + seconds)
            self._looked.at = self.passed

    def wait_for_answer(self) -> None:
        """The longest that a client waits, and never longer than the request may take; of threads one after another."""
        with self.waiting:
            self.sleep(min(READ_TIMEOUT, budget.left()))


Fault = Callable[["Service", Send], Sent]


@dataclass
class Service:
    """The calls of one service, tries included, as they are sent."""

    name: str
    clock: Clock
    fault: Fault | None = None
    begins: int = 0
    calls: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    """The calls that the service got and did."""

    def answer(self, send: Send, operation: str) -> Sent:
        def really_send() -> Sent:
            self.arrived.append(operation)
            return send()

        self.calls.append(operation)
        # Without time the client has to refuse by itself, before anything leaves the process.
        if self.fault is None or len(self.calls) <= self.begins or not budget.left():
            return really_send()
        return self.fault(self, really_send)


def hang(service: Service, _: Send) -> Sent:
    service.clock.wait_for_answer()
    return None, ReadTimeoutError(endpoint_url="here", error="")


def refuse(_: Service, __: Send) -> Sent:
    return None, EndpointConnectionError(endpoint_url="here", error="")


def fail(_: Service, __: Send) -> Sent:
    return error(500, "InternalServerError")


def throttle(_: Service, __: Send) -> Sent:
    return error(400, "ThrottlingException")


def lose_answer(service: Service, send: Send) -> Sent:
    """Once: the next try gets through."""
    service.fault = None
    send()
    service.clock.wait_for_answer()
    return None, ReadTimeoutError(endpoint_url="here", error="")


FAULTS = (hang, refuse, fail, throttle, lose_answer)


def error(status: int, code: str) -> Sent:
    parsed = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}}}
    answer = AWSResponse("", status, HTTPHeaders(), None)
    setattr(answer, "_content", b"")  # noqa: B010 - the stubs do not know it
    return (answer, parsed), None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which a request's time is measured and clients wait."""
    fake = Clock()
    for module in (budget, timeouts, botocore.endpoint):
        monkeypatch.setattr(module, "time", fake)
    # As on AWS: no busy machine moves this clock.
    monkeypatch.setattr(tally, "_PATIENCE", 1)
    monkeypatch.setattr(outbox, "_SECONDS", 5)
    # Chance would hide a wait that is too long.
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda _, context: 2 ** (context.attempt_number - 1))
    # A client that failed often would try less often, whatever test comes next.
    monkeypatch.setattr(RetryQuota, "acquire", lambda *_: True)
    return fake


class ProcessDied(BaseException):
    """The end of a process: no code catches it."""


@dataclass
class Death:
    """A fault of all services at once: the process dies when so many calls that change something were done.

    Nobody sees the answer to the last of them, and nothing leaves the process after it. Reads change nothing, so there
    is no other moment at which a death leaves something else behind. With None, it only notes the calls.
    """

    after: int | None = None
    changes: list[str] = field(default_factory=list)
    is_over: bool = False
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __call__(self, service: Service, send: Send) -> Sent:
        with self._one_at_a_time:
            if self.is_over:
                raise ProcessDied
            sent = send()
            if not service.calls[-1].startswith(READS):
                self.changes.append(f"{service.name} {service.calls[-1]}")
                self.is_over = len(self.changes) == self.after
        if self.is_over:
            raise ProcessDied
        return sent


@contextmanager
def watched(
    clock: Clock, broken: str = "", fault: Fault | None = None, begins: int = 0
) -> Iterator[dict[str, Service]]:
    """The calls of all services by their names. One of them, or all without a name, has a fault from its call number
    `begins` on, from 0."""
    services = {name: Service(name, clock) for name in (*AWS_SERVICES, PROVIDER)}
    for name in [broken] if broken else services:
        services[name].fault, services[name].begins = fault, begins
    clients = [(name, aws.client(name)) for name in AWS_SERVICES]
    clients += [("dynamodb", wire.CLIENT.botocores), ("sns", senders.sns_client())]
    with ExitStack() as stack:
        stack.enter_context(_on_the_short_way(services["dynamodb"]))
        stack.enter_context(_at_the_provider(services[PROVIDER]))
        for name, client in clients:
            stack.enter_context(_between(client._endpoint, services[name]))
        yield services


@contextmanager
def _between(endpoint: Any, service: Service) -> Iterator[None]:
    send = endpoint._do_get_response

    def answer(request: Any, model: Any, context: Any) -> Sent:
        return service.answer(lambda: send(request, model, context), model.name)

    endpoint._do_get_response = answer
    try:
        yield
    finally:
        del endpoint._do_get_response


@contextmanager
def _on_the_short_way(service: Service) -> Iterator[None]:
    """What is asked is sent when its answer is waited for, so that one call comes after the other."""
    ask, read = short_way.ask, short_way.answer
    asked = WeakKeyDictionary[HTTPConnection, bytes]()

    def note(connection: HTTPConnection, message: bytes) -> None:
        asked[connection] = message

    def answer(connection: HTTPConnection) -> tuple[short_way.Got, bool]:
        message = asked.pop(connection)
        (operation,) = re.findall(rb"x-amz-target: \w+\.(\w+)", message)
        sent: list[tuple[short_way.Got, bool]] = []

        def really() -> Sent:
            ask(connection, message)
            sent.append(read(connection))
            return None, None

        try:
            found, error = service.answer(really, operation.decode())
        except ProcessDied:
            connection.close()  # as the machine does
            raise
        if isinstance(error, ReadTimeoutError):
            raise TimeoutError
        if error is not None:
            raise ConnectionRefusedError
        if found is None:
            return sent[0]
        response, parsed = found
        return short_way.Got(response.status_code, {}, json.dumps({"__type": parsed["Error"]["Code"]}).encode()), True

    short_way.ask, short_way.answer = note, answer
    try:
        yield
    finally:
        short_way.ask, short_way.answer = ask, read


_TAKEN = {"sid": "SM" + "0" * 32, "SMSMessage": {"Sid": "0f477d60517e6e6a0f6d9a7e9af8630e", "Status": "queued"}}


@contextmanager
def _at_the_provider(service: Service) -> Iterator[None]:
    """Twilio and Exotel take every SMS, unless they have the fault."""
    send = HTTPConnectionPool._make_request

    def answer(pool: Any, connection: Any, method: str, url: str, *arguments: Any, **named: Any) -> Any:
        if pool.host not in PROVIDERS:
            return send(pool, connection, method, url, *arguments, **named)
        found, failed = service.answer(lambda: (None, None), "Send")
        if isinstance(failed, ReadTimeoutError):
            raise urllib3_errors.ReadTimeoutError(pool, url, "")
        if failed is not None:
            raise urllib3_errors.NewConnectionError(connection, "")
        status, said = (201, _TAKEN) if found is None else (found[0].status_code, {"code": 20500})
        if found is not None and found[1]["Error"]["Code"].startswith("Throttling"):
            status = 429
        body, is_read = io.BytesIO(json.dumps(said).encode()), named.get("preload_content", True)
        return HTTPResponse(body, status=status, request_method=method, request_url=url, preload_content=is_read)

    pools: Any = HTTPConnectionPool  # whose stubs name every argument
    pools._make_request = answer
    try:
        yield
    finally:
        pools._make_request = send

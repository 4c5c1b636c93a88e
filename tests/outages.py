"""Services that break in the middle of a request, and a clock on which waiting for them costs no time.

A fault begins at one of the calls of a service and stays, for each try that the client makes; an answer is lost once.
Calls of DynamoDB are tried on the short way (`quickcare.short_way`) and then by botocore, and a fault meets both.
"""

import json
import re
import time as machine
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.retries.quota import RetryQuota
from quickcare import aws, budget, short_way, timeouts
from quickcare.db import wire
from quickcare.web import kept_answers

SERVICES = ("dynamodb", "sns", "sqs", "s3", "secretsmanager")
READ_TIMEOUT = 5.0  # seconds, of all clients
Sent = tuple[Any, Exception | None]
Send = Callable[[], Sent]


@dataclass
class Clock:
    """Stands for the module `time`: sleeping moves it, and nothing else does."""

    passed: float = 0.0
    time: Callable[[], float] = field(default=machine.time, repr=False)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


@dataclass
class Service:
    """The calls of one service, tries included, as they are sent."""

    clock: Clock
    fault: Callable[["Service", Send], Sent] | None = None
    begins: int = 0
    calls: list[str] = field(default_factory=list)

    def answer(self, send: Send, operation: str) -> Sent:
        self.calls.append(operation)
        # Without time the client has to refuse by itself, before anything leaves the process.
        if self.fault is None or len(self.calls) <= self.begins or not budget.left():
            return send()
        return self.fault(self, send)


def hang(service: Service, _: Send) -> Sent:
    service.clock.sleep(min(READ_TIMEOUT, budget.left()))
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
    service.clock.sleep(min(READ_TIMEOUT, budget.left()))
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
    for module in (budget, timeouts, botocore.endpoint, kept_answers):
        monkeypatch.setattr(module, "time", fake)
    # A client that failed often would try less often, whatever test comes next.
    monkeypatch.setattr(RetryQuota, "acquire", lambda *_: True)
    return fake


@contextmanager
def watched(clock: Clock, broken: str = "", fault: Any = None, begins: int = 0) -> Iterator[dict[str, Service]]:
    """The calls of all services by their names. One of them has a fault from its call number `begins` on, from 0."""
    services = {name: Service(clock) for name in SERVICES}
    if broken:
        services[broken] = Service(clock, fault, begins)
    clients = [(name, aws.client(name)) for name in SERVICES]
    clients.append(("dynamodb", wire.CLIENT.botocores))
    with ExitStack() as stack:
        stack.enter_context(_on_the_short_way(services["dynamodb"]))
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
    send = short_way.answer

    def answer(connection: HTTPConnection, message: bytes) -> tuple[short_way.Got, bool]:
        (operation,) = re.findall(rb"x-amz-target: \w+\.(\w+)", message)
        sent: list[tuple[short_way.Got, bool]] = []

        def really() -> Sent:
            sent.append(send(connection, message))
            return None, None

        found, error = service.answer(really, operation.decode())
        if isinstance(error, ReadTimeoutError):
            raise TimeoutError
        if error is not None:
            raise ConnectionRefusedError
        if found is None:
            return sent[0]
        response, parsed = found
        return short_way.Got(response.status_code, {}, json.dumps({"__type": parsed["Error"]["Code"]}).encode()), True

    short_way.answer = answer
    try:
        yield
    finally:
        short_way.answer = send

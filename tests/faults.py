"""Failing AWS services, two at once, and what the table holds."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from boto3.dynamodb.types import TypeDeserializer
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from quickcare import aws
from quickcare.db import transaction
from quickcare.db.item import Item
from quickcare.db.operations import Keep, Operation

from tests import bench

R = TypeVar("R")


@contextmanager
def failing(service: str, operation: str) -> Iterator[None]:
    """Every `operation` of `service` ("dynamodb", "sns", "secretsmanager") is refused by AWS."""

    def refuse(**_: object) -> tuple[AWSResponse, dict[str, Any]]:
        error = {"Code": "AccessDeniedException", "Message": "a secret detail"}
        return AWSResponse("", 400, HTTPHeaders(), None), {"Error": error, "ResponseMetadata": {}}

    clients = [aws.client(service)]
    if service == "dynamodb":
        clients.append(Item._get_connection().connection.client)
    event = f"before-call.{service}.{operation}"
    for client in clients:
        client.meta.events.register_first(event, refuse)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(event, refuse)


def at_once(times: int, call: Callable[[int], R]) -> list[R | Exception]:
    """What `call(0)`, `call(1)`, … answer or raise when they all begin together, each in its own thread."""
    start = threading.Barrier(times)

    def one(number: int) -> R | Exception:
        start.wait()
        try:
            return call(number)
        except Exception as error:  # noqa: BLE001 - the test looks at what was raised
            return error

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


@contextmanager
def before_it_creates(act: Callable[[], object]) -> Iterator[None]:
    """Run `act` in a thread, as another process, once: before the next transaction that keeps an answer."""
    send, waiting = transaction.send, [act]

    def interrupted(operations: dict[str, Operation]) -> None:
        if waiting and any(isinstance(one, Keep) for one in operations.values()):
            thread = threading.Thread(target=waiting.pop())
            thread.start()
            thread.join()
        send(operations)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "send", interrupted)
        yield
    assert not waiting


def items(**having: str) -> list[dict[str, Any]]:
    """Everything in the table whose attributes have these values, in the order of the keys."""
    read = TypeDeserializer().deserialize
    found = [{name: read(value) for name, value in item.items()} for item in bench.stored()]
    return sorted((item for item in found if having.items() <= item.items()), key=lambda item: (item["pk"], item["sk"]))

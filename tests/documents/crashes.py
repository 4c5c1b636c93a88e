"""Lets a process die at one of its AWS calls, and handles the queue of uploads afterwards."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from documents import check
from quickcare import aws
from quickcare.db.item import Item

from tests.documents.filing import keys_in_bucket
from tests.fakes.sms import Context
from tests.faults import items

T = TypeVar("T")
SERVICES = ("dynamodb", "s3", "sqs")


class Crash(BaseException):
    """The end of the process: no code catches it."""


@contextmanager
def crash_at(number: int, when: str) -> Iterator[None]:
    """Raise Crash at the AWS call of this number, counted from 1: "before" AWS gets it, or "after" AWS has done it."""
    made = 0

    def count(**_: object) -> None:
        nonlocal made
        made += 1
        if made == number:
            raise Crash

    clients = [(service, aws.client(service)) for service in SERVICES]
    clients.append(("dynamodb", Item._get_connection().connection.client))
    for service, client in clients:
        client.meta.events.register_first(f"{when}-call.{service}", count)
    try:
        yield
    finally:
        for service, client in clients:
            client.meta.events.unregister(f"{when}-call.{service}", count)


def crash_everywhere(prepare: Callable[[], T], act: Callable[[T], object]) -> Iterator[tuple[str, T]]:
    """Run `act` on what `prepare` makes again and again, with a crash before and after each of its AWS calls, at last
    without one. Yields after each run where it crashed, and what was prepared."""
    for when in ("before", "after"):
        for number in range(1, 50):
            prepared = prepare()
            try:
                with crash_at(number, when):
                    act(prepared)
            except Crash:
                yield f"{when} call {number}", prepared
            else:
                yield "never", prepared
                break
        else:
            pytest.fail("it never ends")


def work_off() -> int:
    """Let the upload check handle all messages in the queue; returns their number."""
    client, url, done = aws.client("sqs"), os.environ["UPLOAD_QUEUE_URL"], 0
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
        assert check.handler({"Records": records}, Context()) == {"batchItemFailures": []}
        for message in messages:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        done += len(messages)
    return done


def keys_without_document() -> list[str]:
    """The keys in the bucket that no existing document names."""
    named = {item.get("object_key") for item in items(kind="Document") if not item["is_deleted"]}
    return [key for key in keys_in_bucket() if key not in named]

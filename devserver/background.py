"""Calls of functions that do not come by HTTP: from queues (event source mappings) and by schedules."""

import logging
import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from devserver.functions import Function
from devserver.template import ACCOUNT, REGION, Template

_WAIT_SECONDS = 1
_PAUSE_SECONDS = 1.0
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_log = logging.getLogger("devserver")


class Background:
    """The threads that wait for messages and for the time of schedules, until `stop`."""

    def __init__(self, template: Template, functions: Mapping[str, Function]) -> None:
        self._stop = threading.Event()
        jobs: list[Callable[[threading.Event], None]] = [source.run for source in _sources(template, functions)]
        jobs += [schedule.run for schedule in _schedules(template, functions)]
        self._threads = [threading.Thread(target=job, args=[self._stop]) for job in jobs]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Start nothing new, and wait until the running calls have ended."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


@dataclass(frozen=True)
class Schedule:
    """A `rate(…)` rule."""

    function: Function
    seconds: float

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(self.seconds):
            event = {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "account": ACCOUNT,
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "region": REGION,
                "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{self.function.name}"],
                "detail": {},
            }
            try:
                self.function.invoke(event).result()
            except Exception:  # noqa: BLE001 - logged whole; it is the code under development
                _log.exception("%s failed; its next turn is in %.0f s", self.function.name, self.seconds)


@dataclass(frozen=True)
class QueueSource:
    """An SQS event source. Messages that the function did not finish stay in the queue, the others are deleted."""

    function: Function
    queue_arn: str
    batch_size: int
    reports_failures: bool

    def run(self, stop: threading.Event) -> None:
        client = boto3.client("sqs", config=Config(retries={"total_max_attempts": 1}))
        url = ""
        while not stop.is_set():
            try:
                url = url or client.get_queue_url(QueueName=self.queue_arn.rpartition(":")[2])["QueueUrl"]
                self._poll(client, url)
            except (BotoCoreError, ClientError) as error:
                if not stop.wait(_PAUSE_SECONDS):
                    _log.warning("queue of %s: %s", self.function.name, error)

    def _poll(self, client: Any, url: str) -> None:
        messages = client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=self.batch_size,
            WaitTimeSeconds=_WAIT_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return
        failed = self._failed(messages)
        for message in messages:
            if message["MessageId"] not in failed:
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def _failed(self, messages: list[dict[str, Any]]) -> set[str]:
        """The ids of the messages that the function did not finish."""
        ids = {message["MessageId"] for message in messages}
        try:
            answer = self.function.invoke({"Records": [_record(m, self.queue_arn) for m in messages]}).result()
        except Exception:  # noqa: BLE001 - logged whole; it is the code under development
            _log.exception("%s failed; its messages stay in the queue", self.function.name)
            return ids
        if not self.reports_failures:
            return set()
        failures = (answer or {}).get("batchItemFailures") or []
        failed = {failure.get("itemIdentifier") for failure in failures}
        # As on AWS, an unknown id, or null, means that the whole batch failed.
        return ids if failed - ids else failed


def _record(message: Mapping[str, Any], queue_arn: str) -> dict[str, Any]:
    attributes = {
        name: {
            "stringValue": value.get("StringValue"),
            "binaryValue": value.get("BinaryValue"),
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": value["DataType"],
        }
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": attributes,
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": os.environ["AWS_REGION"],
    }


def _sources(template: Template, functions: Mapping[str, Function]) -> Iterator[QueueSource]:
    """The event sources of the template: SQS events of functions, and resources of type EventSourceMapping."""
    for name, function in template.resources("AWS::Serverless::Function"):
        for event in (function.get("Events") or {}).values():
            if event["Type"] == "SQS":
                properties = template.resolve(event["Properties"])
                yield _source(functions[name], properties["Queue"], properties)
    for _, properties in template.resources("AWS::Lambda::EventSourceMapping"):
        resolved = template.resolve(properties)
        name = properties["FunctionName"]["Ref"].removesuffix(".Alias")
        yield _source(functions[name], resolved["EventSourceArn"], resolved)


def _source(function: Function, queue_arn: str, properties: Mapping[str, Any]) -> QueueSource:
    reports = "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])
    return QueueSource(function, queue_arn, min(10, int(properties.get("BatchSize", 10))), reports)


def _schedules(template: Template, functions: Mapping[str, Function]) -> Iterator[Schedule]:
    for name, properties in template.resources("AWS::Serverless::Function"):
        for event in (properties.get("Events") or {}).values():
            rate = _RATE.fullmatch(str(template.resolve(event["Properties"]).get("Schedule", "")))
            if event["Type"] == "Schedule" and rate:
                yield Schedule(functions[name], int(rate[1]) * _UNIT_SECONDS[rate[2]])

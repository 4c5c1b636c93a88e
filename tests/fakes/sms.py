"""The queue of SMS as Lambda reads it, and the file to which the console sender writes."""

import json
import uuid
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import aws
from quickcare.settings import settings


class Context(LambdaContext):
    """The context that Lambda passes with the event."""

    def __init__(self, milliseconds_left: int = 60_000) -> None:
        self._function_name = "notifications"
        self._memory_limit_in_mb = 256
        self._invoked_function_arn = "arn:aws:lambda:ap-south-1:000000000000:function:notifications"
        self._aws_request_id = str(uuid.uuid4())
        self._milliseconds_left = milliseconds_left

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]  # a staticmethod there
        return self._milliseconds_left


class SmsQueue:
    """The queue at SMS_QUEUE_URL, read as Lambda reads it."""

    def __init__(self) -> None:
        self.client = aws.client("sqs")
        self.url = settings().sms_queue_url

    def put(self, body: str = "Your code is 123456.", to: str = "+919876543210", id: str = "") -> str:  # noqa: A002
        """Queue one SMS; returns its message id."""
        sms_id = id or str(uuid.uuid4())
        self.put_raw(json.dumps({"id": sms_id, "to": to, "body": body}))
        return sms_id

    def put_raw(self, body: str) -> None:
        self.client.send_message(QueueUrl=self.url, MessageBody=body)

    def event(self, receive_count: int = 1) -> dict[str, Any]:
        """All messages as one Lambda event, as if received for the n-th time."""
        answer = self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return {
            "Records": [
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": {"ApproximateReceiveCount": str(receive_count)},
                    "eventSource": "aws:sqs",
                    "eventSourceARN": "arn:aws:sqs:ap-south-1:123456789012:sms",
                }
                for message in answer.get("Messages", [])
            ]
        }


class Inbox:
    """The file to which the console sender appends."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def messages(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


def failed(answer: dict[str, Any]) -> list[str]:
    """The ids of the messages that the queue must keep."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

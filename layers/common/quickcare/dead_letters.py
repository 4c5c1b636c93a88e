"""Dead letters: messages that a function gave up, for an operator to look at, send again or drop (`manage.py`).

What is shown of one names nobody: no number, no text.
"""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quickcare import aws
from quickcare.db import table
from quickcare.db.items.sms import SmsReceipt

_BATCH = 10  # messages that SQS gives at once
_HELD = 60  # seconds for which SQS gives what was looked at to nobody else, should the process die
_WAIT = 1  # second that a queue may take to answer: so all of SQS's servers are asked, not a few
QUEUES = {"sms": "SMS_QUEUE_URL", "uploads": "UPLOAD_QUEUE_URL", "leftovers": "LEFTOVERS_QUEUE_URL"}
"""The variables that name the queues where the letters come from."""


@dataclass(frozen=True)
class Letter:
    """One dead letter. `id` is the id that SQS gave the message, `kind` says what it was to do."""

    id: str
    queue: str
    kind: str
    reason: str
    sent_at: datetime
    tries: int
    body: str
    lies_in: str
    """The address of the queue of dead letters."""
    receipt: str
    """What SQS wants back from whoever deletes it."""


def found(queues: Iterable[str] = QUEUES) -> list[Letter]:
    """All dead letters, the oldest first. Nobody else gets them for a minute, unless `put_back` is called."""
    with ThreadPoolExecutor(len(QUEUES)) as threads:  # each queue is waited for
        received = list(threads.map(lambda queue: list(_received(queue)), queues))
    letters = {letter.id: letter for each in received for letter in each}
    return sorted(letters.values(), key=lambda letter: letter.sent_at)


def put_back(letter: Letter) -> None:
    """Let others see a letter again."""
    aws.client("sqs").change_message_visibility(
        QueueUrl=letter.lies_in, ReceiptHandle=letter.receipt, VisibilityTimeout=0
    )


def retry(letter: Letter) -> None:
    """Put a letter into the queue that it came from. If this dies halfway it is there twice, which does no harm."""
    aws.client("sqs").send_message(QueueUrl=os.environ[QUEUES[letter.queue]], MessageBody=letter.body)
    drop(letter)


def drop(letter: Letter) -> None:
    """Delete a letter."""
    aws.client("sqs").delete_message(QueueUrl=letter.lies_in, ReceiptHandle=letter.receipt)


def _received(queue: str) -> Iterator[Letter]:
    """Every letter that the queue has; it is asked until it has nothing to give."""
    url = _dead(os.environ[QUEUES[queue]])
    while messages := _batch(url):
        for message in messages:
            about, attributes = _read(message["Body"]), message["Attributes"]
            yield Letter(
                id=message["MessageId"],
                queue=queue,
                kind=_kind(queue, about),
                reason=_reason(queue, about),
                sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
                tries=int(attributes["ApproximateReceiveCount"]),
                body=message["Body"],
                lies_in=url,
                receipt=message["ReceiptHandle"],
            )


def _batch(url: str) -> list[dict[str, Any]]:
    answer = aws.client("sqs").receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_BATCH,
        VisibilityTimeout=_HELD,
        WaitTimeSeconds=_WAIT,
        MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def _read(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _kind(queue: str, about: dict[str, Any]) -> str:
    match queue, about:
        case "sms", {"id": _, "code": {}}:
            return "code"
        case "sms", {"id": _}:
            return "notice"
        case "uploads", {"Records": _}:
            return "upload"
        case "uploads", {"document_id": _}:
            return "removal"
        case "leftovers", {"about": "doctor" | "clinic" as kind}:
            return str(kind)
    return "unreadable"


def _reason(queue: str, about: dict[str, Any]) -> str:
    """Why it was given up, as far as the table says. The function's log has the rest."""
    if queue != "sms" or "id" not in about:
        return "failed at each try"
    receipt = table.fetch(SmsReceipt.key(str(about["id"])))
    if receipt is None or receipt.state == "given_up":
        return "not sent: the provider took it at no try"
    return f"known since: {receipt.state}" if receipt.state else "nobody knows whether it was sent"


def _dead(alive: str) -> str:
    """The queue where SQS puts what was given up, as the queue itself says."""
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=alive, AttributeNames=["RedrivePolicy"])
    arn: str = json.loads(attributes["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    url: str = aws.client("sqs").get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    return url

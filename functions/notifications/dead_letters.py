"""Takes SMS whose code has expired out of the dead-letter queue. The others wait for a person (docs/operations.md)."""

from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError
from quickcare import aws
from quickcare.observability import logger
from quickcare.settings import settings
from quickcare.sms import counting

from notifications.schemas import SmsMessage

_BATCH = 10  # messages that SQS gives at once
_AT_MOST = 10  # batches in one run; the next one comes in a minute
_HELD = 60  # seconds for which SQS gives what was looked at to nobody else, should this run die

Letter = dict[str, Any]


def drop_expired(now: datetime) -> int:
    """Delete and count the dead letters whose code has expired; how many these were. A failure is only logged."""
    queue, kept, dropped = settings().sms_dead_letters_url, list[Letter](), 0
    try:
        for _ in range(_AT_MOST):
            letters = _receive(queue)
            read = [(letter, _message_in(letter)) for letter in letters]
            expired = [(letter, message) for letter, message in read if message and _has_expired(message, now)]
            for letter, message in expired:
                aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=letter["ReceiptHandle"])
                counting.ended("expired", message.text)
            dropped += len(expired)
            kept += [letter for letter in letters if letter not in (one for one, _ in expired)]
            if not letters:
                break
    except (BotoCoreError, ClientError) as error:
        logger.warning("dead letters not swept", error=type(error).__name__)
    _put_back(queue, kept)
    return dropped


def _receive(queue: str) -> list[Letter]:
    answer = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=_BATCH, VisibilityTimeout=_HELD)
    letters: list[Letter] = answer.get("Messages", [])
    return letters


def _put_back(queue: str, letters: list[Letter]) -> None:
    """Let others see what was kept. When this fails, they see it a minute later."""
    for letter in letters:
        try:
            aws.client("sqs").change_message_visibility(
                QueueUrl=queue, ReceiptHandle=letter["ReceiptHandle"], VisibilityTimeout=0
            )
        except (BotoCoreError, ClientError) as error:
            logger.warning("dead letter held for a minute", error=type(error).__name__)


def _message_in(letter: Letter) -> SmsMessage | None:
    try:
        return SmsMessage.model_validate_json(letter["Body"])
    except ValidationError:
        return None


def _has_expired(message: SmsMessage, now: datetime) -> bool:
    return message.code is not None and message.code.expires_at <= now

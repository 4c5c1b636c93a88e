"""Sends batches of SMS from the queue. A message that fails comes back, later each time, until it is in the dead-letter
queue.
"""

import math
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError
from quickcare import aws, budget, clock, queues
from quickcare.observability import count, follow, following, logger, show, where
from quickcare.settings import settings
from quickcare.sms import counting

from notifications import delivery, receipts, registration, senders
from notifications.errors import NotDelivered
from notifications.schemas import SmsMessage

_FIRST_WAIT, _LONGEST_WAIT = 30, 15 * 60  # seconds
_TIME_FOR_ONE_SMS = 20_000  # milliseconds: longer than a provider's timeouts and the writes of the receipt together

registration.require()


@logger.inject_lambda_context
@budget.kept
def handler(event: dict[str, Any], context: LambdaContext) -> queues.Kept:
    """Send each message of the batch; answers which ones the queue must keep."""
    failed = [record for record in event["Records"] if not _is_done(record, context)]
    for record in failed:
        _postpone(record)
    return queues.kept(failed)


def wait_seconds(receive_count: int, left: float = math.inf) -> int:
    """The seconds that a message waits after its n-th failure: 30, doubling up to 15 minutes.

    A code that is alive for `left` seconds comes again no later than when it is dead, to be dropped: it should not
    become a dead letter.
    """
    wait = min(_FIRST_WAIT << min(receive_count - 1, 10), _LONGEST_WAIT)
    return wait if wait < left else max(_FIRST_WAIT, math.ceil(left) + 1)


@following(None)
def _is_done(record: queues.Record, context: LambdaContext) -> bool:
    """Send one message; whether it may leave the queue. The reason why not is logged, without phone number and text."""
    queue_id, message = record["messageId"], None
    try:
        if context.get_remaining_time_in_millis() < _TIME_FOR_ONE_SMS:
            raise NotDelivered("no time left in this run")
        message = SmsMessage.model_validate_json(record["body"])
        follow(message.correlation_id)
        state = delivery.deliver(message, lambda: senders.configured(settings()), clock.now())
    except NotDelivered as failure:
        reason = failure.reason
        logger.warning("SMS not delivered", queue_id=queue_id, reason=reason)
    except ValidationError:
        reason = "malformed"
        logger.error("malformed SMS message", queue_id=queue_id)
    except Exception as error:  # noqa: BLE001 - one message must not fail the others, and its text must not be logged
        reason = type(error).__name__
        logger.error("SMS not delivered", queue_id=queue_id, reason=reason, at=where(error))
        show(error)
    else:
        if state:
            counting.ended(state, message.text)
        if state == receipts.SENT:
            counting.paid(message.body, message.text)
        return True
    count("SmsNotDelivered")
    if message:
        _give_up(record, message, reason)
    return False


def _give_up(record: queues.Record, message: SmsMessage, reason: str) -> None:
    """After the last try, write down that the SMS failed. If that fails, the dead letter alone says so."""
    if int(record["attributes"]["ApproximateReceiveCount"]) < (settings().tries or math.inf):
        return
    try:
        receipts.give_up(message, reason, clock.now())
    except Exception as error:  # noqa: BLE001 - the message is a dead letter all the same
        logger.warning("nobody noted that the SMS was given up", sms_id=str(message.id), error=type(error).__name__)


def _postpone(record: queues.Record) -> None:
    """Let a failed message wait. If this fails too, the message comes back when its visibility timeout ends."""
    try:
        aws.client("sqs").change_message_visibility(
            QueueUrl=settings().sms_queue_url,
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=wait_seconds(int(record["attributes"]["ApproximateReceiveCount"]), _left(record)),
        )
    except (BotoCoreError, ClientError) as error:
        logger.warning("no back-off", queue_id=record["messageId"], error=type(error).__name__)


def _left(record: queues.Record) -> float:
    """The seconds for which the code in a message is alive; infinite without a code."""
    try:
        code = SmsMessage.model_validate_json(record["body"]).code
    except ValidationError:
        return math.inf
    return (code.expires_at - clock.now()).total_seconds() if code else math.inf

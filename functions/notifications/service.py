"""Delivering one SMS: at most once, and never silently not at all (invariant 13).

no receipt ──claim──► claimed ──the provider took it──► sent
    ▲                    │
    └─certainly not sent─┘

A crash or a lost answer leaves the receipt claimed. Such an SMS is never sent again; its message fails until
it is in the dead-letter queue, for a person to judge.
"""

from datetime import datetime

from pynamodb.exceptions import PynamoDBException
from quickcare.observability import logger

from notifications import repository
from notifications.errors import NotDelivered, SendRefused
from notifications.schemas import SmsMessage
from notifications.senders import Sender


def deliver(message: SmsMessage, sender: Sender, now: datetime) -> None:
    """Send the SMS unless its id was sent before.

    Raises NotDelivered when the queue must keep the message: the provider refused it or may have sent it, or
    another run claimed it and is busy or died.
    """
    message_id = str(message.id)
    try:
        claim = repository.claim(message_id, now)
    except repository.Taken as taken:
        if taken.sent:
            return
        raise NotDelivered("claimed by another run, which is busy or died") from None
    try:
        sender.send(message.to, message.body)
    except SendRefused:
        repository.release(message_id, claim)
        raise
    try:
        repository.mark_sent(message_id, now)
    except PynamoDBException as error:
        # It did go out; a second copy of the message now meets a claim and fails, which is safe.
        logger.warning("sent, but the receipt does not say so", sms_id=message_id, error=type(error).__name__)

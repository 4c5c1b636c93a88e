"""Delivers one SMS: at most once, and never without a trace (invariant 13).

no receipt ──claim──► claimed ──the provider accepted it──► sent
    ▲                    │
    └─certainly not sent─┘

After a crash or a lost answer the receipt stays claimed. Such an SMS is never sent again: its message fails until it is
in the dead-letter queue, where a person decides.
"""

from datetime import datetime

from pynamodb.exceptions import PynamoDBException
from quickcare.observability import logger

from notifications import receipts
from notifications.errors import NotDelivered, SendRefused
from notifications.schemas import SmsMessage
from notifications.senders import Sender


def deliver(message: SmsMessage, sender: Sender, now: datetime) -> None:
    """Send the SMS, unless one with its id was sent before: 2 writes.

    Raises NotDelivered when the queue must keep the message: the provider refused the SMS or may have sent it, or
    another run has claimed it and is still busy or died.
    """
    message_id = str(message.id)
    try:
        claim = receipts.claim(message_id, now)
    except receipts.AlreadyClaimed as other:
        if other.sent:
            return
        raise NotDelivered("claimed by another run, which is busy or died") from None
    try:
        sender.send(message.to, message.body)
    except SendRefused:
        receipts.release(message_id, claim)
        raise
    try:
        receipts.mark_sent(message_id, now)
    except PynamoDBException as error:
        # The SMS did go out. A second copy of the message will find the claim and fail, so it is not sent twice.
        logger.warning("sent, but the receipt does not say so", sms_id=message_id, error=type(error).__name__)

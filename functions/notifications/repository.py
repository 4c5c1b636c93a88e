"""Receipts: one per message, created by the only run that may send it."""

from datetime import datetime, timedelta

from quickcare import ids
from quickcare.db import table
from quickcare.db.items.sms import SmsReceipt
from quickcare.db.operations import Create, Delete, Refused, Update

# As long as a message can stay in the queue and its dead-letter queue together.
_KEEP = timedelta(days=14)


class Taken(Exception):
    """Another run has or had the message; `sent` tells whether it certainly went out."""

    def __init__(self, *, sent: bool) -> None:
        self.sent = sent
        super().__init__("sent" if sent else "claimed")


def claim(message_id: str, now: datetime) -> str:
    """Make the caller the only one who may send the message; returns the claim's id. Raises Taken."""
    key = SmsReceipt.key(message_id)
    mine = ids.new_uuid()
    try:
        table.write(receipt=Create(key.item(claim=mine, claimed_at=now, ttl=now + _KEEP)))
    except Refused:
        # A write whose answer was lost is repeated by the client, and then meets itself.
        receipt = table.fetch(key)
        if receipt is None or receipt.claim != mine:
            raise Taken(sent=receipt is not None and receipt.sent_at is not None) from None
    return mine


def mark_sent(message_id: str, now: datetime) -> None:
    """Record that the provider took the SMS."""
    table.write(receipt=Update(SmsReceipt.key(message_id), [SmsReceipt.sent_at.set(now)]))


def release(message_id: str, claim_id: str) -> None:
    """Give up the claim, so that a later run may send; a claim that somebody else got meanwhile stays."""
    try:
        table.write(receipt=Delete(SmsReceipt.key(message_id), SmsReceipt.claim == claim_id))
    except Refused:
        return

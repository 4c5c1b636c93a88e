"""Receipts: one for each SMS, created by the only run that may send it (invariant 13)."""

from datetime import datetime, timedelta

from quickcare import ids
from quickcare.db import table
from quickcare.db.items.sms import SmsReceipt
from quickcare.db.operations import Create, Delete, Refused, Update

# As long as a message can stay in the queue and its dead-letter queue together.
_KEEP = timedelta(days=14)


class AlreadyClaimed(Exception):
    """Another run has claimed the message. `sent` says whether the SMS certainly went out."""

    def __init__(self, *, sent: bool) -> None:
        self.sent = sent
        super().__init__("sent" if sent else "claimed")


def claim(message_id: str, now: datetime) -> str:
    """Make this run the only one that may send the message; returns the claim's id. 1 write. Raises AlreadyClaimed."""
    key = SmsReceipt.key(message_id)
    mine = ids.new_uuid()
    try:
        table.write(receipt=Create(key.item(claim=mine, claimed_at=now, ttl=now + _KEEP)))
    except Refused:
        # When the answer to the write was lost, the AWS client writes again and finds its own receipt.
        receipt = table.fetch(key)
        if receipt is None or receipt.claim != mine:
            raise AlreadyClaimed(sent=receipt is not None and receipt.sent_at is not None) from None
    return mine


def mark_sent(message_id: str, now: datetime) -> None:
    """Write into the receipt that the provider accepted the SMS: 1 write."""
    table.write(receipt=Update(SmsReceipt.key(message_id), [SmsReceipt.sent_at.set(now)]))


def release(message_id: str, claim_id: str) -> None:
    """Delete the receipt, so that a later run may send the SMS: 1 write. The claim of another run stays."""
    try:
        table.write(receipt=Delete(SmsReceipt.key(message_id), SmsReceipt.claim == claim_id))
    except Refused:
        return

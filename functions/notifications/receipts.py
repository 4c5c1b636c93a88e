"""Receipts: what became of each SMS. One is created by the only run that may send it (invariant 13)."""

from datetime import datetime, timedelta

from quickcare import ids
from quickcare.db import table
from quickcare.db.item import Item, Key
from quickcare.db.items import PendingOtp
from quickcare.db.items.sms import SmsReceipt
from quickcare.db.operations import Check, Create, Delete, Operation, Refused, Update, set_or_remove

from notifications.schemas import CodeInSms, SmsMessage

SENT, DELIVERED, UNDELIVERABLE, EXPIRED, REPLACED = "sent", "delivered", "undeliverable", "expired", "replaced"
# As long as a message can stay in the queue and its dead-letter queue together.
_KEEP = timedelta(days=14)
_SHOWN = 4  # the last digits of a number


class AlreadyClaimed(Exception):
    """Another run has claimed the message. `ended` says whether it is known what became of the SMS."""

    def __init__(self, *, ended: bool) -> None:
        self.ended = ended
        super().__init__("ended" if ended else "claimed")


class CodeIsDead(Exception):
    """The code in the SMS was used, replaced or deleted."""


def claim(message: SmsMessage, now: datetime) -> str:
    """Make this run the only one that may send the message; returns the claim's id. 1 write.

    That the code in it is alive is checked in the same write. Raises AlreadyClaimed, CodeIsDead.
    """
    key, mine = _key(message), ids.new_uuid()
    writes: dict[str, Operation] = {"receipt": Create(_new(message, now, claim=mine, claimed_at=now))}
    if message.code:
        writes["code"] = _is_alive(message.code)
    try:
        table.write(**writes)
    except Refused as refused:
        # When the answer to the write was lost, the AWS client writes again and finds its own receipt.
        receipt = table.fetch(key) if "receipt" in refused.names else None
        if receipt and receipt.claim == mine:
            return mine
        ended = receipt is not None and (receipt.state is not None or receipt.sent_at is not None)
        if "code" in refused.names and not ended:
            raise CodeIsDead from None
        raise AlreadyClaimed(ended=ended) from None
    return mine


def mark_sent(message: SmsMessage, provider: str, provider_id: str, now: datetime) -> None:
    """Write into the receipt that the provider accepted the SMS: 1 write. What the provider told since then stays."""
    changes = [
        SmsReceipt.sent_at.set(now),
        SmsReceipt.state.set(SmsReceipt.state | SENT),
        SmsReceipt.changed_at.set(SmsReceipt.changed_at | now),
        SmsReceipt.provider.set(provider),
        SmsReceipt.provider_id.set(provider_id),
    ]
    table.write(receipt=Update(_key(message), changes))


def mark_undeliverable(message: SmsMessage, provider: str, code: str, now: datetime) -> None:
    """Write into the receipt that the SMS can never be delivered, with the provider's code: 1 write."""
    changes = [
        SmsReceipt.state.set(UNDELIVERABLE),
        SmsReceipt.changed_at.set(now),
        SmsReceipt.provider.set(provider),
        SmsReceipt.provider_code.set(code),
    ]
    table.write(receipt=Update(_key(message), changes))


def mark_ended(sms_id: str, state: str, provider_id: str, code: str | None, now: datetime) -> bool:
    """Write how an SMS ended that Twilio took, as Twilio tells it: 1 write. False when that is known, or forgotten.

    It also settles what became of one whose sending broke off.
    """
    changes = [
        SmsReceipt.state.set(state),
        SmsReceipt.changed_at.set(now),
        SmsReceipt.sent_at.set(SmsReceipt.sent_at | now),
        SmsReceipt.provider.set("twilio"),
        SmsReceipt.provider_id.set(provider_id),
        set_or_remove(SmsReceipt.provider_code, code),
    ]
    open_still = SmsReceipt.state.does_not_exist() | ~SmsReceipt.state.is_in(DELIVERED, UNDELIVERABLE)
    try:
        table.write(receipt=Update(SmsReceipt.key(sms_id), changes, open_still))
    except Refused:
        return False
    return True


def drop(message: SmsMessage, state: str, now: datetime) -> bool:
    """Write that the SMS is not sent because the code in it is dead: 1 write, or 2 after a run that died.

    False when it is known already what became of it.
    """
    try:
        table.write(receipt=Create(_new(message, now, state=state, changed_at=now)))
    except Refused:
        ended = [SmsReceipt.state.set(state), SmsReceipt.changed_at.set(now)]
        unknown = SmsReceipt.state.does_not_exist() & SmsReceipt.sent_at.does_not_exist()
        try:
            table.write(receipt=Update(_key(message), ended, unknown))
        except Refused:
            return False
    return True


def release(message: SmsMessage, claim_id: str) -> None:
    """Delete the receipt, so that a later run may send the SMS: 1 write. The claim of another run stays."""
    try:
        table.write(receipt=Delete(_key(message), SmsReceipt.claim == claim_id))
    except Refused:
        return


def _key(message: SmsMessage) -> Key[SmsReceipt]:
    return SmsReceipt.key(str(message.id))


def _new(message: SmsMessage, now: datetime, **attributes: object) -> SmsReceipt:
    said = {"text": message.text, "language": message.language, "correlation_id": message.correlation_id}
    return _key(message).item(to=masked(message.to), ttl=now + _KEEP, **said, **attributes)


def _is_alive(code: CodeInSms) -> Check:
    """A check and not a read: this function may not see what is in the item, such as the secret of the code."""
    return Check(Key(Item, code.pk, code.sk), PendingOtp.expires_at == code.expires_at)


def masked(number: str) -> str:
    """A phone number as the panel may show it: `+919876543210` → `+91******3210`."""
    hidden = len(number) - 3 - _SHOWN
    return f"{number[:3]}{'*' * hidden}{number[-_SHOWN:]}"

"""Receipts: what became of each SMS. One is created by the only run that may send it (invariant 13)."""

import contextlib
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action
from quickcare import clock, ids, tally
from quickcare.db import table
from quickcare.db.item import Item, Key
from quickcare.db.items import PendingOtp
from quickcare.db.items.sms import FailedSms, SmsReceipt
from quickcare.db.operations import Check, Create, Delete, Operation, Put, Refused, Update, set_or_remove
from quickcare.sms import gsm7, outbox
from quickcare.tally import Counted

from notifications.schemas import CodeInSms, SmsMessage

SENT, DELIVERED, UNDELIVERABLE, EXPIRED, REPLACED = "sent", "delivered", "undeliverable", "expired", "replaced"
GIVEN_UP, SENT_AGAIN = "given_up", "sent_again"
# Longer than a message can stay in the queue and its dead-letter queue together, and than the lists have its entries.
_KEEP = outbox.LISTED + timedelta(days=5)
_TELL = ("twilio", "exotel")  # the providers that tell later what became of an SMS


# What is only there to send it again.
_NOT_AGAIN: list[Action] = [SmsReceipt.body.remove(), SmsReceipt.number.remove()]


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
    # One that was given up may come again: an operator took it out of the dead-letter queue.
    may_be_sent = SmsReceipt.pk.does_not_exist() | ((SmsReceipt.state == GIVEN_UP) & SmsReceipt.claim.does_not_exist())
    writes: dict[str, Operation] = {"receipt": Put(_new(message, now, claim=mine, claimed_at=now), may_be_sent)}
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
    changes: list[Action] = [
        SmsReceipt.sent_at.set(now),
        SmsReceipt.state.set(SmsReceipt.state | SENT),
        SmsReceipt.changed_at.set(SmsReceipt.changed_at | now),
        SmsReceipt.provider.set(provider),
        SmsReceipt.provider_id.set(provider_id),
    ]
    if provider not in _TELL:
        changes += _NOT_AGAIN
    table.write(receipt=Update(_key(message), changes))


def mark_undeliverable(message: SmsMessage, provider: str, code: str, now: datetime) -> None:
    """Write that the SMS failed, into the receipt with the provider's code and into the list: 1 write."""
    changes = [
        SmsReceipt.state.set(UNDELIVERABLE),
        SmsReceipt.changed_at.set(now),
        SmsReceipt.provider.set(provider),
        SmsReceipt.provider_code.set(code),
    ]
    table.write(receipt=Update(_key(message), changes), failed=_failed(str(message.id), now))
    tally.count(Counted.FAILED, now)


def give_up(message: SmsMessage, reason: str, now: datetime) -> None:
    """Write, after the last try, that an SMS failed and why: 1 write, or 2 of one that is claimed.

    Of that one nobody knows whether it was sent, so its receipt gets no state. One that ended stays as it is.
    """
    failed = _failed(str(message.id), now)
    receipt = _new(message, now, state=GIVEN_UP, provider_code=reason, changed_at=now)
    try:
        table.write(receipt=Create(receipt), failed=failed)
        tally.count(Counted.FAILED, now)
    except Refused:
        first = SmsReceipt.state.does_not_exist() & SmsReceipt.changed_at.does_not_exist()
        noted = Update(_key(message), [SmsReceipt.changed_at.set(now), SmsReceipt.provider_code.set(reason)], first)
        with contextlib.suppress(Refused):
            table.write(receipt=noted, failed=failed)
            tally.count(Counted.FAILED, now)


def mark_ended(sms_id: str, state: str, provider: str, provider_id: str, code: str | None, now: datetime) -> bool:
    """Write how an SMS ended, as the provider that took it tells: 1 write. False when that is known, or forgotten.

    It also settles what became of one whose sending broke off.
    """
    changes: list[Action] = [
        SmsReceipt.state.set(state),
        SmsReceipt.changed_at.set(now),
        SmsReceipt.sent_at.set(SmsReceipt.sent_at | now),
        SmsReceipt.provider.set(provider),
        SmsReceipt.provider_id.set(provider_id),
        set_or_remove(SmsReceipt.provider_code, code),
    ]
    failed = {"failed": _failed(sms_id, now)} if state == UNDELIVERABLE else {}
    if state == DELIVERED:
        changes += _NOT_AGAIN
    open_still = SmsReceipt.state.does_not_exist() | ~SmsReceipt.state.is_in(DELIVERED, UNDELIVERABLE, SENT_AGAIN)
    try:
        table.write(receipt=Update(SmsReceipt.key(sms_id), changes, open_still), **failed)
    except Refused:
        return False
    if failed:
        tally.count(Counted.FAILED, now)
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
    said: dict[str, object] = {
        "text": message.text,
        "language": message.language,
        "segments": gsm7.segments(message.body),
        "correlation_id": message.correlation_id,
    }
    if message.code is None and "://" not in message.body:
        said |= {"body": message.body, "number": message.to}
    return _key(message).item(to=outbox.masked(message.to), ttl=now + _KEEP, **said, **attributes)


def _failed(sms_id: str, now: datetime) -> Operation:
    """The entry in the list of those that failed."""
    return Create(FailedSms.key(f"{clock.sortable(now)}#{sms_id}").item(ttl=now + outbox.LISTED))


def _is_alive(code: CodeInSms) -> Check:
    """A check and not a read: this function may not see what is in the item, such as the secret of the code."""
    return Check(Key(Item, code.pk, code.sk), PendingOtp.expires_at == code.expires_at)

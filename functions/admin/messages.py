"""Messages: the SMS of the last 30 days, what became of each, and sending one again that failed.

No text is shown, and no whole number. An SMS may be sent again while its text is kept, which is never so for one with a
code, a password or a link in it (`notifications.receipts`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from quickcare import ids
from quickcare.db import keys, shards, table
from quickcare.db.items import FailedSms, OutboxSms, SmsEntry, SmsReceipt
from quickcare.db.operations import Update, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import Conflict, NotFound
from quickcare.sms import outbox
from quickcare.sms.languages import spoken

from admin import audit, parameters
from admin.sessions import Administrator
from admin.sheets import Sheet, words

E = TypeVar("E", SmsEntry, FailedSms)

WAITING, SENDING, SENT, DELIVERED = "waiting", "sending", "sent", "delivered"
UNDELIVERABLE, GIVEN_UP, UNKNOWN = "undeliverable", "given_up", "unknown"
EXPIRED, REPLACED, SENT_AGAIN = "expired", "replaced", "sent_again"
STATES = {
    WAITING: ("Waiting", "warn"),
    SENDING: ("Being sent", "warn"),
    SENT: ("Handed over", "good"),
    DELIVERED: ("Delivered", "good"),
    UNDELIVERABLE: ("Failed", "bad"),
    GIVEN_UP: ("Given up", "bad"),
    UNKNOWN: ("Unknown", "bad"),
    EXPIRED: ("Expired", "plain"),
    REPLACED: ("Replaced", "plain"),
    SENT_AGAIN: ("Sent again", "plain"),
}
"""What each state is called, and the colour of its pill."""
FAILED = (UNDELIVERABLE, GIVEN_UP, UNKNOWN)
FILTERS = {
    WAITING: ("Waiting", (WAITING, SENDING)),
    SENT: ("Handed over", (SENT,)),
    DELIVERED: ("Delivered", (DELIVERED,)),
    "failed": ("Failed", FAILED),
    "dropped": ("Dropped", (EXPIRED, REPLACED)),
    SENT_AGAIN: ("Sent again", (SENT_AGAIN,)),
}
"""By what the list can be filtered: the name, and the states."""
# Only the receipt knows the state. A page that is filtered by it looks at this many and may be short.
_LOOKED_AT = 200
_SENDING_TAKES = timedelta(minutes=10)
_REPEATED_FOR = timedelta(days=1)


class Message(NamedTuple):
    """One SMS as the list shows it. `at` is when it was accepted, or in the list of those that failed, when that was.

    `answer` is what the provider said, or why nothing was sent.
    """

    id: str
    at: datetime
    to: str
    text: str | None
    language: str | None
    segments: int | None
    state: str
    answer: str
    may_repeat: bool


SHEET = Sheet(
    {
        "To": lambda one: one.to,
        "Text": lambda one: words(one.text),
        "When": lambda one: one.at,
        "State": lambda one: STATES[one.state][0],
        "Answer": lambda one: one.answer,
        "Language": lambda one: one.language,
        "Segments": lambda one: one.segments,
    }
)


def find(filters: Mapping[str, str], now: datetime, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of the SMS, newest first, and where it ended: 2 reads.

    `filters` are the fields of the search form: `contact` is a whole one, `state` a key of `FILTERS`; an unknown one is
    ignored. Those that failed for good have a list of their own. Raises BadRequest for what is no contact.
    """
    typed, chosen = filters.get("contact", ""), FILTERS.get(filters.get("state", ""))
    contact = parameters.contact(typed) if typed else None
    looked_at = _LOOKED_AT if chosen else limit
    if contact is None and chosen and chosen[1] == FAILED:
        failed, last = shards.page(FailedSms, shards_of(keys.SMS_FAILED), None, looked_at, after, newest_first=True)
        found = [(one.sk, _of_receipt(one, receipt, now)) for one, receipt in _with_receipts(failed) if receipt]
    else:
        entries, last = _entries(contact, looked_at, after)
        found = [(one.sk, _of_entry(one, receipt, now)) for one, receipt in _with_receipts(entries)]
    shown = [(sk, message) for sk, message in found if chosen is None or message.state in chosen[1]]
    if len(shown) > limit:
        shown, last = shown[:limit], shown[limit - 1][0]
    return [message for _, message in shown], last


@decide_again
def send_again(administrator: Administrator, message_id: str, now: datetime) -> None:
    """Send an SMS again that failed: 1 read, 1 write. Raises NotFound, Conflict when it was sent again, is too old, or
    may have reached its phone."""
    receipt = table.fetch(SmsReceipt.key(message_id))
    if receipt is None:
        raise NotFound("There is no such message.")
    if not _may_repeat(receipt, now):
        raise Conflict("This message cannot be sent again.")
    said = {"to": receipt.number, "body": receipt.body, "text": receipt.text, "language": receipt.language}
    again = OutboxSms.key(ids.timestamp_key(now)).item(**said)
    actions = [
        SmsReceipt.state.set(SENT_AGAIN),
        SmsReceipt.changed_at.set(now),
        SmsReceipt.body.remove(),
        SmsReceipt.number.remove(),
    ]
    name = (receipt.text or "message").replace("_", " ")
    administrator.write(
        receipt=Update(SmsReceipt.key(message_id), actions, unchanged(receipt, "state", "changed_at", "claim")),
        **outbox.accepted(again),
        **audit.entry(administrator, "sent_again", now, target="messages", target_name=receipt.to, detail=name),
    )
    outbox.relay(again)


def has_failed(receipt: SmsReceipt, now: datetime) -> bool:
    """Whether an SMS failed, and was not sent again."""
    return _state(receipt, now) in FAILED


def _may_repeat(receipt: SmsReceipt, now: datetime) -> bool:
    """Whether it certainly reached nobody, its text is kept, and it is not older than a day."""
    is_unsent = receipt.state == UNDELIVERABLE or (receipt.state == GIVEN_UP and receipt.claim is None)
    is_new = receipt.changed_at is not None and receipt.changed_at + _REPEATED_FOR > now
    return bool(is_unsent and is_new and receipt.body and receipt.number)


def _entries(contact: int | None, limit: int, after: str | None) -> tuple[list[SmsEntry], str | None]:
    """A page of everybody's entries, or of a contact's: 1 read."""
    if contact is not None:
        return table.page(SmsEntry, keys.sms_to(contact), None, limit, after, newest_first=True)
    return shards.page(SmsEntry, shards_of(keys.SMS_LIST), None, limit, after, newest_first=True)


def shards_of(everybodys: str) -> list[str]:
    """The partitions of everybody's list."""
    return keys.shards(everybodys)[1:]  # These lists were never in one partition.


def _with_receipts(entries: Sequence[E]) -> list[tuple[E, SmsReceipt | None]]:
    """The entries with what became of each: 1 read."""
    receipts = table.fetch_all([SmsReceipt.key(one.message_id) for one in entries]) if entries else []
    return list(zip(entries, receipts, strict=True))


def _of_entry(entry: SmsEntry, receipt: SmsReceipt | None, now: datetime) -> Message:
    state = _state(receipt, now) if receipt else WAITING
    if receipt is None and entry.code_expires_at and entry.code_expires_at <= now:
        state = EXPIRED
    return _message(entry.message_id, ids.instant_of(entry.sk), entry, int(entry.segments), state, receipt, now)


def _of_receipt(failed: FailedSms, receipt: SmsReceipt, now: datetime) -> Message:
    segments = int(receipt.segments) if receipt.segments else None
    state = _state(receipt, now)
    return _message(failed.message_id, ids.instant_of(failed.sk), receipt, segments, state, receipt, now)


def _message(
    message_id: str,
    at: datetime,
    about: SmsEntry | SmsReceipt,
    segments: int | None,
    state: str,
    receipt: SmsReceipt | None,
    now: datetime,
) -> Message:
    language = spoken(about.language).name if about.language else None
    answer = " ".join(part for part in (receipt.provider, receipt.provider_code) if part) if receipt else ""
    may_repeat = receipt is not None and _may_repeat(receipt, now)
    return Message(message_id, at, about.to or "", about.text, language, segments, state, answer, may_repeat)


def _state(receipt: SmsReceipt, now: datetime) -> str:
    """What became of an SMS that a run took in hand."""
    if receipt.state is not None:
        return str(receipt.state)
    if receipt.sent_at is not None:
        return SENT
    is_busy = receipt.changed_at is None and receipt.claimed_at and receipt.claimed_at + _SENDING_TAKES > now
    return SENDING if is_busy else UNKNOWN

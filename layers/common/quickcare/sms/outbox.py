"""The outbox of SMS (invariant 13; `db.outbox`). An SMS may be published twice; its id makes sure that it is
sent once.

    message = outbox.to_user(patient, texts.appointment_booked(date, time, doctor_name, clinic_name), now)
    table.write(appointment=Create(appointment), **outbox.accepted(message))
    outbox.relay(message)

An SMS with a code or a password in it also says what keeps that alive (`LiveCode`). Wherever it waits, it is dropped
and counted when the code is dead: here and in the dead-letter queue once it has expired, by the sender also when the
code was used or replaced.

With each SMS two entries are written, without its text, for the panel's list: in everybody's, and in the contact's.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from quickcare import aws, ids
from quickcare.db import keys, table
from quickcare.db import outbox as waiting
from quickcare.db.item import Key
from quickcare.db.items.account import User
from quickcare.db.items.sms import LiveCode, OutboxSms, SmsEntry
from quickcare.db.operations import Create, Delete, Operation
from quickcare.observability import correlation_id, following
from quickcare.settings import settings
from quickcare.sms import gsm7
from quickcare.sms.languages import spoken
from quickcare.sms.texts import Text

LISTED = timedelta(days=30)
_LISTED_OF_NOBODY = timedelta(hours=1)
_SHOWN = 4  # the last digits of a number


def to_user(user: User, text: Text, now: datetime, code: LiveCode | None = None) -> OutboxSms:
    """A new SMS to somebody with an account, in their language, which the caller has to write (`accepted`)."""
    return sms(int(user.contact), text, user.language, now, code)


def sms(
    to_contact: int | None, text: Text, language: str | None, now: datetime, code: LiveCode | None = None
) -> OutboxSms:
    """A new SMS to a contact (digits without country code), which the caller has to write.

    `code` says what keeps a code or password in the text alive. Without it the SMS is never too old. One to nobody
    (None) takes the same way and the same work up to the sender, which forgets it.
    """
    to = "" if to_contact is None else f"+{settings().phone_country_code}{to_contact}"
    alive = {f"code_{name}": value for name, value in code._asdict().items()} if code else {}
    said = {"body": text.say(language), "text": text.key, "language": spoken(language).code}
    return OutboxSms.key(ids.timestamp_key(now)).item(to=to, correlation_id=correlation_id(), **said, **alive)


def accepted(item: OutboxSms, name: str = "sms") -> dict[str, Operation]:
    """The operations that write an SMS and its entries in the lists; the SMS is the one called `name`.

    One to nobody makes the same work, and its entries are in lists that nobody reads.
    """
    (listed, of_contact), kept = _entries(item)
    said = {"to": masked(item.to), "text": item.text, "language": item.language, "segments": gsm7.segments(item.body)}
    entry = {**said, "code_expires_at": item.code_expires_at, "ttl": ids.instant_of(item.sk) + kept}
    return {
        name: Create(item),
        f"{name}_listed": Create(listed.item(**entry)),
        f"{name}_of_contact": Create(of_contact.item(**entry)),
    }


def _entries(item: OutboxSms) -> tuple[tuple[Key[SmsEntry], Key[SmsEntry]], timedelta]:
    """Where the entries of an SMS are, and for how long."""
    if not item.to:
        return SmsEntry.of_nobody(item.sk), _LISTED_OF_NOBODY
    contact = int(item.to.removeprefix(f"+{settings().phone_country_code}"))
    return (SmsEntry.listed(item.sk), SmsEntry.of_contact(contact, item.sk)), LISTED


def masked(number: str) -> str:
    """A phone number as the panel may show it: `+919876543210` → `+91******3210`; empty for nobody."""
    hidden = len(number) - 3 - _SHOWN
    return f"{number[:3]}{'*' * hidden}{number[-_SHOWN:]}"


def relay(item: OutboxSms) -> bool:
    """Publish an SMS that was written, and delete it from the outbox. Returns whether both succeeded.

    It never raises: what the caller wrote stays, and the sweep relays the SMS later.
    """
    message: dict[str, object] = {"id": item.message_id, "to": item.to, "body": item.body}
    if item.text and item.language:  # An SMS of an older release has none.
        message |= {"text": item.text, "language": item.language}
    if item.correlation_id:
        message["correlation_id"] = item.correlation_id
    if code := item.code:
        message["code"] = {**code._asdict(), "expires_at": code.expires_at.isoformat()}
    with following(item.correlation_id):
        return waiting.relay(
            item.place,
            lambda: aws.publish(settings().sms_topic_arn, json.dumps(message)),
            "SmsRelayFailed",
            sms_id=item.message_id,
        )


def pending(before: datetime, limit: int) -> list[OutboxSms]:
    """At most `limit` SMS that were accepted before an instant and are still in the outbox, oldest first: 1 read."""
    return waiting.pending(OutboxSms, keys.shards(keys.OUTBOX), before, limit)


def has_expired(item: OutboxSms, now: datetime) -> bool:
    """Whether the SMS has a code in it that has expired."""
    return item.code is not None and item.code.expires_at <= now


def drop(item: OutboxSms) -> None:
    """Take an SMS with an expired code out of the outbox: 1 write."""
    table.write(outbox=Delete(item.place))


class Announcement(NamedTuple):
    """An SMS, and the operations that write it, for the transaction of what it announces."""

    sms: OutboxSms | None
    writes: Mapping[str, Operation]

    def relay(self) -> None:
        """Send the SMS that was written, if there is one."""
        if self.sms:
            relay(self.sms)


NOBODY = Announcement(None, MappingProxyType({}))
"""Nobody is told."""

"""The outbox of SMS (invariant 13; `db.outbox`). An SMS may be published twice; its id makes sure that it is
sent once.

    message = outbox.sms(contact, texts.one_time_code(code, minutes), now)
    table.write(registration=Put(registration), sms=Create(message))
    outbox.relay(message)
"""

import json
from datetime import datetime

from quickcare import aws, ids
from quickcare.db import keys
from quickcare.db import outbox as waiting
from quickcare.db.items.sms import OutboxSms
from quickcare.settings import settings
from quickcare.sms import gsm7


def sms(to_contact: int, body: str, now: datetime) -> OutboxSms:
    """A new SMS to a contact (digits without country code), which the caller has to write.

    Raises ValueError when `body` is not one GSM-7 segment. Every text of `quickcare.sms.texts` is one.
    """
    if not body or not gsm7.is_one_segment(body):
        raise ValueError("an SMS must be one GSM-7 segment of 1 to 160 septets")
    to = f"+{settings().phone_country_code}{to_contact}"
    return OutboxSms.key(ids.timestamp_key(now)).item(to=to, body=body)


def relay(item: OutboxSms) -> bool:
    """Publish an SMS that was written, and delete it from the outbox. Returns whether both succeeded.

    It never raises: what the caller wrote stays, and the sweep relays the SMS later.
    """
    message = {"id": item.message_id, "to": item.to, "body": item.body}
    return waiting.relay(
        OutboxSms.key(item.sk),
        lambda: aws.client("sns").publish(TopicArn=settings().sms_topic_arn, Message=json.dumps(message)),
        "SmsRelayFailed",
        sms_id=item.message_id,
    )


def pending(before: datetime, limit: int) -> list[OutboxSms]:
    """At most `limit` SMS that were accepted before an instant and are still in the outbox, oldest first: 1 read."""
    return waiting.pending(OutboxSms, keys.OUTBOX, before, limit)

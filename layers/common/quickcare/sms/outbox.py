"""The transactional outbox of SMS (invariant 13).

A request writes the SMS in the same transaction as what it announces, so that there is never one without the
other, and relays it afterwards. What a request could not relay, the sweep does. An SMS may therefore be
published twice; its id makes sure that it is sent once.

    message = outbox.sms(contact, texts.one_time_code(code, minutes), now)
    table.write(registration=Put(registration), sms=Create(message))
    outbox.relay(message)
"""

import json
from datetime import datetime

from quickcare import aws, clock, ids
from quickcare.db import keys, table
from quickcare.db.items.sms import OutboxSms
from quickcare.db.operations import Delete
from quickcare.observability import count, logger
from quickcare.settings import settings
from quickcare.sms import gsm7


def sms(to_contact: int, body: str, now: datetime) -> OutboxSms:
    """An SMS to a contact (digits without country code), not yet written.

    Raises ValueError when `body` is not one GSM-7 segment. Every text of `quickcare.sms.texts` is one.
    """
    if not body or not gsm7.is_one_segment(body):
        raise ValueError("an SMS must be one GSM-7 segment of 1 to 160 septets")
    to = f"+{settings().phone_country_code}{to_contact}"
    return OutboxSms.key(ids.timestamp_key(now)).item(to=to, body=body)


def relay(item: OutboxSms) -> bool:
    """Publish a committed SMS and take it out of the outbox.

    Never raises: the caller's work is committed, and the sweep publishes what is still there. Returns whether the
    SMS has left the outbox.
    """
    message = {"id": item.message_id, "to": item.to, "body": item.body}
    try:
        aws.client("sns").publish(TopicArn=settings().sms_topic_arn, Message=json.dumps(message))
        table.write(outbox=Delete(OutboxSms.key(item.sk)))
    except Exception as error:  # noqa: BLE001 - no failure here may turn the caller's success into an error
        # Only the kind of error: its text may quote the message.
        logger.warning("SMS stays in the outbox", sms_id=item.message_id, error=type(error).__name__)
        count("SmsRelayFailed")
        return False
    return True


def pending(before: datetime, limit: int) -> list[OutboxSms]:
    """The SMS that were accepted before an instant and never relayed, oldest first, at most `limit`."""
    return table.query(OutboxSms, keys.OUTBOX, OutboxSms.sk < clock.sortable(before), limit=limit)

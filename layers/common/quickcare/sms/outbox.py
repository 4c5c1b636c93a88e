"""The transactional outbox of SMS (invariant 13).

A request writes the SMS in the transaction of what the SMS tells, so that there is never one without the other, and
relays it after that. When a request could not relay an SMS, the sweep does. So an SMS may be published twice; its id
makes sure that it is sent once.

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
    try:
        aws.client("sns").publish(TopicArn=settings().sms_topic_arn, Message=json.dumps(message))
        table.write(outbox=Delete(OutboxSms.key(item.sk)))
    except Exception as error:  # noqa: BLE001 - no failure here may turn the caller's success into an error
        # Only the error's type: its text may quote the SMS.
        logger.warning("SMS stays in the outbox", sms_id=item.message_id, error=type(error).__name__)
        count("SmsRelayFailed")
        return False
    return True


def pending(before: datetime, limit: int) -> list[OutboxSms]:
    """At most `limit` SMS that were accepted before an instant and are still in the outbox, oldest first: 1 read."""
    return table.query(OutboxSms, keys.OUTBOX, OutboxSms.sk < clock.sortable(before), limit=limit)

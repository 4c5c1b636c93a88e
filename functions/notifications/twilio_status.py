"""What Twilio tells of an SMS after it took it: that the phone has it, or that it can never be delivered, and why.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status: reports come in any order, some twice, some
never. The first one that says how it ended counts, and those on the way there say nothing that we do not know.
"""

import re
from datetime import datetime
from urllib.parse import parse_qsl

from quickcare import aws
from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.errors import Forbidden
from quickcare.observability import follow, logger
from quickcare.settings import settings
from quickcare.sms import counting
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from notifications import receipts

_ENDS = {
    "delivered": receipts.DELIVERED,
    "read": receipts.DELIVERED,
    "undelivered": receipts.UNDELIVERABLE,
    "failed": receipts.UNDELIVERABLE,
    "canceled": receipts.UNDELIVERABLE,
}
_MOST_FIELDS = 100  # Twilio sends about a dozen


def url() -> str:
    """The address for reports, to which the id of an SMS and a slash are added. Empty where nobody can reach us."""
    base = settings().public_url
    return f"{base}/api/notifications/twilio/" if base else ""


def take(sms_id: str, form: str, signature: str, now: datetime) -> None:
    """Write into the receipt how the SMS ended, once: 1 read, 1 write.

    Raises Forbidden unless Twilio signed the report.
    """
    report = _signed_by_twilio(sms_id, form, signature)
    state = _ENDS.get(report.get("MessageStatus", ""))
    if state is None:
        return
    # Before the write: what is committed must not be reported as failed.
    receipt = table.fetch(SmsReceipt.key(sms_id))
    if receipt is None:
        return
    follow(receipt.correlation_id)
    code = re.sub("[^0-9]", "", report.get("ErrorCode", ""))[:6] or None
    provider_id = report.get("MessageSid", "")
    if not receipts.mark_ended(sms_id, state, provider_id, code, now):
        return
    known = {"sms_id": sms_id, "provider_id": provider_id, "text": receipt.text}
    if state == receipts.UNDELIVERABLE:
        logger.warning("SMS was not delivered", extra={**known, "provider_code": code})
    else:
        logger.info("SMS delivered", extra=known)
    counting.ended(state, receipt.text)


def _signed_by_twilio(sms_id: str, form: str, signature: str) -> dict[str, str]:
    """The fields of the form. The signature is over them and over the address that we gave to Twilio."""
    secret, base = settings().twilio_secret, url()
    token = str(aws.secret(secret).get("auth_token") or "") if secret and base and signature else ""
    try:
        fields = dict(parse_qsl(form, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Forbidden from None
    if not token or not RequestValidator(token).validate(f"{base}{sms_id}/", fields, signature):
        raise Forbidden
    return fields

"""Twilio's reports, which it signs.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

from datetime import datetime

from quickcare import aws
from quickcare.errors import Forbidden
from quickcare.settings import settings
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from notifications import receipts, reports

_ENDS = {
    "delivered": receipts.DELIVERED,
    "read": receipts.DELIVERED,
    "undelivered": receipts.UNDELIVERABLE,
    "failed": receipts.UNDELIVERABLE,
    "canceled": receipts.UNDELIVERABLE,
}


def take(sms_id: str, form: str, signature: str, now: datetime) -> None:
    """Take a report: 1 read, 1 write. Raises Forbidden unless Twilio signed it."""
    report = _signed_by_twilio(sms_id, form, signature)
    if state := _ENDS.get(report.get("MessageStatus", "")):
        reports.take(sms_id, state, "twilio", report.get("MessageSid", ""), report.get("ErrorCode", ""), now)


def _signed_by_twilio(sms_id: str, form: str, signature: str) -> dict[str, str]:
    """The fields of the form. The signature is over them and over the address that we gave to Twilio."""
    secret, base = settings().twilio_secret, reports.url("twilio")
    token = str(aws.secret(secret).get("auth_token") or "") if secret and base and signature else ""
    fields = reports.fields(form)
    if not token or not RequestValidator(token).validate(f"{base}{sms_id}/", fields, signature):
        raise Forbidden
    return fields

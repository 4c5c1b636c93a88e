"""Exotel's reports. It signs nothing, so the address that it is given with an SMS holds a proof, which only it knows.

https://developer.exotel.com/api-console/send-sms-api-console: StatusCallback, a form; the codes are in
https://developer.exotel.com/docs/sms-api/api-reference/status-codes
"""

import hashlib
import hmac
from datetime import datetime

from quickcare import aws
from quickcare.errors import Forbidden
from quickcare.settings import settings

from notifications import receipts, reports

_HANDSET = "DELIVERED_TO_HANDSET"  # its other success says that an operator has the SMS, which is not the end
_FAILED = frozenset({"failed", "failed_dnd", "failed-dnd", "expired", "undelivered"})
_LETTERS = 32  # of the proof: 128 bits


def proof(api_token: str, sms_id: str) -> str:
    """What only we and Exotel know of this SMS. It is good for reports about it and for nothing else."""
    return hmac.new(api_token.encode(), f"report/{sms_id}".encode(), hashlib.sha256).hexdigest()[:_LETTERS]


def take(sms_id: str, shown: str, form: str, now: datetime) -> None:
    """Take a report: 1 read, 1 write. Raises Forbidden unless it came to the address of this SMS."""
    _require_proof(sms_id, shown)
    report = reports.fields(form)
    if state := _end(report):
        reports.take(sms_id, state, "exotel", report.get("SmsSid", ""), report.get("DetailedStatusCode", ""), now)


def _require_proof(sms_id: str, shown: str) -> None:
    secret = settings().exotel_secret
    token = str(aws.secret(secret).get("api_token") or "") if secret and len(shown) == _LETTERS else ""
    if not token or not hmac.compare_digest(proof(token, sms_id).encode(), shown.encode()):
        raise Forbidden


def _end(report: dict[str, str]) -> str | None:
    """How the SMS ended; None when it is still on its way."""
    status = report.get("Status", "").lower()
    if status in _FAILED:
        return receipts.UNDELIVERABLE
    is_there = status == "delivered" or report.get("DetailedStatus", "").upper() == _HANDSET
    return receipts.DELIVERED if is_there else None

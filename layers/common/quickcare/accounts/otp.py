"""One-time codes: six digits of TOTP over a random secret, good for 600 s, five tries and one use (RFC 6238).

The code is never stored. It is the TOTP of the pending item's secret at the instant it was issued, so deleting the
item, or issuing again, wipes it.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pyotp

from quickcare import ids
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import OtpLog, OutboxSms, PendingOtp
from quickcare.db.operations import Refused, Update
from quickcare.errors import BadRequest
from quickcare.settings import settings
from quickcare.sms import outbox, texts

SECONDS = 600
TRIES = 5
INVALID = "Invalid or expired OTP."


class Issued(NamedTuple):
    """A new code: attributes of the item that waits for it, its log entry, and the SMS that carries it."""

    pending: dict[str, Any]
    log: OtpLog
    sms: OutboxSms


def issue(contact: int, purpose: str, now: datetime) -> Issued:
    """Make a code for `contact`. `purpose` is what the log shows: patient_registration, password_reset, …"""
    secret, otp_id, log_sk = pyotp.random_base32(), ids.new_uuid(), ids.timestamp_key(now)
    expires_at = now + timedelta(seconds=SECONDS)
    lifetime: dict[str, Any] = {"otp_id": otp_id, "expires_at": expires_at}
    log = OtpLog.key(log_sk).item(
        contact=contact, purpose=purpose, created_at=now, ttl=now + timedelta(days=90), **lifetime
    )
    text = texts.one_time_code(_code(secret, now), SECONDS // 60)
    pending = {
        "otp_secret": secret,
        "otp_log_sk": log_sk,
        "issued_at": now,
        "tries": 0,
        "ttl": expires_at,
        **lifetime,
    }
    return Issued(pending, log, outbox.sms(contact, text, now))


def spend_try(key: Key[Any], pending: PendingOtp, code: str, now: datetime) -> None:
    """Count one try, then compare. Raises BadRequest for a wrong, old or worn-out code.

    The count is written first, under a condition, so that parallel guesses cannot share one.
    """
    condition = (PendingOtp.otp_id == pending.otp_id) & (PendingOtp.tries < TRIES) & (PendingOtp.expires_at > now)
    try:
        table.write(count=Update(key, [PendingOtp.tries.add(1)], condition))
    except Refused:
        raise BadRequest(INVALID) from None
    if not _matches(pending, code):
        raise BadRequest(INVALID)


def mark_used(pending: PendingOtp, now: datetime) -> Update:
    """The log's part of the transaction that uses the code."""
    return Update(OtpLog.key(pending.otp_log_sk), [OtpLog.used_at.set(now)])


def live_code(pending: PendingOtp, now: datetime) -> str | None:
    """The code while it can still be used, for the superadmin's log; None after that."""
    if pending.expires_at <= now or int(pending.tries) >= TRIES:
        return None
    return _code(pending.otp_secret, pending.issued_at)


def new_token() -> str:
    """A secret that ties step 2 to the device that did step 1."""
    return secrets.token_urlsafe(24)


def _code(secret: str, issued_at: datetime) -> str:
    # The interval only names the moment: pyotp allows up to 120 s, and the 600 s are the item's `expires_at`.
    return pyotp.TOTP(secret, digits=6).at(issued_at)


def _matches(pending: PendingOtp, code: str) -> bool:
    good = [_code(pending.otp_secret, pending.issued_at)]
    if settings().master_otp:
        good.append(str(settings().master_otp))
    # All are compared, whatever the first says: the time must tell nothing.
    return any([hmac.compare_digest(code.encode(), expected.encode()) for expected in good])  # noqa: C419

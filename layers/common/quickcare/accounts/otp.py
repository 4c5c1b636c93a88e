"""One-time codes: six digits of TOTP over a random secret, good for 600 s and one use (RFC 6238).

The code is never stored. It is computed from the secret and the time of issue in the item that waits for it. When that
item is deleted, or gets a new secret, nobody can compute the old code any more.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pyotp

from quickcare import ids
from quickcare.db.item import Key
from quickcare.db.items import CodePointer, LiveCode, OtpLog, OutboxSms, PendingOtp
from quickcare.db.operations import Create, Operation, Update
from quickcare.errors import BadRequest
from quickcare.settings import settings
from quickcare.sms import outbox
from quickcare.sms.texts import Text

_SIX_DIGITS = re.compile("[0-9]{6}")
SECONDS = 600
TRIES = 5
INVALID = "Invalid or expired OTP."


class Issued(NamedTuple):
    """A new code: the attributes for the item that waits for it, the log entry and what points to it from its contact,
    and the SMS with the code."""

    pending: dict[str, Any]
    log: OtpLog
    pointer: CodePointer
    sms: OutboxSms

    @property
    def writes(self) -> dict[str, Operation]:
        """What is written with the item that waits for the code."""
        return {"log": Create(self.log), "pointer": Create(self.pointer), **outbox.accepted(self.sms)}


def issue(
    waiting: Key[Any],
    contact: int,
    purpose: str,
    now: datetime,
    says: Callable[[str, int], Text],
    language: str | None = None,
    *,
    sent: bool = True,
) -> Issued:
    """A new code for `contact`, which the caller has to write.

    `waiting` is the key of the item that will wait for it; `purpose` is for the log: patient_registration, …; `says` is
    the text of the SMS, in `language`. A code that is not `sent` is for nobody: it makes the same work, and is in no
    list of codes.
    """
    secret, otp_id, log_sk = pyotp.random_base32(), ids.new_uuid(), ids.timestamp_key(now)
    expires_at = now + timedelta(seconds=SECONDS)
    lifetime: dict[str, Any] = {"otp_id": otp_id, "expires_at": expires_at}
    log_key, kept = (OtpLog.key(log_sk), timedelta(days=90)) if sent else (OtpLog.of_nobody(log_sk), timedelta(hours=1))
    pointer_key = CodePointer.key(contact, log_sk) if sent else CodePointer.of_nobody(log_sk)
    log = log_key.item(contact=contact, purpose=purpose, created_at=now, ttl=now + kept, **lifetime)
    pending = {
        "otp_secret": secret,
        "otp_log_pk": log_key.pk,
        "otp_log_sk": log_sk,
        "issued_at": now,
        "tries": 0,
        "ttl": expires_at,
        **lifetime,
    }
    text = says(_code(secret, now), SECONDS // 60)
    sms = outbox.sms(contact if sent else None, text, language, now, LiveCode.at(waiting, expires_at))
    return Issued(pending, log, pointer_key.item(ttl=now + kept), sms)


def readable(code: str) -> bool:
    """Whether this can be a code at all."""
    return _SIX_DIGITS.fullmatch(code) is not None


def compare(pending: PendingOtp, code: str) -> None:
    """Raises BadRequest for a wrong code. The caller has counted the try (`accounts/guesses.py`)."""
    if not _matches(pending, code):
        raise BadRequest(INVALID)


def mark_used(pending: PendingOtp, now: datetime) -> Update:
    """The operation that writes into the log that the code was used, for the transaction that uses it."""
    return Update(pending.log, [OtpLog.used_at.set(now)])


def live_code(pending: PendingOtp, now: datetime) -> str | None:
    """The code, for the superadmin's log; None when it has expired."""
    return None if pending.expires_at <= now else _code(pending.otp_secret, pending.issued_at)


def new_token() -> str:
    """A secret for the device that did step 1 of a registration; step 2 has to send it."""
    return secrets.token_urlsafe(24)


def _code(secret: str, issued_at: datetime) -> str:
    # How long the code is good is the item's `expires_at`; TOTP's own interval plays no part.
    return pyotp.TOTP(secret, digits=6).at(issued_at)


def _matches(pending: PendingOtp, code: str) -> bool:
    good = [_code(pending.otp_secret, pending.issued_at)]
    if settings().master_otp:
        good.append(str(settings().master_otp))
    # All are compared, also after a match: the time of the answer must not tell which one it was.
    return any([hmac.compare_digest(code.encode(), expected.encode()) for expected in good])  # noqa: C419

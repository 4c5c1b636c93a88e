"""Codes and temporary passwords: only a superadmin sees one, after asking for it, and never without a trail:
it is written first."""

from datetime import datetime
from typing import NamedTuple

from quickcare.accounts import otp
from quickcare.db.items import OtpLog
from quickcare.errors import Conflict, NotFound

from admin import audit, repository
from admin.sessions import Visitor

_LONGEST_KEY = 100


class Revealed(NamedTuple):
    """What a page shows once."""

    what: str
    secret: str
    contact: int
    expires_at: datetime


def state(log: OtpLog, now: datetime) -> str:
    """`used`, `expired` or `live`; a newer code or too many wrong tries end a live one without a trace here."""
    if log.used_at is not None:
        return "used"
    return "expired" if log.expires_at <= now else "live"


def reveal_code(visitor: Visitor, log_sk: str, now: datetime) -> Revealed:
    """The code of a log entry. Raises Forbidden, NotFound, Conflict (it cannot be used any more)."""
    visitor.require_superadmin()
    log, pending = repository.pending_code(_checked(log_sk))
    code = otp.live_code(pending, now) if pending else None
    if code is None:
        raise Conflict("This code can no longer be used: it was used, has expired, or a newer one was sent.")
    detail = f"{log.purpose} for {int(log.contact)}"
    visitor.write(**audit.of(visitor, "revealed_code", now, target="otp-logs", detail=detail))
    return Revealed("One-time code", code, int(log.contact), log.expires_at)


def reveal_password(visitor: Visitor, log_id: str, now: datetime) -> Revealed:
    """The temporary password of a log entry. Raises Forbidden, NotFound, Conflict (it is gone)."""
    visitor.require_superadmin()
    log, password = repository.temporary_password(_checked(log_id))
    if password is None or password.expires_at <= now:
        raise Conflict("This password can no longer be used: its owner has logged in or changed it, or it has expired.")
    target, detail = f"users/{log.user_id}", f"for {int(log.contact)}"
    visitor.write(**audit.of(visitor, "revealed_password", now, target=target, detail=detail))
    return Revealed("Temporary password", password.password, int(log.contact), password.expires_at)


def _checked(log_sk: str) -> str:
    """What can be a log's key at all: DynamoDB takes no empty one, and ours are short."""
    if not 0 < len(log_sk) < _LONGEST_KEY:
        raise NotFound("This is not in the log.")
    return log_sk

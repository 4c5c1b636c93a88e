"""The logs of one-time codes and of temporary passwords.

Only a superadmin can reveal a code or a password. The audit entry is written before it is shown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from quickcare.accounts import otp
from quickcare.db import keys, shards, table
from quickcare.db.items import CodePointer, OtpLog, PasswordReset, Registration, TempPassword, TempPasswordLog, User
from quickcare.errors import Conflict, NotFound

from admin import audit, parameters
from admin.sessions import Administrator
from admin.sheets import Sheet, words

_LONGEST_KEY = 100
CODES_SHEET = Sheet(
    {
        "Contact": lambda log: int(log.contact),
        "Purpose": lambda log: words(log.purpose),
        "Created": lambda log: log.created_at,
        "Expires": lambda log: log.expires_at,
        "Used": lambda log: log.used_at,
    }
)
PASSWORDS_SHEET = Sheet(
    {
        "Name": lambda row: row[1].name if row[1] else None,
        "Contact": lambda row: int(row[0].contact),
        "Created": lambda row: row[0].created_at,
        "Expires": lambda row: row[0].expires_at,
        "Used": lambda row: row[0].is_used,
    }
)


class Revealed(NamedTuple):
    """A code or a temporary password that a page shows once. `what` is its heading."""

    what: str
    secret: str
    contact: int
    expires_at: datetime


def find_codes(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[Sequence[OtpLog], str | None]:
    """A page of the log of codes, newest first, and where it ended: 1 read; with a `contact` its codes alone: 2 reads.

    Raises BadRequest for what is no contact.
    """
    if not (text := filters.get("contact", "")):
        return shards.page(OtpLog, keys.shards(keys.OTP_LOG), None, limit, after, newest_first=True)
    pk = keys.codes_of(parameters.contact(text))
    pointers, last = table.page(CodePointer, pk, None, limit, after, newest_first=True)
    places = [place(pointer.sk) for pointer in pointers for place in (OtpLog.key, OtpLog.before_shards)]
    return [log for log in table.fetch_all(places) if log] if places else [], last


def state(log: OtpLog, now: datetime) -> str:
    """`used`, `expired` or `live`.

    The log does not know that a newer code replaced one, or that one had too many wrong tries: such a code is `live`.
    """
    if log.used_at is not None:
        return "used"
    return "expired" if log.expires_at <= now else "live"


def newest_passwords(limit: int, after: str | None) -> tuple[list[tuple[TempPasswordLog, User | None]], str | None]:
    """A page of the log of temporary passwords with their owners, newest first, and where it ended: 2 reads."""
    pks = keys.shards(keys.TEMP_PASSWORD_LOG)
    logs, last = shards.page(TempPasswordLog, pks, None, limit, after, newest_first=True)
    owners = table.fetch_all([User.key(log.user_id) for log in logs]) if logs else []
    return list(zip(logs, owners, strict=True)), last


def reveal_code(administrator: Administrator, log_sk: str, now: datetime) -> Revealed:
    """The code of the log entry with this sort key: 2 reads, 1 write.

    Raises Forbidden for an admin, NotFound, Conflict when the code cannot be used any more.
    """
    administrator.require_superadmin()
    log, waiting = _waiting_for_code(_checked(log_sk))
    code = otp.live_code(waiting, now) if waiting else None
    if code is None:
        raise Conflict("This code can no longer be used: it was used, has expired, or a newer one was sent.")
    detail = f"{log.purpose.replace('_', ' ').capitalize()} for {int(log.contact)}"
    administrator.write(**audit.entry(administrator, "revealed_code", now, target="otp-logs", detail=detail))
    return Revealed("One-time code", code, int(log.contact), log.expires_at)


def reveal_password(administrator: Administrator, log_id: str, now: datetime) -> Revealed:
    """The temporary password of the log entry with this id: 1 read, 1 write.

    Raises Forbidden for an admin, NotFound, Conflict when the password cannot be used any more.
    """
    administrator.require_superadmin()
    log_id = _checked(log_id)
    found, before_shards, password = table.fetch(
        TempPasswordLog.key(log_id), TempPasswordLog.before_shards(log_id), TempPassword.key(log_id)
    )
    log = found or before_shards
    if log is None:
        raise NotFound("This password is not in the log.")
    if password is None or password.expires_at <= now:
        raise Conflict("This password can no longer be used: its owner has logged in or changed it, or it has expired.")
    target, detail = f"users/{log.user_id}", f"for {int(log.contact)}"
    administrator.write(**audit.entry(administrator, "revealed_password", now, target=target, detail=detail))
    return Revealed("Temporary password", password.password, int(log.contact), password.expires_at)


def _waiting_for_code(log_sk: str) -> tuple[OtpLog, Registration | PasswordReset | None]:
    """A log entry, and the registration or password reset that still waits for its code: 2 reads. Raises NotFound."""
    found, before_shards = table.fetch(OtpLog.key(log_sk), OtpLog.before_shards(log_sk))
    log = found or before_shards
    if log is None:
        raise NotFound("This code is not in the log.")
    contact = int(log.contact)
    waiting = table.fetch(Registration.key(contact), PasswordReset.key(contact))
    return log, next((item for item in waiting if item and item.otp_id == log.otp_id), None)


def _checked(log_sk: str) -> str:
    """The sort key, when the log can have it. Raises NotFound."""
    # DynamoDB answers an empty key with an error, and ours are short.
    if not 0 < len(log_sk) < _LONGEST_KEY:
        raise NotFound("This is not in the log.")
    return log_sk

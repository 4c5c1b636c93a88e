"""The audit trail: every action of an administrator has an entry, written in the same transaction (decision 0011).

The entries are a chain (decision 0024). The head of the log is read with the administrator's session."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from quickcare import clock
from quickcare.accounts import audit_entries
from quickcare.db import keys, table
from quickcare.db.item import Item
from quickcare.db.items import AuditEntry, AuditPointer, LogHead, User
from quickcare.db.operations import Operation
from quickcare.errors import BadRequest
from quickcare.settings import settings

from admin.sessions import Administrator

_LONGEST = 200  # letters of a filter, which becomes part of a key
ACTIONS = {
    "logged_in": "Logged in",
    "failed_login": "Failed to log in",
    "gave_password": "Gave the right password",
    "wrong_code": "Gave a wrong code of the second factor",
    "set_up_second_factor": "Set up a second factor",
    "renewed_recovery_codes": "Made new recovery codes",
    "reset_second_factor": "Reset the second factor",
    "logged_out": "Logged out",
    "opened_record": "Opened the record",
    "opened_documents": "Opened documents and consents",
    "opened_sessions": "Opened the sessions",
    "ended_session": "Ended a session",
    "ended_sessions": "Ended all sessions",
    "activated_user": "Activated the account",
    "deactivated_user": "Deactivated the account",
    "changed_role": "Changed the role",
    "revealed_code": "Revealed a live code",
    "revealed_password": "Revealed a temporary password",
    "cancelled_appointment": "Cancelled the appointment",
    "sent_again": "Sent a message again",
    "activated_clinic": "Activated the clinic",
    "deactivated_clinic": "Deactivated the clinic",
    "verified_clinic": "Verified the clinic",
    "unverified_clinic": "Withdrew the clinic's verification",
    "changed_person": "Changed name or e-mail",
    "changed_clinic": "Changed the clinic",
    "changed_password": "Changed the own password",
    "created_superadmin": "Created a superadmin",
    "rotated_keys": "Made new signing keys",
    "reindexed": "Wrote all lists anew",
    "reminded_booked": "Let patients of older bookings be reminded",
    "retried_dead_letters": "Sent dead letters again",
    "dropped_dead_letters": "Deleted dead letters",
    "downloaded_list": "Downloaded the list",
    "verified_doctor": "Verified the doctor",
    "unverified_doctor": "Withdrew the doctor's verification",
}


def entry(
    administrator: Administrator,
    action: str,
    now: datetime,
    *,
    target: str = "",
    target_name: str = "",
    detail: str = "",
) -> dict[str, Operation]:
    """The operation that writes down an action, for the transaction of the action.

    `action` is a key of `ACTIONS`; `target` is the panel's path of what was changed, such as `users/<id>`.
    """
    known = {"target": target, "target_name": target_name, "detail": detail}
    return entry_of_user(administrator.user, administrator.source_ip, action, now, administrator.head, **known)


def entry_of_user(
    user: User, source_ip: str, action: str, now: datetime, head: LogHead | None, **known: str
) -> dict[str, Operation]:
    """The same as `entry`, for a user whose session begins in this transaction."""
    return audit_entries.entry(user.id, user.name, source_ip, action, now, head, **known)


def find(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[list[AuditEntry], str | None]:
    """A page of the audit trail, newest first, and where it ended: 1 read; of some entries 2 reads.

    `filters` are `person` (the id of who did it), `kind` (a key of `ACTIONS`), `target` (of what, as the panel's path)
    and `day` (such as 2026-03-01, in the clinics' time zone). `target` goes alone or with a day. Raises BadRequest for
    what is no day.
    """
    pk, between = _pointers(filters), _within(filters.get("day", ""))
    if pk is None:
        return table.page(AuditEntry, keys.AUDIT, _range(AuditEntry, between), limit, after, newest_first=True)
    condition = _range(AuditPointer, between)
    pointers, last = table.page(AuditPointer, pk, condition, limit, after, newest_first=True)
    found = table.fetch_all([AuditEntry.key(pointer.sk) for pointer in pointers]) if pointers else []
    return [entry for entry in found if entry], last


def _pointers(filters: Mapping[str, str]) -> str | None:
    """The partition that points to the entries; None when all are asked for."""
    person, kind, target = (filters.get(name, "") for name in ("person", "kind", "target"))
    if target:
        return keys.audit_of("target", target[:_LONGEST])
    if person and kind:
        return keys.audit_of("both", f"{person[:_LONGEST]}#{kind[:_LONGEST]}")
    if person:
        return keys.audit_of("actor", person[:_LONGEST])
    return keys.audit_of("action", kind[:_LONGEST]) if kind else None


def _within(day: str) -> tuple[str, str] | None:
    """Between which sort keys the entries of a day are. Raises BadRequest."""
    if not day:
        return None
    try:
        begins = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=settings().time_zone)
        return clock.sortable(begins), clock.sortable(begins + timedelta(days=1))
    except (ValueError, OverflowError):
        raise BadRequest("Write the day as 2026-03-01.") from None


def _range(model: type[Item], between: tuple[str, str] | None) -> Condition | None:
    if between is None:
        return None
    condition: Condition = model.sk.between(*between)
    return condition

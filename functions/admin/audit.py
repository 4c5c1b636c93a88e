"""The audit trail: every action of an administrator has an entry, written in the same transaction (decision 0011).

The entries are a chain (decision 0024). The head of the log is read with the administrator's session."""

from collections.abc import Sequence
from datetime import datetime

from quickcare.accounts import audit_entries
from quickcare.db import keys, table
from quickcare.db.items import AuditEntry, LogHead, User
from quickcare.db.operations import Operation

from admin.sessions import Administrator

ACTIONS = {
    "logged_in": "Logged in",
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


def newest(limit: int, after: str | None) -> tuple[Sequence[AuditEntry], str | None]:
    """A page of the audit trail, newest first, and where it ended: 1 read."""
    return table.page(AuditEntry, keys.AUDIT, None, limit, after, newest_first=True)

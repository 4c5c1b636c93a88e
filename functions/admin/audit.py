"""The audit trail: what administrators did, written with what they did (decision 0011)."""

from datetime import datetime

from quickcare import ids
from quickcare.db.items import AuditEntry, User
from quickcare.db.operations import Create, Operation

from admin.sessions import Visitor

ACTIONS = {
    "logged_in": "Logged in",
    "logged_out": "Logged out",
    "opened_record": "Opened the record",
    "activated_user": "Activated the account",
    "deactivated_user": "Deactivated the account",
    "changed_role": "Changed the role",
    "revealed_code": "Revealed a live code",
    "revealed_password": "Revealed a temporary password",
    "activated_clinic": "Activated the clinic",
    "deactivated_clinic": "Deactivated the clinic",
    "verified_doctor": "Verified the doctor",
    "unverified_doctor": "Withdrew the doctor's verification",
}


def of(
    visitor: Visitor, action: str, now: datetime, *, target: str = "", target_name: str = "", detail: str = ""
) -> dict[str, Operation]:
    """The trail's part of the transaction in which `visitor` does something. `target` is the path of its page."""
    known = {"target": target, "target_name": target_name, "detail": detail}
    return by(visitor.user, visitor.source_ip, action, now, **known)


def by(user: User, source_ip: str, action: str, now: datetime, **known: str) -> dict[str, Operation]:
    """The same for somebody whose session is only beginning."""
    given = {name: value for name, value in known.items() if value}
    entry = AuditEntry.key(ids.timestamp_key(now)).item(
        actor_id=user.id, actor_name=user.name, action=action, source_ip=source_ip, created_at=now, **given
    )
    return {"audit": Create(entry)}

"""Entries of the audit trail, which the panel and `manage.py` write; `functions/admin/audit.py` shows them."""

from datetime import datetime

from quickcare import ids
from quickcare.db.items import AuditEntry, AuditPointer, LogHead
from quickcare.db.operations import Append, Operation, Put

OPERATOR = "operator"
"""The actor of what `manage.py` does."""


def entry(
    actor_id: str, actor_name: str, source_ip: str, action: str, now: datetime, head: LogHead | None, **known: str
) -> dict[str, Operation]:
    """The operations that write down an action, for the transaction of the action.

    `head` is the audit's, as it was read. `known` are `target`, `target_name` and `detail`; empty ones are left out.
    """
    given = {name: value for name, value in known.items() if value}
    item = AuditEntry.key(ids.timestamp_key(now)).item(
        actor_id=actor_id, actor_name=actor_name, action=action, source_ip=source_ip, created_at=now, **given
    )
    return {"audit": Append(item, head), **pointers(item)}


def by_operator(action: str, now: datetime, head: LogHead | None = None, **known: str) -> dict[str, Operation]:
    """The same as `entry`, for a command of `manage.py`."""
    return entry(OPERATOR, "Operator", "manage.py", action, now, head, **known)


def pointers(item: AuditEntry) -> dict[str, Put]:
    """The operations that write by what an entry is looked for: who, what, who and what, and of whom."""
    looked_for = {"actor": item.actor_id, "action": item.action, "both": f"{item.actor_id}#{item.action}"}
    looked_for |= {"target": item.target} if item.target else {}
    return {f"audit of {what}": Put(AuditPointer.key(what, of, item.sk).item()) for what, of in looked_for.items()}

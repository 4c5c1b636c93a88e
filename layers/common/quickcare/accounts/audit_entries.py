"""Entries of the audit trail, which the panel and `manage.py` write; `functions/admin/audit.py` shows them."""

from datetime import datetime

from quickcare import ids
from quickcare.db.items import AuditEntry, LogHead
from quickcare.db.operations import Append, Operation


def entry(
    actor_id: str, actor_name: str, source_ip: str, action: str, now: datetime, head: LogHead | None, **known: str
) -> dict[str, Operation]:
    """The operation that writes down an action, for the transaction of the action.

    `head` is the audit's, as it was read. `known` are `target`, `target_name` and `detail`; empty ones are left out.
    """
    given = {name: value for name, value in known.items() if value}
    item = AuditEntry.key(ids.timestamp_key(now)).item(
        actor_id=actor_id, actor_name=actor_name, action=action, source_ip=source_ip, created_at=now, **given
    )
    return {"audit": Append(item, head)}

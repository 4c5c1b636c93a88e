"""The access log: who opened which document, and who was refused."""

from collections.abc import Mapping
from datetime import datetime

from quickcare import ids
from quickcare.accounts import account
from quickcare.db import keys, table
from quickcare.db.items import AccessLogEntry, Document, User
from quickcare.db.operations import Create, Operation, is_false
from quickcare.errors import NotFound

from documents import rights

# How many entries one query looks at where a filter drops some: about half of what DynamoDB reads at once.
_LOOKED_AT = 1000


def record(
    document: Document,
    user: User,
    ip_address: str,
    outcome: str,
    now: datetime,
    right: Mapping[str, Operation] | None = None,
) -> None:
    """Write the entry of an opening into the owner's log and into the document's: 1 write.

    `outcome` is `allowed` or `denied`. With a `right`, the entry is only written while the right holds and the document
    is not deleted; otherwise Refused is raised.
    """
    sk = ids.timestamp_key(now)
    entry = {
        "id": sk.rpartition("#")[2],
        "document_id": document.id,
        "document_title": document.title,
        "accessed_by_id": user.id,
        "accessed_by_name": user.name,
        "accessed_by_role": user.role.name.lower(),
        "ip_address": ip_address,
        "accessed_at": now,
        "outcome": outcome,
    }
    writes: dict[str, Operation] = {
        "owner_log": Create(AccessLogEntry.of_owner(document.owner_id, sk).item(**entry)),
        "document_log": Create(AccessLogEntry.of_document(document.id, sk).item(**entry)),
    }
    if right is not None:
        writes |= {"document": rights.mark_as_read(document, is_false(Document.is_deleted), now), **right}
    table.write(**writes)


def log_page(
    user_id: str, document_id: str | None, outcome: str | None, after: str | None, limit: int
) -> tuple[list[AccessLogEntry], str | None]:
    """A page of the log of the user's documents, or of one document, newest first, and where it ended: 1 read.

    Raises NotFound for a document that is not the user's or was deleted, Forbidden for those who are no patients and
    have no log, Unauthorized.
    """
    pk = keys.document_access_log(document_id) if document_id else keys.access_log(user_id)
    having = AccessLogEntry.outcome == outcome if outcome else None
    rows = _LOOKED_AT if outcome else None
    (user, document), (entries, last) = table.parallel(
        lambda: table.fetch(User.key(user_id), Document.key(document_id or "")),
        lambda: table.page(AccessLogEntry, pk, None, limit, after, having=having, newest_first=True, rows=rows),
    )
    user = account.active(user)
    is_owner = document is not None and document.owner_id == user_id
    rights.require_patient(user, owns=is_owner if document_id else bool(entries))
    if document_id and (not is_owner or document is None or document.is_deleted):
        raise NotFound
    return entries, last

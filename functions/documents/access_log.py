"""The access log: who found a patient, listed their documents or opened one, and who was refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType

from quickcare.accounts import account
from quickcare.db import keys, table
from quickcare.db.items import AccessLogEntry, Document, LogHead, User
from quickcare.db.operations import Append, Operation, is_false
from quickcare.documents import log_entries, rights
from quickcare.errors import Hidden, NotFound

# A transaction takes 100 operations. An entry is up to three: itself, the log's head, and the day's row. The checks of
# `rights.still_reading` are four more.
_TRANSACTION = 32


def record(
    document: Document,
    user: User,
    ip_address: str,
    outcome: str,
    now: datetime,
    heads: Sequence[LogHead | None],
    right: Mapping[str, Operation] | None = None,
) -> None:
    """Write the entry of an opening into the owner's log and into the document's: 1 write.

    `outcome` is `allowed` or `denied`; `heads` are the two logs' as they were read. With a `right`, the entry is only
    written while the right holds and the document is not deleted; otherwise Refused is raised.
    """
    in_owners, in_documents = log_entries.of_document(document, user, ip_address, outcome, now)
    owner_log, document_log = Append(in_owners, heads[0]), Append(in_documents, heads[1])
    writes: dict[str, Operation] = {"owner_log": owner_log, "document_log": document_log}
    if right is not None:
        writes |= {"document": rights.mark_as_read(document, is_false(Document.is_deleted), now), **right}
    table.write(**writes)


def record_list(
    owner_ids: Iterable[str],
    user: User,
    ip_address: str,
    now: datetime,
    head_of: Callable[[str], LogHead | None],
    still: Mapping[str, Operation] = MappingProxyType({}),
) -> None:
    """Write, into the log of each of these patients but the user, that the user listed their documents: 1 write, or
    none. `head_of` has the head of a patient's log as it was read. Raises Refused when `still` does not hold."""
    others = sorted(set(owner_ids) - {user.id})
    entries = [
        Append(log_entries.of_owner(one, user, ip_address, log_entries.LISTED, now), head_of(one)) for one in others
    ]
    parts = [entries[start : start + _TRANSACTION] for start in range(0, len(entries), _TRANSACTION)]
    table.gather([partial(_write_all, part, still) for part in parts])


def _write_all(entries: Sequence[Append], still: Mapping[str, Operation]) -> None:
    table.write(**{f"entry{number}": entry for number, entry in enumerate(entries)}, **still)


def log_page(
    user_id: str, document_id: str | None, outcome: str | None, after: str | None, limit: int
) -> tuple[list[AccessLogEntry], str | None]:
    """A page of the log of the user's documents, or of one document, newest first, and where it ended: 1 read; of some
    outcomes 1 for each thousand entries, of at most 5,000.

    Raises NotFound for a document that is not the user's or was deleted, Forbidden for those who are no patients and
    have no log, Unauthorized.
    """
    pk = keys.document_access_log(document_id) if document_id else keys.access_log(user_id)
    (user, document), (entries, last) = table.parallel(
        lambda: table.fetch(User.key(user_id), Document.key(document_id or "")),
        lambda: _entries(pk, outcome, limit, after),
    )
    user = account.active(user)
    is_owner = document is not None and document.owner_id == user_id
    rights.require_patient(user, owns=is_owner if document_id else bool(entries or last or after))
    if document_id and (not is_owner or document is None or document.is_deleted):
        raise Hidden if document and not is_owner else NotFound
    return entries, last


def _entries(pk: str, outcome: str | None, limit: int, after: str | None) -> tuple[list[AccessLogEntry], str | None]:
    if outcome is None:
        return table.page(AccessLogEntry, pk, None, limit, after, newest_first=True)
    having = AccessLogEntry.outcome == outcome
    return table.filtered_page(AccessLogEntry, pk, None, limit, after, having=having, newest_first=True)

"""The list of the documents that somebody may see (docs/contract.md: Documents)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from quickcare.accounts import account
from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Document, Membership, ShelfEntry, User
from quickcare.db.table import decide_again
from quickcare.documents import log_entries, rights
from quickcare.documents.page_items import PageItems, examined_for, fill_page
from quickcare.documents.rights import consent_key
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.web.identity import Caller

from documents import access_log

_LISTING_STAFF = (Role.DOCTOR, Role.LAB_MEMBER)


class DocumentFilters(NamedTuple):
    """What a listed document must have; None for anything."""

    document_type: str | None = None
    uploaded_by_role: str | None = None

    @property
    def condition(self) -> Condition | None:
        """The condition for shelf entries; None when there is no filter."""
        condition: Condition | None = None
        for name, value in self._asdict().items():
            if value:
                has_value = getattr(ShelfEntry, name) == value
                condition = has_value if condition is None else condition & has_value
        return condition


class DocumentDetails(NamedTuple):
    """A document, its owner and who uploaded it."""

    document: Document
    owner: User
    uploader: User | None


@decide_again
def visible(
    caller: Caller, filters: DocumentFilters, after: str | None, limit: int, now: datetime
) -> tuple[list[DocumentDetails], str | None]:
    """A page of the documents that the user may see now, newest first, and where it ended: 2 reads, and 1 write into
    the logs of the other people whose documents are in it.

    Raises Forbidden for those who are neither patients nor active doctors or lab members and own no document.
    """
    user_id = caller.user_id
    (user, memberships), (entries, follows) = table.parallel(
        lambda: table.parallel(lambda: table.fetch(User.key(user_id)), lambda: staff.memberships(user_id)),
        lambda: _shelf(user_id, filters.condition, after, limit),
    )
    user = account.active(user)
    # Not every consent that a doctor asked for was granted, so more entries are examined; others see all of theirs.
    examined = examined_for(limit) if user.role is Role.DOCTOR else limit
    owns = after is not None or follows is not None or any(entry.owner_id == user_id for entry in entries)
    rights.require_patient(user, memberships, owns=owns or bool(staff.active_as(_LISTING_STAFF, memberships)))
    items = PageItems(_keys(entries[:examined], user, memberships))
    places = staff.serving(user, memberships, [items.get(key) for key in staff.evidence(user, memberships)])

    def is_shown(entry: ShelfEntry) -> bool:
        document = items.get(Document.key(entry.document_id))
        consent = items.get(consent_key(entry, user)) if user.doctor_id else None
        if document is None or not document.is_there(now) or items.get(User.key(entry.owner_id)) is None:
            return False
        return rights.right_to_read(document, user, places, consent, now) is not None

    shown, last = fill_page(entries, is_shown, limit, examined)
    owners = (entry.owner_id for entry in shown)
    # A consent may be younger than the end of the doctor's work where they were when this began.
    still = rights.still_reading(user, places[0]) if user.role is Role.DOCTOR and places else {}
    access_log.record_list(
        owners, user, caller.source_ip, now, lambda owner_id: items.get(log_entries.head_of_owner(owner_id)), still
    )
    return [_details(entry, items) for entry in shown], last or follows


def _shelf(
    user_id: str, having: Condition | None, after: str | None, limit: int
) -> tuple[list[ShelfEntry], str | None]:
    """The user's entries that a page examines and one more, newest first: 1 read. With a filter 1 for each thousand
    entries, of at most 5,000; if more follow, where it ended."""
    begins, most = ShelfEntry.sk.startswith(keys.SHELF_PREFIX), examined_for(limit) + 1
    pk = keys.user(user_id)
    if having is None:
        return table.query(ShelfEntry, pk, begins, limit=most, after=after, newest_first=True), None
    return table.filtered_page(ShelfEntry, pk, begins, most, after, having=having, newest_first=True)


def _keys(entries: Sequence[ShelfEntry], user: User, memberships: Sequence[Membership]) -> list[Key[Any]]:
    """The keys of all items that show these entries and decide about them."""
    wanted = staff.evidence(user, memberships)
    for entry in entries:
        wanted += [Document.key(entry.document_id), User.key(entry.owner_id), User.key(entry.uploader_id)]
        if entry.owner_id != user.id:
            wanted.append(log_entries.head_of_owner(entry.owner_id))
        if user.doctor_id:
            wanted.append(consent_key(entry, user))
    return wanted


def _details(entry: ShelfEntry, items: PageItems) -> DocumentDetails:
    document, owner = items.get(Document.key(entry.document_id)), items.get(User.key(entry.owner_id))
    if document is None or owner is None:
        raise NotFound
    return DocumentDetails(document, owner, items.get(User.key(entry.uploader_id)))

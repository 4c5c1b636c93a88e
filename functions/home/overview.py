"""What is somebody's own as a person: their next appointments, what they were asked for, their newest documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from quickcare.accounts import account
from quickcare.clinic import appointment_details, appointments
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import AppointmentPointer, Document, ShelfEntry, User
from quickcare.documents import consents
from quickcare.documents.consents import ConsentDetails
from quickcare.documents.page_items import PageItems

MOST = 10
# Pointers know neither a status nor an owner's role, so more are looked at than are shown.
LOOKED_AT = 100


class Overview(NamedTuple):
    """A person and what is theirs, at most `MOST` of each; a document comes with who uploaded it."""

    user: User
    appointments: list[AppointmentDetails]
    consents: list[ConsentDetails]
    documents: list[tuple[Document, User | None]]


def of(user_id: str, now: datetime) -> Overview:
    """What somebody sees first: 2 reads. Raises Unauthorized when the account is gone or deactivated.

    Of each kind the next or newest `LOOKED_AT` are looked at.
    """
    ((found, upcoming), asked), shelf = table.parallel(
        lambda: table.parallel(
            lambda: table.parallel(
                lambda: table.fetch(User.key(user_id)), lambda: appointments.upcoming(user_id, now, LOOKED_AT)
            ),
            lambda: consents.pointers(user_id, keys.CONSENT_PREFIX, None, LOOKED_AT),
        ),
        lambda: _shelf(user_id),
    )
    user = account.active(found)
    (live, (pending, _)), documents = table.parallel(
        lambda: table.parallel(lambda: _live(upcoming), lambda: consents.page(asked, "pending", MOST, now)),
        lambda: _documents(_own(shelf, user_id, now), now),
    )
    return Overview(user, live, pending, documents)


def _shelf(user_id: str) -> list[ShelfEntry]:
    """The user's newest pointers to documents, their own and others': 1 read."""
    begins = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    return table.query(ShelfEntry, keys.user(user_id), begins, limit=LOOKED_AT, newest_first=True)


def _live(pointers: Sequence[AppointmentPointer]) -> list[AppointmentDetails]:
    """The first of these appointments that are live: 1 read."""
    found = appointment_details.of_pointers(pointers)
    return [details for _, details in found if Status(details.appointment.status).is_live][:MOST]


def _own(shelf: Sequence[ShelfEntry], user_id: str, now: datetime) -> list[ShelfEntry]:
    """The first pointers to the user's own documents, without uploads that were given up."""
    own = [entry for entry in shelf if entry.owner_id == user_id and (entry.ttl is None or entry.ttl > now)]
    return own[:MOST]


def _documents(entries: Sequence[ShelfEntry], now: datetime) -> list[tuple[Document, User | None]]:
    """The documents and who uploaded them: 1 read."""
    wanted: list[Key[Any]] = []
    for entry in entries:
        wanted += [Document.key(entry.document_id), User.key(entry.uploader_id)]
    items = PageItems(wanted)
    found = [(items.get(Document.key(one.document_id)), items.get(User.key(one.uploader_id))) for one in entries]
    return [(document, uploader) for document, uploader in found if document and document.is_there(now)]

"""The access patterns of single documents, each with its number of round trips."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from quickcare import ids
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import AccessLogEntry, Appointment, Consent, Document, Membership, Session, ShelfEntry, User
from quickcare.db.operations import Check, Create, Delete, Operation, Put, Refused, Update
from quickcare.errors import Invalid, NotFound
from quickcare.roles import Role

# Uploads


def parties(
    caller_id: str, patient_id: str | None, appointment_id: int | None
) -> tuple[User | None, list[Membership], User | None, Appointment | None]:
    """The caller, their memberships, the patient and the appointment: 1 read."""
    patient = User.key(patient_id or caller_id)
    appointment = Appointment.key(appointment_id or 0)
    found, held = table.parallel(
        lambda: table.fetch(User.key(caller_id), patient, appointment), lambda: staff.memberships(caller_id)
    )
    return found[0], held, found[1], found[2]


def document_and_parties(
    document_id: str, caller_id: str, owner_id: str
) -> tuple[Document | None, User | None, User | None, list[Membership]]:
    """The document, the caller, the owner, and the caller's memberships: 1 read."""
    found, held = table.parallel(
        lambda: table.fetch(Document.key(document_id), User.key(caller_id), User.key(owner_id)),
        lambda: staff.memberships(caller_id),
    )
    return *found, held


def shelf_entry(document: Document, viewer_id: str) -> ShelfEntry:
    """The document's entry in a viewer's list; it expires with an unfinished upload."""
    return ShelfEntry.key(viewer_id, document.id, document.created_at).item(
        document_id=document.id,
        owner_id=document.owner_id,
        uploader_id=document.uploader_id,
        uploaded_by_role=document.uploaded_by_role,
        document_type=document.document_type,
        ttl=document.ttl,
    )


def shelf_of(document: Document) -> list[ShelfEntry]:
    """The list entries a document has from its beginning: its owner's, and that of the lab member who uploaded it."""
    viewers = {document.owner_id}
    if document.uploaded_by_role == Role.LAB_MEMBER.name.lower():
        viewers.add(document.uploader_id)
    return [shelf_entry(document, viewer) for viewer in sorted(viewers)]


def create(document: Document, shelf: Sequence[ShelfEntry]) -> None:
    """1 write. Raises Invalid when the owner has stopped being an active patient meanwhile."""
    is_patient = (User.role_id == Role.PATIENT) & (User.is_active == True)  # noqa: E712 - builds a condition
    writes: dict[str, Operation] = {f"shelf{n}": Create(entry) for n, entry in enumerate(shelf)}
    writes["owner"] = Check(User.key(document.owner_id), is_patient)
    try:
        table.write(document=Create(document), **writes)
    except Refused:
        raise Invalid("patient_id", "There is no patient with this id.") from None


def finish(document: Document, status: str, object_key: str | None, shelf: Sequence[ShelfEntry], now: datetime) -> bool:
    """Say what the check of a pending upload found; `shelf` is written anew, to stay. False when the document is not
    pending any more: 1 write."""
    actions = [Document.upload_status.set(status), Document.updated_at.set(now)]
    if object_key:
        actions += [Document.object_key.set(object_key), Document.ttl.remove()]
    is_pending = (Document.upload_status == "pending") & (Document.is_deleted == False)  # noqa: E712
    entries = {f"shelf{n}": Put(entry) for n, entry in enumerate(shelf)}
    try:
        table.write(document=Update(Document.key(document.id), actions, is_pending), **entries)
    except Refused:
        return False
    return True


# Readings


def document_and_reader(document_id: str, user_id: str) -> tuple[Document | None, User | None, list[Membership]]:
    """1 read."""
    (document, user), held = table.parallel(
        lambda: table.fetch(Document.key(document_id), User.key(user_id)), lambda: staff.memberships(user_id)
    )
    return document, user, held


def document_and_session(
    document_id: str, user_id: str, session_id: str
) -> tuple[Document | None, User | None, Session | None, list[Membership]]:
    """The same with the caller's session: 1 read."""
    session = Session.key(user_id, session_id)
    found, held = table.parallel(
        lambda: table.fetch(Document.key(document_id), User.key(user_id), session),
        lambda: staff.memberships(user_id),
    )
    return *found, held


class Parties(NamedTuple):
    """Whose a document is, who uploaded it, what the owner answered to a reader, and where the reader works."""

    owner: User
    uploader: User | None
    consent: Consent | None
    open_places: list[Membership]


def people_and_consent(document: Document, user: User, held: Sequence[Membership]) -> Parties:
    """All that, with of the reader's places those in open clinics: 1 read."""
    wanted: list[Key[Any]] = [
        User.key(document.owner_id),
        User.key(document.uploader_id),
        Consent.key(document.id, int(user.doctor_id or 0)),
    ]
    owner, uploader, consent, *clinics = table.fetch_all([*wanted, *staff.clinics(held)])
    if owner is None:
        raise NotFound
    return Parties(owner, uploader, consent, staff.in_open_clinics(held, clinics))


def document_and_user(document_id: str, user_id: str) -> tuple[Document | None, User | None]:
    """1 read."""
    return table.fetch(Document.key(document_id), User.key(user_id))


def document_and_consent(document: Document, user: User) -> tuple[Document | None, Consent | None]:
    """Both as they are now: 1 read."""
    return table.fetch(Document.key(document.id), Consent.key(document.id, int(user.doctor_id or 0)))


def none_younger(model: type[Document] | type[Consent], at: datetime) -> Condition:
    """That no reading younger than `at` is on record."""
    unread_or_older: Condition = model.last_read_at.does_not_exist() | (model.last_read_at <= at)
    return unread_or_older


def read_at(item: Document | Consent, standing: Condition, now: datetime) -> Operation:
    """Records a reading in the item while `standing` holds. Where a younger one is on record, that one stays.

    Raises Refused also when a younger one came between; reading the item again then finds it.
    """
    model = type(item)
    key: Key[Document | Consent] = Key(model, item.pk, item.sk)
    if item.last_read_at is not None and item.last_read_at > now:
        return Check(key, standing)
    return Update(key, [model.last_read_at.set(now)], standing & none_younger(model, now))


def log(
    document: Document,
    user: User,
    ip_address: str,
    outcome: str,
    now: datetime,
    right: Mapping[str, Operation] | None = None,
) -> None:
    """Write both copies of a log entry; with a `right`, only while it stands and the document is there: 1 write.

    Raises Refused.
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
        writes |= {"document": read_at(document, Document.is_deleted == False, now), **right}  # noqa: E712
    table.write(**writes)


def delete(document: Document, at: datetime, *, unread: bool) -> None:
    """Mark it deleted and take it off its lists: 1 write.

    Raises Refused when it was deleted or its upload checked meanwhile, or, with `unread`, opened after `at`.
    """
    # With the status comes the key of the object, which the caller is to remove.
    there = (Document.is_deleted == False) & (Document.upload_status == document.upload_status)  # noqa: E712
    if unread:
        there = there & none_younger(Document, at)
    marks = [Document.is_deleted.set(True), Document.deleted_at.set(at), Document.updated_at.set(at)]
    viewers = sorted({document.owner_id, document.uploader_id})
    places = [ShelfEntry.key(viewer, document.id, document.created_at) for viewer in viewers]
    entries = {f"shelf{n}": Delete(place) for n, place in enumerate(places)}
    table.write(document=Update(Document.key(document.id), marks, there), **entries)

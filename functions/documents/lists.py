"""Lists of documents and of their access log, two round trips each (docs/contract.md: Documents)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import (
    AccessLogEntry,
    Consent,
    ConsentPointer,
    DoctorPatient,
    Document,
    Membership,
    ShelfEntry,
    User,
)
from quickcare.errors import Forbidden, NotFound, Unauthorized
from quickcare.roles import Role
from quickcare.web.paging import MOST, cut

from documents import list_repository as repository
from documents.list_repository import Filters, Loaded
from documents.opening import right_to_read

_LISTING_STAFF = (Role.DOCTOR, Role.LAB_MEMBER)
T = TypeVar("T", ShelfEntry, ConsentPointer)


class Listed(NamedTuple):
    document: Document
    owner: User
    uploader: User | None


def visible(
    user_id: str, filters: Filters, after: str | None, limit: int, now: datetime
) -> tuple[list[Listed], str | None]:
    """A page of the documents the user may see now, newest first, and where it ended.

    Raises Forbidden for those who are neither patients nor active doctors or lab members and own no document.
    """
    (user, held), entries = table.parallel(
        lambda: repository.viewer(user_id), lambda: repository.shelf(user_id, filters, after, MOST + 1)
    )
    user = active(user)
    # Of what a doctor asked for, not all was granted; of everybody else's entries all count.
    examined = MOST if user.role is Role.DOCTOR else limit
    owns = after is not None or any(entry.owner_id == user_id for entry in entries)
    require_patient(user, owns or bool(staff.active_as(_LISTING_STAFF, held)))
    loaded = _load(entries[:examined], user, held)
    open_places = staff.in_open_clinics(held, [loaded.get(key) for key in staff.clinics(held)])

    def is_shown(entry: ShelfEntry) -> bool:
        document = loaded.get(Document.key(entry.document_id))
        consent = loaded.get(_consent_key(entry, user)) if user.doctor_id else None
        if document is None or not document.is_there(now) or loaded.get(User.key(entry.owner_id)) is None:
            return False
        return right_to_read(document, user, open_places, consent, now) is not None

    shown, last = fill(entries, is_shown, limit, examined)
    return [_listed(entry, loaded) for entry in shown], last


def _consent_key(entry: ShelfEntry, user: User) -> Key[Consent]:
    return Consent.key(entry.document_id, int(user.doctor_id or 0))


def _load(entries: Sequence[ShelfEntry], user: User, held: Sequence[Membership]) -> Loaded:
    wanted: list[Key[Any]] = [*staff.clinics(held)]
    for entry in entries:
        wanted += [Document.key(entry.document_id), User.key(entry.owner_id), User.key(entry.uploader_id)]
        if user.doctor_id:
            wanted.append(_consent_key(entry, user))
    return Loaded(wanted)


def _listed(entry: ShelfEntry, loaded: Loaded) -> Listed:
    document, owner = loaded.get(Document.key(entry.document_id)), loaded.get(User.key(entry.owner_id))
    if document is None or owner is None:
        raise NotFound
    return Listed(document, owner, loaded.get(User.key(entry.uploader_id)))


class PatientShelf(NamedTuple):
    """What a doctor may know of a patient's documents: each with the consent asked for, if any."""

    patient: User
    total: int
    documents: list[tuple[Document, Consent | None]]


def of_patient(
    doctor_user_id: str, patient_id: str, after: str | None, limit: int, now: datetime
) -> tuple[PatientShelf, str | None]:
    """A page of a patient's finished documents, for a doctor with a tie to them: an appointment that was not
    cancelled, or a document the doctor uploaded for them.

    Raises NotFound (unknown patient), Forbidden (no active doctor of an open clinic, no tie).
    """
    (doctor, places), entries = table.parallel(
        lambda: staff.require(doctor_user_id, (Role.DOCTOR,)),
        lambda: repository.finished(patient_id, after, limit + 1),
    )
    page, last = cut(entries, limit)
    tie_key = DoctorPatient.key(int(doctor.doctor_id or 0), patient_id)
    wanted: list[Key[Any]] = [User.key(patient_id), tie_key, *staff.clinics(places)]
    for entry in page:
        wanted += [Document.key(entry.document_id), _consent_key(entry, doctor)]
    # Beside what is shown, so that the tie, on which hangs all of it, costs no third trip.
    (loaded, total), has_uploaded = table.parallel(
        lambda: table.parallel(lambda: Loaded(wanted), lambda: repository.count_finished(patient_id)),
        lambda: repository.has_uploaded(doctor_user_id, patient_id),
    )
    staff.require_open(loaded.get(key) for key in staff.clinics(places))
    patient, tie = loaded.get(User.key(patient_id)), loaded.get(tie_key)
    if patient is None:
        raise NotFound("There is no patient with this id.")
    if not (tie and tie.appointments > 0) and not has_uploaded:
        raise Forbidden("You have no appointment with this patient.")
    found = [(loaded.get(Document.key(e.document_id)), loaded.get(_consent_key(e, doctor))) for e in page]
    shown = [(document, consent) for document, consent in found if document and document.is_there(now)]
    return PatientShelf(patient, total, shown), last.sk if last else None


def access_log(
    user_id: str, document_id: str | None, outcome: str | None, after: str | None, limit: int
) -> list[AccessLogEntry]:
    """At most `limit` entries of who opened the user's documents, or the one document, newest first.

    Raises NotFound for a document that is not the user's or was deleted, Forbidden for those who are no patients and
    own nothing that is on record.
    """
    pk = keys.document_access_log(document_id) if document_id else keys.access_log(user_id)
    (user, document), entries = table.parallel(
        lambda: table.fetch(User.key(user_id), Document.key(document_id or "")),
        lambda: repository.access_log(pk, outcome, after, limit),
    )
    user = active(user)
    is_owner = document is not None and document.owner_id == user_id
    require_patient(user, is_owner if document_id else bool(entries))
    if document_id and (not is_owner or document is None or document.is_deleted):
        raise NotFound
    return entries


# What all lists share


def fill(
    candidates: Sequence[T], is_shown: Callable[[T], bool], limit: int, examined: int
) -> tuple[list[T], str | None]:
    """Of the first `examined` candidates those that are shown, at most `limit`, and the sort key to go on after."""
    shown = [candidate for candidate in candidates[:examined] if is_shown(candidate)]
    if len(shown) > limit:
        return shown[:limit], shown[limit - 1].sk
    return shown, candidates[examined - 1].sk if len(candidates) > examined else None


def active(user: User | None) -> User:
    """The account behind a caller. Raises Unauthorized when it is gone or deactivated."""
    if user is None or not user.is_active:
        raise Unauthorized
    return user


def require_patient(user: User, otherwise: bool) -> None:
    """Raises Forbidden unless the user is a patient, or was one: documents follow ownership, not role."""
    if user.role is not Role.PATIENT and not otherwise:
        raise Forbidden

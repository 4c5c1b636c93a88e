"""Which documents a doctor's patient has, so that the doctor can ask for them (docs/contract.md: Documents)."""

from datetime import datetime
from typing import Any, NamedTuple

from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Consent, DoctorPatient, Document, ShelfEntry, User
from quickcare.documents.page_items import PageItems
from quickcare.errors import Forbidden, NotFound
from quickcare.roles import Role

from documents.rights import consent_key

# How many unfinished uploads of one day a query has room for beside the page.
_UNFINISHED = 50
# More rows than DynamoDB reads at once.
_ALL = 10_000


class PatientShelf(NamedTuple):
    """What a doctor may know of a patient's documents.

    `documents` is one page, each document with the doctor's consent, if they asked for one; `total` counts all pages.
    """

    patient: User
    total: int
    documents: list[tuple[Document, Consent | None]]


def of_patient(
    doctor_user_id: str, patient_id: str, after: str | None, limit: int, now: datetime
) -> tuple[PatientShelf, str | None]:
    """A page of a patient's finished documents, newest first, and where it ended: 2 reads.

    Only for a doctor who has an appointment with the patient that was not cancelled, or has uploaded a document for
    them. Raises NotFound (unknown patient), Forbidden (no such doctor, or not active in an open clinic).
    """
    (doctor, memberships), (entries, last) = table.parallel(
        lambda: staff.require(doctor_user_id, (Role.DOCTOR,)), lambda: _finished_page(patient_id, after, limit)
    )
    tie_key = DoctorPatient.key(int(doctor.doctor_id or 0), patient_id)
    wanted: list[Key[Any]] = [User.key(patient_id), tie_key, *staff.clinics(memberships)]
    for entry in entries:
        wanted += [Document.key(entry.document_id), consent_key(entry, doctor)]
    # The rights are read beside what they protect, so that they cost no third round trip.
    (items, total), has_uploaded = table.parallel(
        lambda: table.parallel(lambda: PageItems(wanted), lambda: _count_finished(patient_id)),
        lambda: _has_uploaded(doctor_user_id, patient_id),
    )
    staff.require_open(items.get(key) for key in staff.clinics(memberships))
    patient, tie = items.get(User.key(patient_id)), items.get(tie_key)
    if patient is None:
        raise NotFound("There is no patient with this id.")
    if not (tie and tie.appointments > 0) and not has_uploaded:
        raise Forbidden("You have no appointment with this patient.")
    found = [(items.get(Document.key(entry.document_id)), items.get(consent_key(entry, doctor))) for entry in entries]
    shown = [(document, consent) for document, consent in found if document and document.is_there(now)]
    return PatientShelf(patient, total, shown), last


def _finished_page(patient_id: str, after: str | None, limit: int) -> tuple[list[ShelfEntry], str | None]:
    """A page of the patient's entries of their own finished documents, newest first, and where it ended: 1 read."""
    begins, having = ShelfEntry.sk.startswith(keys.SHELF_PREFIX), ShelfEntry.is_finished_of(patient_id)
    rows = limit + 1 + _UNFINISHED
    return table.page(
        ShelfEntry, keys.user(patient_id), begins, limit, after, having=having, newest_first=True, rows=rows
    )


def _count_finished(patient_id: str) -> int:
    """How many finished documents the patient has, counted by the database without sending them: 1 read."""
    begins = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    return ShelfEntry.count(keys.user(patient_id), begins, ShelfEntry.is_finished_of(patient_id), consistent_read=True)


def _has_uploaded(uploader_id: str, patient_id: str) -> bool:
    """Whether this user uploaded one of the patient's finished documents: 1 read."""
    begins = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    having = ShelfEntry.is_finished_of(patient_id) & (ShelfEntry.uploader_id == uploader_id)
    return bool(table.query(ShelfEntry, keys.user(patient_id), begins, having=having, limit=1, rows=_ALL))

"""Which documents a doctor's patient has, so that the doctor can ask for them (docs/contract.md: Documents)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from quickcare.clinic import staff
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import (
    Appointment,
    AppointmentPointer,
    Consent,
    Document,
    Membership,
    ShelfCount,
    ShelfEntry,
    User,
)
from quickcare.documents import counting, log_entries, rights
from quickcare.documents.page_items import PageItems
from quickcare.documents.rights import consent_key
from quickcare.errors import Forbidden, NotFound
from quickcare.roles import Role
from quickcare.web.identity import Caller

from documents import access_log

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
    caller: Caller, patient_id: str, after: str | None, limit: int, now: datetime
) -> tuple[PatientShelf, str | None]:
    """A page of a patient's finished documents, newest first, and where it ended: 2 reads, 1 write into their log.

    Only for a doctor who, in the clinic where they work now, has an appointment with the patient that was not cancelled
    or has uploaded a document for them. For the uploads of a doctor without any appointment the patient's whole shelf
    is searched, unless one page has all of it; where all appointments were cancelled, that is a third read.
    Raises NotFound (unknown patient), Forbidden (no such doctor, or not serving).
    """
    ((doctor, memberships), visits), ((entries, last), count) = table.parallel(
        lambda: table.parallel(
            lambda: staff.require(caller.user_id, (Role.DOCTOR,)), lambda: _visits(caller.user_id, patient_id)
        ),
        lambda: table.parallel(
            lambda: _finished_page(patient_id, after, limit), lambda: table.fetch(ShelfCount.key(patient_id))
        ),
    )
    evidence = staff.evidence(doctor, memberships)
    booked = [Appointment.key(int(visit.appointment_id)) for visit in visits]
    log = log_entries.head_of_owner(patient_id)
    wanted: list[Key[Any]] = [User.key(patient_id), log, *evidence, *booked]
    for entry in entries:
        wanted += [Document.key(entry.document_id), consent_key(entry, doctor)]
    is_whole = after is None and last is None
    # The rights are read beside what they protect, so that they cost no third round trip.
    (items, total), uploads = table.parallel(
        lambda: table.parallel(
            lambda: PageItems(wanted),
            lambda: len(entries) if is_whole else counting.sums(count or counting.of_shelf(patient_id)).total(),
        ),
        lambda: entries if is_whole or visits else _uploads_by(caller.user_id, patient_id),
    )
    places = staff.require_serving(doctor, memberships, [items.get(key) for key in evidence])
    patient = items.get(User.key(patient_id))
    if patient is None:
        raise NotFound("There is no patient with this id.")
    appointments = [items.get(key) for key in booked]
    if not _has_appointment(appointments, places):
        if visits and not is_whole:
            uploads = _uploads_by(caller.user_id, patient_id)
        if not _has_uploaded([one for one in uploads if one.uploader_id == caller.user_id], places):
            raise Forbidden("You have no appointment with this patient in your clinic.")
    access_log.record_list([patient_id], doctor, caller.source_ip, now, lambda _: items.get(log))
    found = [(items.get(Document.key(entry.document_id)), items.get(consent_key(entry, doctor))) for entry in entries]
    shown = [(document, _here(consent, places)) for document, consent in found if document and document.is_there(now)]
    return PatientShelf(patient, total, shown), last


def _visits(doctor_user_id: str, patient_id: str) -> list[AppointmentPointer]:
    """The pointers to all appointments of the patient with this doctor: 1 read."""
    begins = AppointmentPointer.sk.startswith(keys.APPOINTMENT_PREFIX)
    having: Condition = AppointmentPointer.doctor_user_id == doctor_user_id
    return table.query(AppointmentPointer, keys.user(patient_id), begins, having=having, rows=_ALL)


def _has_appointment(appointments: Sequence[Appointment | None], places: Sequence[Membership]) -> bool:
    """Whether one of the appointments is in one of the places and was not cancelled."""
    here = {place.clinic_id for place in places}
    return any(one and one.clinic_id in here and one.status != Status.CANCELLED for one in appointments)


def _has_uploaded(uploads: Sequence[ShelfEntry], places: Sequence[Membership]) -> bool:
    """Whether one of the doctor's uploads was made in one of the places."""
    return any(rights.place_of(one.clinic_id, one.created_at, places) for one in uploads)


def _here(consent: Consent | None, places: Sequence[Membership]) -> Consent | None:
    """The consent, if it counts in one of the places."""
    return consent if consent and rights.place_of_consent(consent, places) else None


def _finished_page(patient_id: str, after: str | None, limit: int) -> tuple[list[ShelfEntry], str | None]:
    """A page of the patient's entries of their own finished documents, newest first, and where it ended: 1 read."""
    begins, having = ShelfEntry.sk.startswith(keys.SHELF_PREFIX), ShelfEntry.is_finished_of(patient_id)
    rows = limit + 1 + _UNFINISHED
    return table.page(
        ShelfEntry, keys.user(patient_id), begins, limit, after, having=having, newest_first=True, rows=rows
    )


def _uploads_by(uploader_id: str, patient_id: str) -> list[ShelfEntry]:
    """The entries of the patient's finished documents that this user uploaded: 1 read."""
    begins = ShelfEntry.sk.startswith(keys.SHELF_PREFIX)
    having = ShelfEntry.is_finished_of(patient_id) & (ShelfEntry.uploader_id == uploader_id)
    return table.query(ShelfEntry, keys.user(patient_id), begins, having=having, rows=_ALL)

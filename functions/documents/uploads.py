"""Who may upload what for whom (docs/contract.md: Documents, Uploads)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from quickcare import clock, ids
from quickcare.accounts import account
from quickcare.clinic import patients, staff
from quickcare.db import table
from quickcare.db.items import Appointment, Clinic, Document, Membership, User
from quickcare.db.operations import Keeping, keep_nothing
from quickcare.documents import links, rights
from quickcare.documents.rights import existing
from quickcare.errors import AppError, Forbidden, Invalid
from quickcare.observability import correlation_id
from quickcare.roles import Role

from documents import filing, leftovers, pdf, storage
from documents.lists import DocumentDetails
from documents.schemas.documents import NewDocument

_STAFF = (Role.DOCTOR, Role.LAB_MEMBER)
# Longer than any notice of S3 is late. An upload that is not finished by then disappears.
_UNFINISHED = timedelta(days=1)
# What is stored of a name, and what may be sent.
_NAME_LENGTH, _SENT_NAME_LENGTH = 150, 1024


def upload(
    caller_id: str,
    body: NewDocument,
    file: bytes | None,
    now: datetime,
    keep: Keeping[[Document, User, User | None]] = keep_nothing,
) -> DocumentDetails:
    """Announce a document, or store it when its file came with the request: 1 read (2 for staff), 1 write. A patient
    for whom somebody else uploads gets an SMS.

    Raises Invalid for a file that is no PDF of at most 5 MiB, and for a patient, an appointment or a clinic that does
    not exist; Forbidden for everybody but patients and doctors and lab members who serve patients; TooManyRequests (too
    many SMS today, too many uploads this hour); Conflict (no room left); Unauthorized, Unavailable.
    """
    _check_announcement(body)
    uploader, owner, appointment = _people_and_appointment(caller_id, body)
    _check_appointment(body, uploader.user, owner, appointment)
    if file is not None and not pdf.is_pdf(file):
        raise Invalid("file", pdf.NOT_A_PDF)
    details = DocumentDetails(document := _document(body, uploader, owner, now), owner, uploader.user)
    if file is None:
        document.ttl = now + _UNFINISHED
        filing.file(document, owner, uploader, body.file_size, now, **keep(*details))
        return details
    links.require_key()
    leftovers.remove_later(document.id)
    document.upload_status, document.object_key = "available", storage.store(document.id, file)
    try:
        filing.file(document, owner, uploader, body.file_size, now, **keep(*details))
    except AppError:
        storage.remove(document.object_key)
        raise
    return details


def replay(caller_id: str, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to an upload that is given again: 1 read (2 for staff).

    Raises NotFound when it was deleted or never finished; Forbidden, Invalid and Unauthorized like `upload`.
    """
    document_id, owner_id, now = body["id"], body["owner"]["id"], clock.now()
    (document, user, owner), memberships = table.parallel(
        lambda: table.fetch(Document.key(document_id), User.key(caller_id), User.key(owner_id)),
        lambda: staff.memberships(caller_id),
    )
    caller, memberships = staff.of_one_moment(account.active(user), memberships)
    document = existing(document, now)
    if caller_id == owner_id:
        if not patients.is_patient(caller, memberships):
            raise Forbidden(filing.NOT_STAFF)
        return body
    places, _ = _places(caller, memberships)
    if rights.place_of(document.clinic_id, document.created_at, places) is None:
        raise Forbidden(filing.NOT_STAFF)
    _require_patient(owner)
    return body


def safe_name(name: str) -> str:
    """The last part of a path, printable, at most 150 characters, still ending in `.pdf`."""
    base = name.replace("\\", "/").rpartition("/")[2]
    stem = "".join(c for c in base[: -len(".pdf")] if c.isprintable() and c not in '"<>|:*?').strip(" .")
    return f"{stem[: _NAME_LENGTH - len('.pdf')] or 'document'}.pdf"


def _check_announcement(body: NewDocument) -> None:
    if not body.file_name:
        raise Invalid("file", "This field is required.")
    if len(body.file_name) > _SENT_NAME_LENGTH:
        raise Invalid("file", f"Ensure the file's name has no more than {_SENT_NAME_LENGTH} characters.")
    if not body.file_name.lower().endswith(".pdf") or body.file_size == 0:
        raise Invalid("file", pdf.NOT_A_PDF)
    if body.file_size > pdf.LARGEST:
        raise Invalid("file", pdf.too_large(body.file_size))


def _people_and_appointment(caller_id: str, body: NewDocument) -> tuple[filing.Uploader, User, Appointment | None]:
    """The caller, the patient, and the appointment if it exists: 1 read (2 for staff)."""
    patient_id = str(body.patient_id) if body.patient_id else None
    patient_key, appointment_key = User.key(patient_id or caller_id), Appointment.key(body.appointment or 0)
    (user, patient, appointment), memberships = table.parallel(
        lambda: table.fetch(User.key(caller_id), patient_key, appointment_key), lambda: staff.memberships(caller_id)
    )
    caller, memberships = staff.of_one_moment(account.active(user), memberships)
    if caller.role is Role.PATIENT or (patient_id in (None, caller_id) and patients.is_patient(caller, memberships)):
        return filing.Uploader(caller), caller, appointment
    places, clinics = _places(caller, memberships)
    if patient_id is None:
        raise Invalid("patient_id", "patient_id is required when a doctor or lab member uploads a document.")
    place = _place(places, body, appointment)
    return filing.Uploader(caller, place, clinics[place.clinic_id]), _require_patient(patient), appointment


def _places(caller: User, memberships: Sequence[Membership]) -> tuple[list[Membership], dict[str, Clinic]]:
    """Where a doctor or lab member serves patients now, the first place they came to first, and these clinics: 1 read.

    Raises Forbidden when it is nowhere.
    """
    active = staff.active_as([caller.role], memberships)
    if caller.role not in _STAFF or not active:
        raise Forbidden(filing.NOT_STAFF)
    found = table.fetch_all(staff.evidence(caller, active))
    places = staff.require_serving(caller, active, found)
    clinics = {one.id: one for one in found[: len(active)] if one}
    return sorted(places, key=lambda place: (place.created_at, place.clinic_id)), clinics


def _place(places: Sequence[Membership], body: NewDocument, appointment: Appointment | None) -> Membership:
    """The place for which a member of staff uploads: the clinic that they name, else that of the appointment if they
    work there, else the first. Raises Invalid when they do not work in the clinic that they name."""
    by_clinic = {place.clinic_id: place for place in places}
    if body.clinic is not None and str(body.clinic) not in by_clinic:
        raise Invalid("clinic", "You are not an active member of this clinic.")
    wanted = str(body.clinic) if body.clinic else appointment.clinic_id if appointment else None
    return by_clinic.get(wanted or "", places[0])


def _require_patient(user: User | None) -> User:
    if user is None or not user.is_active or not patients.is_patient(user):
        raise Invalid("patient_id", "There is no patient with this id.")
    return user


def _check_appointment(body: NewDocument, caller: User, owner: User, appointment: Appointment | None) -> None:
    if body.appointment is None:
        return
    if appointment is None or appointment.patient_id != owner.id:
        raise Invalid("appointment", "There is no such appointment of this patient.")
    if caller.role is Role.DOCTOR and appointment.doctor_user_id != caller.id:
        raise Invalid("appointment", "This is not one of your appointments.")


def _document(body: NewDocument, uploader: filing.Uploader, owner: User, now: datetime) -> Document:
    document_id, caller = ids.new_uuid(), uploader.user
    return Document.key(document_id).item(
        id=document_id,
        owner_id=owner.id,
        uploader_id=caller.id,
        uploaded_by_role=(Role.PATIENT if caller.id == owner.id else caller.role).name.lower(),
        clinic_id=uploader.place.clinic_id if uploader.place else None,
        title=body.title,
        document_type=body.document_type,
        description=body.description,
        appointment_id=body.appointment,
        file_name=safe_name(body.file_name),
        upload_status="pending",
        correlation_id=correlation_id(),
        created_at=now,
        updated_at=now,
    )

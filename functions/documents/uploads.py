"""Who may upload what for whom (docs/contract.md: Documents, Uploads)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare import ids
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Appointment, Document, Membership, User
from quickcare.errors import Forbidden, Invalid, NotFound, Unauthorized
from quickcare.roles import Role

from documents import aftercare, pdf, repository, storage
from documents.form import UploadedFile
from documents.schemas import NewDocument

NOT_A_PDF = "Only PDF files are accepted."
_STAFF = (Role.DOCTOR, Role.LAB_MEMBER)
# Longer than any notice of S3 is late; what is not finished by then disappears.
_UNFINISHED = timedelta(days=1)
_NAME_LENGTH = 150


class Uploaded(NamedTuple):
    document: Document
    owner: User
    uploader: User


def upload(caller_id: str, body: NewDocument, file: UploadedFile | None, now: datetime) -> Uploaded:
    """Announce a document, or keep the one whose file came with the request.

    Raises Invalid for what is no PDF of at most 5 MiB, and for a patient or an appointment that is none;
    Forbidden for everybody but patients and active doctors and lab members.
    """
    _check_announcement(body)
    caller, owner, appointment = _parties(caller_id, body)
    _check_appointment(body, caller, owner, appointment)
    if file and not (file.is_pdf_typed and pdf.is_pdf(file.content)):
        raise Invalid("file", NOT_A_PDF)
    document = _document(body, caller, owner, now)
    if file is None:
        document.ttl = now + _UNFINISHED
        repository.create(document, repository.shelf_of(document))
        return Uploaded(document, owner, caller)
    aftercare.announce(document.id)
    document.upload_status, document.object_key = "available", storage.store(document.id, file.content)
    try:
        repository.create(document, repository.shelf_of(document))
    except Invalid:
        storage.remove(document.object_key)
        raise
    return Uploaded(document, owner, caller)


def check_again(document_id: str, caller_id: str, owner_id: str, now: datetime) -> None:
    """Whether the caller may upload still what was announced before: 1 read.

    Raises NotFound when it was deleted or given up; Forbidden, Invalid and Unauthorized like `upload`.
    """
    document, caller, owner, held = repository.document_and_parties(document_id, caller_id, owner_id)
    if caller is None or not caller.is_active:
        raise Unauthorized
    if document is None or not document.is_there(now):
        raise NotFound
    if caller_id != owner_id:
        _require_staff(caller, held)
        _require_patient(owner)


def safe_name(name: str) -> str:
    """The last part of a path, printable, at most 150 characters, still ending in `.pdf`."""
    base = name.replace("\\", "/").rpartition("/")[2]
    stem = "".join(c for c in base[: -len(".pdf")] if c.isprintable() and c not in '"<>|:*?').strip(" .")
    return f"{stem[: _NAME_LENGTH - len('.pdf')] or 'document'}.pdf"


def _check_announcement(body: NewDocument) -> None:
    if not body.file_name:
        raise Invalid("file", "This field is required.")
    if not body.file_name.lower().endswith(".pdf") or body.file_size == 0:
        raise Invalid("file", NOT_A_PDF)
    if body.file_size > pdf.LARGEST:
        megabytes = body.file_size / 1024 / 1024
        raise Invalid("file", f"File size must not exceed 5 MB. Uploaded file is {megabytes:.1f} MB.")


def _parties(caller_id: str, body: NewDocument) -> tuple[User, User, Appointment | None]:
    """The caller, the patient and the appointment, as far as it exists: 1 read."""
    patient_id = str(body.patient_id) if body.patient_id else None
    caller, held, patient, appointment = repository.parties(caller_id, patient_id, body.appointment)
    if caller is None or not caller.is_active:
        raise Unauthorized
    if caller.role is Role.PATIENT:
        return caller, caller, appointment
    _require_staff(caller, held)
    if patient_id is None:
        raise Invalid("patient_id", "patient_id is required when a doctor or lab member uploads a document.")
    return caller, _require_patient(patient), appointment


def _require_staff(caller: User, held: Sequence[Membership]) -> None:
    """1 more read: of the clinics, of which one must be open."""
    active = staff.active_as([caller.role], held)
    if caller.role not in _STAFF or not active:
        raise Forbidden("You do not have permission to upload documents.")
    staff.require_open(table.fetch_all(staff.clinics(active)))


def _require_patient(user: User | None) -> User:
    if user is None or user.role is not Role.PATIENT or not user.is_active:
        raise Invalid("patient_id", "There is no patient with this id.")
    return user


def _check_appointment(body: NewDocument, caller: User, owner: User, appointment: Appointment | None) -> None:
    if body.appointment is None:
        return
    if appointment is None or appointment.patient_id != owner.id:
        raise Invalid("appointment", "There is no such appointment of this patient.")
    if caller.role is Role.DOCTOR and appointment.doctor_user_id != caller.id:
        raise Invalid("appointment", "This is not one of your appointments.")


def _document(body: NewDocument, caller: User, owner: User, now: datetime) -> Document:
    document_id = ids.new_uuid()
    return Document.key(document_id).item(
        id=document_id,
        owner_id=owner.id,
        uploader_id=caller.id,
        uploaded_by_role=caller.role.name.lower(),
        title=body.title,
        document_type=body.document_type,
        description=body.description,
        appointment_id=body.appointment,
        file_name=safe_name(body.file_name),
        upload_status="pending",
        created_at=now,
        updated_at=now,
    )

"""Who may upload what for whom (docs/contract.md: Documents, Uploads)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from quickcare import ids
from quickcare.accounts import account
from quickcare.clinic import patients, staff
from quickcare.db import table
from quickcare.db.items import Appointment, Document, Membership, User
from quickcare.db.operations import Check, Create, Operation, Refused, is_true
from quickcare.errors import Forbidden, Invalid
from quickcare.roles import Role

from documents import leftovers, pdf, shelf, storage
from documents.lists import DocumentDetails
from documents.opening import existing
from documents.schemas.documents import NewDocument

_STAFF = (Role.DOCTOR, Role.LAB_MEMBER)
# Longer than any notice of S3 is late. An upload that is not finished by then disappears.
_UNFINISHED = timedelta(days=1)
# What is stored of a name, and what may be sent.
_NAME_LENGTH, _SENT_NAME_LENGTH = 150, 1024


def upload(caller_id: str, body: NewDocument, file: bytes | None, now: datetime) -> DocumentDetails:
    """Announce a document, or store it when its file came with the request: 1 read (2 for staff), 1 write.

    Raises Invalid for a file that is no PDF of at most 5 MiB, and for a patient or an appointment that does not exist;
    Forbidden for everybody but patients and active doctors and lab members; Unauthorized, Unavailable.
    """
    _check_announcement(body)
    caller, owner, appointment = _people_and_appointment(caller_id, body)
    _check_appointment(body, caller, owner, appointment)
    if file is not None and not pdf.is_pdf(file):
        raise Invalid("file", pdf.NOT_A_PDF)
    document = _document(body, caller, owner, now)
    if file is None:
        document.ttl = now + _UNFINISHED
        create(document, owner)
        return DocumentDetails(document, owner, caller)
    leftovers.remove_later(document.id)
    document.upload_status, document.object_key = "available", storage.store(document.id, file)
    try:
        create(document, owner)
    except Invalid:
        storage.remove(document.object_key)
        raise
    return DocumentDetails(document, owner, caller)


def create(document: Document, owner: User) -> None:
    """Write a new document and its first shelf entries: 1 write.

    Raises Invalid when the owner, as they were read, has stopped being an active patient meanwhile.
    """
    is_patient = (User.role_id == owner.role_id) & is_true(User.is_active)
    if owner.role is not Role.PATIENT:
        # Staff who work nowhere: no clinic may have taken them on since.
        is_patient &= account.same_staff_version(owner)
    entries = enumerate(shelf.first_entries(document))
    writes: dict[str, Operation] = {f"shelf{number}": Create(entry) for number, entry in entries}
    writes["owner"] = Check(User.key(document.owner_id), is_patient)
    try:
        table.write(document=Create(document), **writes)
    except Refused:
        raise Invalid("patient_id", "There is no patient with this id.") from None


def check_again(document_id: str, caller_id: str, owner_id: str, now: datetime) -> None:
    """Check that the caller may still upload a document that they announced before: 1 read (2 for staff).

    Raises NotFound when it was deleted or never finished; Forbidden, Invalid and Unauthorized like `upload`.
    """
    (document, user, owner), memberships = table.parallel(
        lambda: table.fetch(Document.key(document_id), User.key(caller_id), User.key(owner_id)),
        lambda: staff.memberships(caller_id),
    )
    caller = account.active(user)
    existing(document, now)
    if caller_id != owner_id:
        _require_staff(caller, memberships)
        _require_patient(owner)


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


def _people_and_appointment(caller_id: str, body: NewDocument) -> tuple[User, User, Appointment | None]:
    """The caller, the patient, and the appointment if it exists: 1 read (2 for staff)."""
    patient_id = str(body.patient_id) if body.patient_id else None
    patient_key, appointment_key = User.key(patient_id or caller_id), Appointment.key(body.appointment or 0)
    (user, patient, appointment), memberships = table.parallel(
        lambda: table.fetch(User.key(caller_id), patient_key, appointment_key), lambda: staff.memberships(caller_id)
    )
    caller = account.active(user)
    if caller.role is Role.PATIENT or (patient_id in (None, caller_id) and patients.is_patient(caller, memberships)):
        return caller, caller, appointment
    _require_staff(caller, memberships)
    if patient_id is None:
        raise Invalid("patient_id", "patient_id is required when a doctor or lab member uploads a document.")
    return caller, _require_patient(patient), appointment


def _require_staff(caller: User, memberships: Sequence[Membership]) -> None:
    """Raises Forbidden unless the caller is an active doctor or lab member in an open clinic: 1 read of the clinics."""
    active = staff.active_as([caller.role], memberships)
    if caller.role not in _STAFF or not active:
        raise Forbidden("You do not have permission to upload documents.")
    staff.require_open(table.fetch_all(staff.clinics(active)))


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


def _document(body: NewDocument, caller: User, owner: User, now: datetime) -> Document:
    document_id = ids.new_uuid()
    return Document.key(document_id).item(
        id=document_id,
        owner_id=owner.id,
        uploader_id=caller.id,
        uploaded_by_role=(Role.PATIENT if caller.id == owner.id else caller.role).name.lower(),
        title=body.title,
        document_type=body.document_type,
        description=body.description,
        appointment_id=body.appointment,
        file_name=safe_name(body.file_name),
        upload_status="pending",
        created_at=now,
        updated_at=now,
    )

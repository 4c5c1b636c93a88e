"""What `/api/documents/` takes and answers (docs/contract.md: Document, Consent, AccessLogEntry, Uploads)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field
from quickcare.db.items import AccessLogEntry, Consent, Document, User
from quickcare.roles import Role
from quickcare.settings import settings
from quickcare.web.fields import (
    Body,
    ContactNumber,
    Documented,
    Instant,
    Text,
    Title,
    UrlText,
    UuidText,
    View,
    WholeNumber,
)
from quickcare.web.views import UserView

DocumentType = Literal["prescription", "lab_report", "scan", "discharge_summary", "vaccination", "insurance", "other"]
ConsentStatus = Literal["pending", "granted", "rejected", "revoked", "expired"]
UploaderRole = Literal["patient", "doctor", "lab_member"]


def _instant(value: Any) -> Any:
    """ISO-8601 with date and time; without a zone it is the clinic's local time (docs/contract.md: Values)."""
    try:
        if not isinstance(value, str) or len(value.strip()) < len("YYYY-MM-DDThh:mm"):
            raise ValueError
        at = datetime.fromisoformat(value.strip())
        return (at if at.tzinfo else at.replace(tzinfo=settings().time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("Datetime has wrong format. Use YYYY-MM-DDThh:mm:ssZ.") from None


def _empty_is_none(value: Any) -> Any:
    """Forms send an empty text for what was left out."""
    return None if isinstance(value, str) and not value.strip() else value


FutureInstant = Annotated[
    datetime, BeforeValidator(_instant, json_schema_input_type=Annotated[str, Documented(format="date-time")])
]
"""An instant that the service checks to lie in the future."""

NoneIfEmpty = BeforeValidator(_empty_is_none)
AppointmentId = Annotated[WholeNumber, Field(ge=1, lt=2**53)]


class NewDocument(Body):
    """A document that is announced, or comes with its file in a multipart form."""

    title: Title
    document_type: DocumentType
    file_name: Annotated[str, Field(max_length=1024)]
    file_size: Annotated[WholeNumber, Field(ge=0, lt=2**53)]
    description: Annotated[Text | None, NoneIfEmpty] = None
    appointment: Annotated[AppointmentId | None, NoneIfEmpty] = None
    patient_id: Annotated[UUID | None, NoneIfEmpty] = None


class DocumentView(View):
    id: UuidText
    title: str
    document_type: DocumentType
    file: UrlText | None
    description: str | None
    owner: UserView
    patient_name: str
    uploaded_by: UserView | None
    uploaded_by_role: UploaderRole
    appointment: int | None
    is_deleted: bool
    upload_status: Literal["pending", "available", "rejected"]
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, document: Document, owner: User, uploader: User | None, file: str | None) -> Self:
        """The view of a `Document` item whose file is at the URL `file`."""
        stored = ("id", "title", "document_type", "description", "uploaded_by_role", "is_deleted", "upload_status")
        return cls(
            file=file,
            owner=UserView.of(owner),
            patient_name=owner.name,
            uploaded_by=UserView.of(uploader) if uploader else None,
            appointment=int(document.appointment_id) if document.appointment_id else None,
            created_at=document.created_at,
            updated_at=document.updated_at,
            **{name: getattr(document, name) for name in stored},
        )


class UploadTarget(View):
    """Where to POST the file as a form: all `fields`, then the field `file` last; within `expires_in` seconds."""

    url: UrlText
    fields: dict[str, str]
    expires_in: int


class NewDocumentView(DocumentView):
    """The answer to an upload. `upload` is there while the file has yet to be sent."""

    upload: UploadTarget | None = None


class DocumentMessage(View):
    message: str


class PatientBrief(View):
    id: UuidText
    name: str
    contact: ContactNumber


class PatientDocument(View):
    id: UuidText
    title: str
    document_type: DocumentType
    description: str | None
    uploaded_by_role: UploaderRole
    created_at: Instant
    consent_status: ConsentStatus | None

    @classmethod
    def of(cls, document: Document, consent: Consent | None, now: datetime) -> Self:
        """The view of a `Document` item with the consent asked for, if any."""
        stored = {name: getattr(document, name) for name in cls.model_fields if name != "consent_status"}
        return cls(consent_status=consent.status_at(now) if consent else None, **stored)


class PatientDocuments(View):
    """What a doctor may know of a patient's documents before asking for one. Never a URL."""

    patient: PatientBrief
    total: int
    documents: list[PatientDocument]


class ConsentRequest(Body):
    document: UUID
    purpose: Annotated[Text, Field(max_length=500)] | None = None
    expires_at: FutureInstant | None = None


class ConsentAction(Body):
    action: Literal["granted", "rejected", "revoked"]
    expires_at: FutureInstant | None = None


class ConsentView(View):
    id: UuidText
    document: UuidText
    document_title: str
    doctor: int
    doctor_name: str
    patient: UuidText
    patient_name: str
    status: ConsentStatus
    purpose: str | None
    expires_at: Instant | None
    actioned_at: Instant | None
    created_at: Instant

    @classmethod
    def of(cls, consent: Consent, document: Document, doctor: User | None, patient: User, now: datetime) -> Self:
        """The view of a `Consent` item as it stands now."""
        return cls(
            id=consent.id,
            document=consent.document_id,
            document_title=document.title,
            doctor=int(consent.doctor_id),
            doctor_name=doctor.name if doctor else "",
            patient=patient.id,
            patient_name=patient.name,
            status=consent.status_at(now),
            purpose=consent.purpose,
            expires_at=consent.expires_at,
            actioned_at=consent.actioned_at,
            created_at=consent.created_at,
        )


class AccessLogEntryView(View):
    id: str
    document: UuidText
    document_title: str
    accessed_by_name: str
    accessed_by_role: Annotated[str, Documented(enum=[role.name.lower() for role in Role])]
    ip_address: str | None
    accessed_at: Instant
    outcome: Literal["allowed", "denied"]

    @classmethod
    def of(cls, entry: AccessLogEntry) -> Self:
        """The view of an `AccessLogEntry` item."""
        stored = {name: getattr(entry, name) for name in cls.model_fields if name != "document"}
        return cls(document=entry.document_id, **stored)

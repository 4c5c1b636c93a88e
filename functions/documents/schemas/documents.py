"""What `/api/documents/` itself takes and answers (docs/contract.md: Document, Uploads)."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field
from quickcare.db.items import Consent, Document
from quickcare.documents.views import ConsentStatus, DocumentType, DocumentView, UploaderRole
from quickcare.web.fields import (
    Body,
    ContactNumber,
    Documented,
    Text,
    Title,
    UrlText,
    UuidText,
    View,
    WholeNumber,
    in_our_words,
)
from quickcare.web.times import Instant

GivenType = Annotated[DocumentType, in_our_words(imaging="scan")]
AppointmentId = Annotated[WholeNumber, Field(ge=1, lt=2**53)]


class NewDocument(Body):
    """A document that is announced, or comes with its file in a multipart form."""

    title: Title
    document_type: GivenType
    file_name: Annotated[str, Documented(maxLength=1024)]
    file_size: Annotated[WholeNumber, Field(ge=0, lt=2**53)]
    description: Text | None = None
    appointment: AppointmentId | None = None
    patient_id: UUID | None = None
    clinic: UUID | None = None


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

"""What answers show of documents and consents (docs/contract.md: Document, Consent)."""

from datetime import datetime
from typing import Annotated, Literal, Self

from quickcare.db.items import Consent, Document, User
from quickcare.web.fields import Named, UrlText, UuidText, View
from quickcare.web.times import Instant
from quickcare.web.views import UserView

DocumentType = Annotated[
    Literal["prescription", "lab_report", "scan", "discharge_summary", "vaccination", "insurance", "other"],
    Named("DocumentType"),
]
UploaderRole = Annotated[Literal["patient", "doctor", "lab_member"], Named("UploaderRole")]
UploadStatus = Annotated[Literal["pending", "available", "rejected"], Named("UploadStatus")]
ConsentStatus = Annotated[Literal["pending", "granted", "rejected", "revoked", "expired"], Named("ConsentStatus")]


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
    upload_status: UploadStatus
    rejection_reason: str | None = None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, document: Document, owner: User, uploader: User | None, file: str | None, reader_id: str) -> Self:
        """The view of a `Document` item whose file is at the URL `file`, for this reader. Only its owner sees
        whole accounts, everybody else what `UserView.to_staff` has."""
        as_seen = UserView.of if reader_id == owner.id else UserView.to_staff
        stored = ["id", "title", "document_type", "description", "uploaded_by_role", "is_deleted"]
        stored += ["upload_status", "rejection_reason"]
        return cls(
            file=file,
            owner=as_seen(owner),
            patient_name=owner.name,
            uploaded_by=as_seen(uploader) if uploader else None,
            appointment=int(document.appointment_id) if document.appointment_id else None,
            created_at=document.created_at,
            updated_at=document.updated_at,
            **document.pick(stored),
        )


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

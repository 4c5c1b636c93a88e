"""What `/api/documents/consent/` takes and answers (docs/contract.md: Consent)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field
from quickcare.db.items import Consent, Document, User
from quickcare.settings import settings
from quickcare.web.fields import Body, Documented, Text, UuidText, View, in_our_words
from quickcare.web.times import Instant

ConsentStatus = Literal["pending", "granted", "rejected", "revoked", "expired"]


def _instant(value: Any) -> Any:
    """ISO-8601 with date and time; without a zone it is the clinic's local time (docs/contract.md: Values)."""
    try:
        if not isinstance(value, str) or len(value.strip()) < len("YYYY-MM-DDThh:mm"):
            raise ValueError
        at = datetime.fromisoformat(value.strip())
        return (at if at.tzinfo else at.replace(tzinfo=settings().time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("Datetime has wrong format. Use YYYY-MM-DDThh:mm:ssZ.") from None


FutureInstant = Annotated[
    datetime, BeforeValidator(_instant, json_schema_input_type=Annotated[str, Documented(format="date-time")])
]
"""An instant that the service checks to lie in the future."""


class ConsentRequest(Body):
    document: UUID
    purpose: Annotated[Text, Field(max_length=500)] | None = None
    expires_at: FutureInstant | None = None


class ConsentAction(Body):
    action: Annotated[
        Literal["granted", "rejected", "revoked"], in_our_words(grant="granted", reject="rejected", revoke="revoked")
    ]
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

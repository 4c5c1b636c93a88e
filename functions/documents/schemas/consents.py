"""What `/api/documents/consent/` takes (docs/contract.md: Consent)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field
from quickcare.settings import settings
from quickcare.web.fields import Body, Documented, Named, Text, in_our_words

Answer = Annotated[Literal["granted", "rejected", "revoked"], Named("ConsentAnswer")]


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
    action: Annotated[Answer, in_our_words(grant="granted", reject="rejected", revoke="revoked")]
    expires_at: FutureInstant | None = None

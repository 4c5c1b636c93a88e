"""What the access logs answer (docs/contract.md: AccessLogEntry)."""

from typing import Annotated, Literal, Self

from quickcare.db.items import AccessLogEntry
from quickcare.roles import Role
from quickcare.web.fields import Named, UuidText, View
from quickcare.web.times import Instant


class AccessLogEntryView(View):
    id: str
    document: UuidText | None
    document_title: str
    accessed_by_name: str
    accessed_by_role: Annotated[str, Named("ReaderRole", enum=[role.name.lower() for role in Role])]
    ip_address: str | None
    accessed_at: Instant
    outcome: Annotated[Literal["allowed", "denied", "listed", "found"], Named("ReadingOutcome")]

    @classmethod
    def of(cls, entry: AccessLogEntry) -> Self:
        """The view of an `AccessLogEntry` item."""
        made = ("document", "document_title")
        stored = {name: getattr(entry, name) for name in cls.model_fields if name not in made}
        return cls(document=entry.document_id, document_title=entry.document_title or "", **stored)

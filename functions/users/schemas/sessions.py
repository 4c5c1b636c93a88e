"""What `/api/users/sessions/` answers (docs/contract.md: Session)."""

from typing import Self

from quickcare.db.items import Session
from quickcare.web.fields import View
from quickcare.web.times import Instant


class SessionView(View):
    id: str
    created_at: Instant
    last_seen_at: Instant | None
    ip_address: str | None
    user_agent: str | None
    is_current: bool

    @classmethod
    def of(cls, session: Session, current_id: str) -> Self:
        """The view of a `Session` item, to somebody whose own session is `current_id`."""
        stored = {name: getattr(session, name) for name in cls.model_fields if name != "is_current"}
        return cls(is_current=session.id == current_id, **stored)

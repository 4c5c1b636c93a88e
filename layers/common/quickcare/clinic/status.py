"""The status of an appointment; `functions/appointments/status.py` says how it moves (invariant 8)."""

from enum import StrEnum


class Status(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"

    @property
    def is_live(self) -> bool:
        """Whether an appointment in this status holds its patient's time."""
        return self in (Status.PENDING, Status.CONFIRMED)

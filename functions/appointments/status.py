"""The life of an appointment (invariant 8)."""

from enum import StrEnum
from typing import Any

from quickcare.errors import BadRequest


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


_NEXT = {
    Status.PENDING: (Status.CONFIRMED, Status.CANCELLED),
    Status.CONFIRMED: (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW),
}


class ForbiddenStep(BadRequest):
    """The status cannot move like this; says which moves are left."""

    def __init__(self, now: Status, wanted: Status) -> None:
        super().__init__(f"An appointment that is {now} cannot become {wanted}.")
        self.allowed = [status.value for status in _NEXT.get(now, ())]

    @property
    def body(self) -> dict[str, Any]:
        return {**super().body, "allowed_transitions": self.allowed}


def check_step(now: Status, wanted: Status) -> None:
    """Raises ForbiddenStep unless the status may move from `now` to `wanted`."""
    if wanted not in _NEXT.get(now, ()):
        raise ForbiddenStep(now, wanted)

"""How the status of an appointment moves (invariant 8)."""

from collections.abc import Sequence
from typing import Any

from quickcare.clinic.status import Status
from quickcare.errors import BadRequest

_NEXT = {
    Status.PENDING: (Status.CONFIRMED, Status.CANCELLED),
    Status.CONFIRMED: (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW),
}


class ForbiddenStep(BadRequest):
    """The status cannot move like this; `allowed` are the moves that are left."""

    def __init__(self, now: Status, wanted: Status, allowed: Sequence[Status]) -> None:
        super().__init__(f"An appointment that is {now} cannot become {wanted}.")
        self.allowed = [status.value for status in allowed]

    @property
    def body(self) -> dict[str, Any]:
        return {**super().body, "allowed_transitions": self.allowed}


def check_step(now: Status, wanted: Status, *, can_take_place: bool) -> None:
    """Raises ForbiddenStep unless the status may move from `now` to `wanted`.

    What cannot take place any more (invariant 7) can only be cancelled: its slot may be somebody else's.
    """
    allowed = [status for status in _NEXT.get(now, ()) if can_take_place or status is Status.CANCELLED]
    if wanted not in allowed:
        raise ForbiddenStep(now, wanted, allowed)

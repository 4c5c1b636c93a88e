"""What a clinic's `slots/` take and answer (docs/contract.md: ClinicSlot)."""

from typing import Annotated

from pydantic import Field, model_validator
from quickcare.db.items import ClinicSlot
from quickcare.web.fields import Body, Documented, Named, UuidText, View, WholeNumber
from quickcare.web.times import EndMinute, EndTime, Instant, Minute, TimeOfDay

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def order_problem(start: str, end: str) -> str | None:
    """What is wrong with hours from `start` to `end` (`HH:MM`, midnight is `24:00`); None when nothing is."""
    if start < end:
        return None
    if start == end:
        return "start_time must be before end_time."
    return (
        "start_time must be before end_time. Make two time slots of one over midnight: one until 00:00, and one that "
        "starts at 00:00 on the next day."
    )


class SlotFields(Body):
    slot_duration_minutes: Annotated[WholeNumber, Field(ge=5, le=240)] = 15
    max_appointments: Annotated[WholeNumber, Field(ge=1, le=500)] = 20


class NewSlot(SlotFields):
    day_of_week: Annotated[WholeNumber, Field(ge=0, le=6)]
    start_time: Minute
    end_time: EndMinute

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> "NewSlot":
        if problem := order_problem(self.start_time.isoformat("minutes"), self.end_time):
            raise ValueError(problem)
        return self


class SlotChange(SlotFields):
    """What was not sent stays as it is."""

    day_of_week: Annotated[WholeNumber | None, Field(ge=0, le=6)] = None
    start_time: Minute | None = None
    end_time: EndMinute | None = None
    is_active: bool = True


class SlotView(View):
    id: UuidText
    day_of_week: Annotated[int, Documented(minimum=0, maximum=6)]
    day_name: Annotated[str, Named("DayName", enum=list(_DAYS))]
    start_time: TimeOfDay
    end_time: EndTime
    slot_duration_minutes: int
    max_appointments: int
    is_active: bool
    created_at: Instant

    @classmethod
    def of(cls, slot: ClinicSlot) -> "SlotView":
        """The view of a `ClinicSlot` item."""
        stored = {name: getattr(slot, name) for name in cls.model_fields if name != "day_name"}
        return cls(day_name=_DAYS[int(slot.day_of_week)], **stored)

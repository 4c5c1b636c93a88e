"""What a doctor's `leaves/` take and answer (docs/contract.md: Leave)."""

from datetime import date
from typing import Annotated

from pydantic import Field
from quickcare.web.fields import Body, Text, Uuid, UuidText, View
from quickcare.web.times import CalendarDate, EndMinute, EndTime, Instant, Minute, TimeOfDay

from doctors.schedules import StoredLeave


class NewLeave(Body):
    clinic: Uuid | None = None
    start_date: CalendarDate
    end_date: CalendarDate
    # Of half a day: both, on each of the days.
    start_time: Minute | None = None
    end_time: EndMinute | None = None
    reason: Annotated[Text, Field(max_length=255)] | None = None


class LeaveView(View):
    id: int
    doctor: int
    clinic: UuidText | None
    start_date: date
    end_date: date
    start_time: TimeOfDay | None
    end_time: EndTime | None
    reason: str | None
    created_at: Instant

    @classmethod
    def of(cls, leave: StoredLeave, doctor_id: int) -> "LeaveView":
        """The view of one of a schedule's leaves."""
        part = {"start_time": None, "end_time": None}
        stored = {name: value for name, value in leave.items() if name != "clinic_id"}
        return cls(doctor=doctor_id, clinic=leave["clinic_id"], **{**part, **stored})


class TakenLeave(LeaveView):
    """With the live appointments in it."""

    conflicting_appointments: list[int]

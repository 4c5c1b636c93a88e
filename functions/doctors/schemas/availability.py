"""What a doctor's `availability/` takes and answers (docs/contract.md: Availability)."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field
from quickcare.web.fields import AnyCase, Body, Named, NumberId, Uuid, UuidText, View, WholeNumber
from quickcare.web.times import MIDNIGHT, EndMinute, Minute, MinuteText, TimeText

from doctors.schedules import StoredWindow

Day = Annotated[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], Named("WeekDay")]
Weekday = Annotated[Day, AnyCase]


class WindowFields(Body):
    """A window as it comes in. What a change does not send stays as it is."""

    clinic: Uuid | None = None
    slot_duration_minutes: Annotated[WholeNumber, Field(ge=5, le=240)] = 15
    max_patients: Annotated[WholeNumber, Field(ge=1, le=500)] = 10
    is_active: bool = True


class NewWindow(WindowFields):
    day: Weekday
    start_time: Minute
    end_time: EndMinute


class WindowChange(WindowFields):
    slot_id: NumberId
    day: Weekday = "monday"
    start_time: Minute = time.min
    end_time: EndMinute = "24:00"


class AvailabilityView(View):
    id: int
    doctor: int
    clinic: UuidText | None
    day: Day
    start_time: TimeText
    end_time: TimeText
    slot_duration_minutes: int
    max_patients: int
    is_active: bool

    @classmethod
    def of(cls, window: StoredWindow, doctor_id: int) -> "AvailabilityView":
        """The view of one of a schedule's windows. A page of doctors has hundreds, so no time is read and written."""
        start, end = window["start_time"], "00:00" if window["end_time"] == MIDNIGHT else window["end_time"]
        shown = {
            "doctor": doctor_id,
            "clinic": window["clinic_id"],
            "start_time": f"{start}:00",
            "end_time": f"{end}:00",
        }
        return cls.model_validate(window | shown)


class WrittenAvailability(AvailabilityView):
    """A window as it was just written, and whether a part of it lies outside of the clinic's own opening hours."""

    outside_clinic_hours: bool


class ChangedAvailability(WrittenAvailability):
    """With the live appointments that are no slot any more."""

    conflicting_appointments: list[int]


class Conflicts(View):
    message: str
    conflicting_appointments: list[int]


class DaySlots(View):
    date: date
    available_slots: list[MinuteText]


class NoSlots(DaySlots):
    message: str

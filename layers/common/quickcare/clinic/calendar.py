"""A patient's live appointments in one item (invariant 6): whether they overlap, how many there are, how it changes.

A patient who booked before this item existed has none. Whoever books or changes an appointment of theirs first makes
it from the appointments themselves; every change needs the item, so that nothing can change in between.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from quickcare.clinic import appointments, slots
from quickcare.clinic.appointment_details import length
from quickcare.clinic.status import Status
from quickcare.db import table
from quickcare.db.items import Appointment, AppointmentPointer, PatientCalendar, PatientHour, Schedule
from quickcare.db.operations import Delete, Operation, Put, Refused, Update, unchanged

_CALENDAR = "calendar"


class Entry(NamedTuple):
    """A live appointment in a patient's calendar: date (`YYYY-MM-DD`), start (`HH:MM`), length in minutes."""

    appointment_id: int
    date: str
    time: str
    minutes: int
    doctor_id: int

    @classmethod
    def of(cls, appointment: Appointment, minutes: int) -> "Entry":
        """The entry of an appointment of this length."""
        date, time, doctor_id = appointment.appointment_date, appointment.appointment_time, int(appointment.doctor_id)
        return cls(int(appointment.id), date, time, minutes, doctor_id)

    def overlaps(self, other: "Entry") -> bool:
        """Whether both have a minute in common."""
        return self.date == other.date and slots.overlap(self.time, self.minutes, other.time, other.minutes)

    def has_ended(self, now: datetime) -> bool:
        """Whether the time of the appointment is over, whatever its status says."""
        day = datetime.fromisoformat(self.date).date()
        return slots.starts_at(day, self.time) + timedelta(minutes=self.minutes) <= now


def entries(calendar: PatientCalendar, now: datetime) -> list[Entry]:
    """The live appointments that have not ended: what ended blocks nothing, even when nobody completed it."""
    stored = calendar.live.items()
    found = [
        Entry(int(key), one["date"], one["time"], int(one["minutes"]), int(one["doctor_id"])) for key, one in stored
    ]
    return [entry for entry in found if not entry.has_ended(now)]


def write(patient_id: str, seen: PatientCalendar | None, live: Iterable[Entry]) -> Operation:
    """The operation that makes these the patient's live appointments, if the calendar still is as it was read."""
    stored: dict[str, Any] = {
        str(entry.appointment_id): {
            "date": entry.date,
            "time": entry.time,
            "minutes": entry.minutes,
            "doctor_id": entry.doctor_id,
        }
        for entry in live
    }
    version = int(seen.version) + 1 if seen else 1
    return Put(PatientCalendar.key(patient_id).item(live=stored, version=version), unchanged(seen, "version"))


def without(appointment: Appointment) -> dict[str, Operation]:
    """The operations that take an appointment out of its patient's calendar, for `write_with`.

    With one that was booked before lengths were kept goes the item that claimed its time then; one that got its length
    later (`doctors/schedules.py`) has lost that item with it.
    """
    actions = [PatientCalendar.live[str(int(appointment.id))].remove(), PatientCalendar.version.add(1)]
    writes: dict[str, Operation] = {_CALENDAR: Update(PatientCalendar.key(appointment.patient_id), actions)}
    if appointment.duration_minutes is None:
        when = (appointment.appointment_date, appointment.appointment_time)
        writes["patient_hour"] = Delete(PatientHour.key(appointment.patient_id, *when))
    return writes


def write_with(patient_id: str, now: datetime, **writes: Operation) -> None:
    """`table.write` for operations of `without`. Raises Refused; a patient without a calendar has one by then."""
    try:
        table.write(**writes)
    except Refused as refused:
        if _CALENDAR in refused.names:
            _make(patient_id, now)
        raise


def _make(patient_id: str, now: datetime) -> None:
    """Write the calendar of a patient who has none; nothing when somebody else made it: 3 reads, 1 write."""
    live = from_appointments(appointments.upcoming(patient_id, now), now)
    try:
        table.write(calendar=write(patient_id, None, live))
    except Refused:
        return


def from_appointments(pointers: Sequence[AppointmentPointer], now: datetime) -> list[Entry]:
    """The entries of those appointments that are live and have not ended: 2 reads, none without pointers."""
    if not pointers:
        return []
    # In this order: a schedule that changed before it was read has left its old appointments with a length.
    schedules = table.fetch_all([Schedule.key(int(one.doctor_id)) for one in pointers])
    found = table.fetch_all([Appointment.key(int(one.appointment_id)) for one in pointers])
    pairs = zip(found, schedules, strict=True)
    live = [Entry.of(one, length(one, schedule)) for one, schedule in pairs if one and holds_time(one)]
    return [entry for entry in live if not entry.has_ended(now)]


def holds_time(appointment: Appointment) -> bool:
    """Whether the appointment holds its patient's time: live, and not marked as one that cannot take place."""
    return Status(appointment.status).is_live and appointment.needs_attention is None

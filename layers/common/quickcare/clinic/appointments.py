"""Appointments from a day on: a patient's, and a doctor's live ones.

The second are for those who change a schedule or a membership that appointments depend on.
"""

from datetime import date, datetime
from typing import NamedTuple

from quickcare.clinic import slots
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.items import Appointment, AppointmentPointer, DayLedger


class Live(NamedTuple):
    """A live appointment: its day, its start (`HH:MM`), its length in minutes, its id."""

    day: date
    time: str
    minutes: int
    appointment_id: int


def live(doctor_id: int, clinic_id: str, first: date, last: date | None = None) -> list[Live]:
    """A doctor's live appointments in a clinic from `first` to `last` (both included, None is open): 2 reads.

    After a change of the schedule this is complete, because a booking that was not written by then is refused: it
    checks the schedule's version. The change has written down the lengths of old ones (`doctors/schedules.py`).
    """
    found = [(ledger.date, one) for ledger in ledgers(doctor_id, first, last) for one in slots.booked(ledger, None)]
    appointments = table.fetch_all([Appointment.key(one.appointment_id) for _, one in found]) if found else []
    return [
        Live(day, one.time, one.minutes, one.appointment_id)
        for (day, one), appointment in zip(found, appointments, strict=True)
        if appointment and appointment.clinic_id == clinic_id and Status(appointment.status).is_live
    ]


def ledgers(doctor_id: int, first: date, last: date | None = None) -> list[DayLedger]:
    """A doctor's ledgers from `first` to `last` (both included, None is open), by day: 1 read."""
    if last and last < first:
        return []  # DynamoDB refuses a range that ends before it begins.
    until = keys.day(last.isoformat()) if last else keys.day("~")
    within = DayLedger.sk.between(keys.day(first.isoformat()), until)
    return table.query(DayLedger, keys.doctor(doctor_id), within)


def upcoming(patient_id: str, now: datetime, limit: int | None = None) -> list[AppointmentPointer]:
    """The pointers to the appointments of a patient from today on, of any status, the earliest first: 1 read."""
    prefix, today = keys.APPOINTMENT_PREFIX, slots.today(now).isoformat()
    within = AppointmentPointer.sk.between(f"{prefix}{today}", f"{prefix}~")
    return table.query(AppointmentPointer, keys.user(patient_id), within, limit=limit)

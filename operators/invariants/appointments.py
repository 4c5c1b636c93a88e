"""Appointments with their ledgers, calendars and counters (invariants 5, 6, 8 and 9).

Whether a window holds no more than `max_patients`, and whether an appointment lay in an offered slot, the table does
not show: hours change afterwards, and what was booked stands.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from quickcare.clinic import slots
from quickcare.clinic.status import Status
from quickcare.db import keys
from quickcare.db.items import (
    Appointment,
    AppointmentPointer,
    DayLedger,
    PatientCalendar,
    PatientClinic,
    PatientHour,
    Schedule,
)

from operators.invariants import finding
from operators.invariants.finding import Finding
from operators.invariants.snapshot import Snapshot

_COUNT_NOT = ("cancelled", "no_show")


def findings(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    for one in seen.all(Appointment):
        if one.status not in set(Status):
            yield finding.of(8, one, f"has the status {one.status}")
            continue
        yield from _in_ledger(seen, one)
        if Status(one.status).is_live and one.needs_attention is None:
            yield from _in_calendar(seen, one, now)
        counter = PatientClinic.key(one.patient_id, one.clinic_id)
        if one.status not in _COUNT_NOT and not seen.has(counter):
            yield finding.of(10, one, finding.missing(counter))
    for ledger in seen.all(DayLedger):
        yield from _of_ledger(seen, ledger)
    for calendar in seen.all(PatientCalendar):
        yield from _of_calendar(seen, calendar)
    for hour in seen.all(PatientHour):
        held = seen.get(Appointment.key(int(hour.appointment_id)))
        if held is not None and not (_holds_time(held) and held.duration_minutes is None):
            yield finding.of(6, hour, "holds the time of an appointment that holds none there")
    for counted in seen.all(PatientClinic):
        yield from _of_counter(seen, counted)


def _in_ledger(seen: Snapshot, one: Appointment) -> Iterator[Finding]:
    ledger = seen.get(DayLedger.key(int(one.doctor_id), one.appointment_date))
    number = ledger.taken.get(one.appointment_time) if ledger else None
    if one.status != "cancelled" and one.needs_attention is None:
        if number != one.id:
            yield finding.of(5, one, f"holds a slot that the ledger gives to {number or 'nobody'}")
    elif number == one.id:
        yield finding.of(9, one, "is over, and the ledger still holds its slot")


def _of_ledger(seen: Snapshot, ledger: DayLedger) -> Iterator[Finding]:
    for time, number in ledger.taken.items():
        one = seen.get(Appointment.key(number))
        if one is None:
            yield finding.of(5, ledger, f"holds {time} for appointment {number}, which is missing")
            continue
        if (keys.doctor(int(one.doctor_id)), keys.day(one.appointment_date), one.appointment_time) != (
            ledger.pk,
            ledger.sk,
            time,
        ):
            yield finding.of(5, ledger, f"holds {time} for appointment {number}, which is at another time")
        minutes = ledger.minutes.get(time)
        if minutes and one.duration_minutes is not None and minutes != one.duration_minutes:
            yield finding.of(5, ledger, f"holds {minutes} minutes for appointment {number}, which has another length")
    schedule = seen.get(Schedule.key(int(ledger.pk.partition("#")[2])))
    spans = [(one.time, one.minutes) for one in slots.booked(ledger, schedule)]
    for first, second in _overlapping(spans):
        yield finding.of(5, ledger, f"{first} and {second} overlap")


def _in_calendar(seen: Snapshot, one: Appointment, now: datetime) -> Iterator[Finding]:
    """A live appointment that has not ended. What ended is dropped by the next booking."""
    if one.duration_minutes is None:
        hour = PatientHour.key(one.patient_id, one.appointment_date, one.appointment_time)
        if not seen.has(hour):
            yield finding.of(6, one, finding.missing(hour))
    minutes = timedelta(minutes=int(one.duration_minutes or 1))
    calendar = seen.get(PatientCalendar.key(one.patient_id))
    if calendar is None and one.duration_minutes is None:
        return
    begins = slots.starts_at(date.fromisoformat(one.appointment_date), one.appointment_time)
    if begins + minutes > now and (calendar is None or str(int(one.id)) not in calendar.live):
        yield finding.of(6, one, "is live and not in its patient's calendar")


def _of_calendar(seen: Snapshot, calendar: PatientCalendar) -> Iterator[Finding]:
    days: dict[str, list[tuple[str, int]]] = {}
    for number, entry in calendar.live.items():
        one = seen.get(Appointment.key(int(number)))
        if one is None:
            yield finding.of(6, calendar, f"has appointment {number}, which is missing")
            continue
        if keys.user(one.patient_id) != calendar.pk or not _holds_time(one):
            yield finding.of(9, calendar, f"has appointment {number}, which holds no time of this patient")
        said = (entry["date"], entry["time"], int(entry["doctor_id"]))
        is_there = said == (one.appointment_date, one.appointment_time, one.doctor_id)
        if not is_there or one.duration_minutes not in (None, entry["minutes"]):
            yield finding.of(6, calendar, f"has appointment {number} at another time")
        days.setdefault(entry["date"], []).append((entry["time"], int(entry["minutes"])))
    for day, spans in days.items():
        for first, second in _overlapping(spans):
            yield finding.of(6, calendar, f"{day} {first} and {second} overlap")


def _of_counter(seen: Snapshot, counted: PatientClinic) -> Iterator[Finding]:
    there_are = 0
    for pointer in seen.partition(AppointmentPointer, keys.user(counted.patient_id), keys.APPOINTMENT_PREFIX):
        one = seen.get(Appointment.key(int(pointer.appointment_id))) if pointer.clinic_id == counted.clinic_id else None
        there_are += one is not None and one.status not in _COUNT_NOT
    if int(counted.appointments) != there_are:
        yield finding.of(10, counted, f"counts {counted.appointments} appointments of {there_are}")


def _holds_time(one: Appointment) -> bool:
    return Status(one.status).is_live and one.needs_attention is None


def _overlapping(spans: Iterable[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    for (time, minutes), (other, others_minutes) in pairwise(sorted(spans)):
        if slots.overlap(time, minutes, other, others_minutes):
            yield time, other

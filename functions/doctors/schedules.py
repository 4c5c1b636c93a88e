"""A doctor's schedule, which `weekly_availability` and `leaves` change, and the appointments that a change meets."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from quickcare import ids
from quickcare.clinic import appointments, slots, staff
from quickcare.db import table
from quickcare.db.items import Appointment, Clinic, DayLedger, PatientHour, Schedule
from quickcare.db.operations import Delete, Keeping, Put, Update, keep_nothing, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import Forbidden, Invalid

StoredWindow = dict[str, Any]
"""One of `Schedule.windows`; `slots.Window` is what the slots are computed from."""
StoredLeave = dict[str, Any]
"""One of `Schedule.leaves`."""
R = TypeVar("R")


@decide_again
def edit(
    doctor_id: int,
    clinic_id: str,
    change: Callable[[Schedule], R],
    now: datetime,
    keep: Keeping[[]] = keep_nothing,
) -> R:
    """Change a schedule as `change` does, and return what `change` returns: 1 read, 1 write, with which `keep` goes.

    When somebody else changed the schedule in between, `change` is called again with the schedule as it is then.
    Raises Forbidden when the clinic where the doctor works is closed.
    """
    (seen, clinic), ledgers = table.parallel(
        lambda: table.fetch(Schedule.key(doctor_id), Clinic.key(clinic_id)),
        lambda: appointments.ledgers(doctor_id, slots.today(now)),
    )
    staff.require_open([clinic])
    for ledger in ledgers:
        _keep_lengths(doctor_id, ledger, seen)
    schedule = seen or Schedule.key(doctor_id).item()
    same = unchanged(seen, "version")
    result = change(schedule)
    schedule.version = int(schedule.version) + 1
    table.write(schedule=Put(schedule, same), **keep())
    return result


def new_id(others: list[dict[str, Any]], now: datetime) -> int:
    """An id that none of these windows, or leaves, has."""
    taken = {int(other["id"]) for other in others}
    return next(number for number in count(ids.new_int(now)) if number not in taken)


def windows_in(schedule: Schedule | None, clinic_id: str | None) -> list[StoredWindow]:
    """A schedule's windows in one clinic, in the order of the week."""
    windows = [window for window in (schedule.windows if schedule else []) if window["clinic_id"] == clinic_id]
    return sorted(windows, key=lambda window: (slots.DAYS.index(window["day"]), window["start_time"], window["id"]))


def require_workplace(wanted: str, clinic_id: str) -> str:
    """The clinic that a doctor wants for a window or a leave. Raises Invalid unless they work there (`clinic_id`)."""
    if wanted != clinic_id:
        raise Invalid("clinic", "You are not an active member of this clinic.")
    return wanted


def require_same_clinic(clinic_id: str | None, workplace: str) -> None:
    """Raises Forbidden when a window or a leave is in another clinic than the one where the doctor works now."""
    if clinic_id not in (None, workplace):
        raise Forbidden


def _keep_lengths(doctor_id: int, ledger: DayLedger, schedule: Schedule | None) -> None:
    """Write down how long those appointments of a day are that were booked before lengths were kept.

    Until the schedule changes it tells; afterwards nobody could. Without such appointments nothing happens, else
    1 read and a write for the ledger and each of them. Raises Refused when the ledger has changed.
    """
    booked = slots.booked(ledger, schedule)
    unknown = [one for one in booked if one.time not in ledger.minutes]
    if not unknown:
        return
    lengths = {one.time: one.minutes for one in booked}
    for appointment in table.fetch_all([Appointment.key(one.appointment_id) for one in unknown]):
        if appointment is None:
            continue
        if appointment.duration_minutes is None:
            _keep_length(appointment, lengths[appointment.appointment_time])
        else:
            lengths[appointment.appointment_time] = int(appointment.duration_minutes)
    actions = [DayLedger.minutes.set(lengths), DayLedger.version.add(1)]
    key = DayLedger.key(doctor_id, ledger.date.isoformat())
    table.write(ledger=Update(key, actions, unchanged(ledger, "version")))


def _keep_length(appointment: Appointment, minutes: int) -> None:
    """Give an appointment its length, and drop what claimed its patient's time before lengths were kept."""
    length = Appointment.duration_minutes
    table.write(
        appointment=Update(Appointment.key(int(appointment.id)), [length.set(minutes)], length.does_not_exist()),
        patient_hour=Delete(
            PatientHour.key(appointment.patient_id, appointment.appointment_date, appointment.appointment_time)
        ),
    )

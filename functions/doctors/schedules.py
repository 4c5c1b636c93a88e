"""A doctor's schedule, which `weekly_availability` and `leaves` change, and the appointments that a change meets."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from quickcare.clinic import appointments, slots
from quickcare.db import table
from quickcare.db.items import Appointment, DayLedger, Schedule
from quickcare.db.operations import Put, Refused, Update, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import Invalid

StoredWindow = dict[str, Any]
"""One of `Schedule.windows`; `slots.Window` is what the slots are computed from."""
StoredLeave = dict[str, Any]
"""One of `Schedule.leaves`."""
R = TypeVar("R")


@decide_again
def edit(doctor_id: int, change: Callable[[Schedule], R], now: datetime) -> R:
    """Change a schedule as `change` does, and return what `change` returns: 2 reads, 1 write.

    When somebody else changed the schedule in between, `change` is called again with the schedule as it is then.
    """
    seen = table.fetch(Schedule.key(doctor_id))
    _keep_lengths(doctor_id, seen, now)
    schedule = seen or Schedule.key(doctor_id).item()
    same = unchanged(seen, "version")
    result = change(schedule)
    schedule.version = int(schedule.version) + 1
    table.write(schedule=Put(schedule, same))
    return result


def windows_in(schedule: Schedule | None, clinic_id: str | None) -> list[StoredWindow]:
    """A schedule's windows in one clinic, in the order of the week."""
    windows = [window for window in (schedule.windows if schedule else []) if window["clinic_id"] == clinic_id]
    return sorted(windows, key=lambda window: (slots.DAYS.index(window["day"]), window["start_time"], window["id"]))


def require_workplace(wanted: str, clinic_id: str) -> str:
    """The clinic that a doctor wants for a window or a leave. Raises Invalid unless they work there (`clinic_id`)."""
    if wanted != clinic_id:
        raise Invalid("clinic", "You are not an active member of this clinic.")
    return wanted


def _keep_lengths(doctor_id: int, schedule: Schedule | None, now: datetime) -> None:
    """Write down how long the appointments from today on are that were booked before lengths were kept.

    Until the schedule changes it tells; afterwards nobody could. 1 read, and a write for each day with such a one.
    """
    for ledger in appointments.ledgers(doctor_id, slots.today(now)):
        known = ledger.lengths
        found = slots.booked(ledger, schedule)
        if all(one.time in known for one in found):
            continue
        for one in found:
            _keep_length(one)
        lengths = {one.time: one.minutes for one in found}
        actions = [DayLedger.minutes.set(lengths), DayLedger.version.add(1)]
        key = DayLedger.key(doctor_id, ledger.date.isoformat())
        table.write(ledger=Update(key, actions, unchanged(ledger, "version")))


def _keep_length(booked: slots.Booked) -> None:
    length = Appointment.duration_minutes
    update = Update(Appointment.key(booked.appointment_id), [length.set(booked.minutes)], length.does_not_exist())
    try:
        table.write(appointment=update)
    except Refused:
        return  # It has one.

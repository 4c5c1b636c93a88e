"""A doctor's schedule, which `weekly_availability` and `leaves` change, and the appointments that a change meets."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from quickcare.clinic import slots
from quickcare.db import keys, table
from quickcare.db.items import DayLedger, Schedule
from quickcare.db.operations import Put, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import Invalid

StoredWindow = dict[str, Any]
"""One of `Schedule.windows`; `slots.Window` is what the slots are computed from."""
StoredLeave = dict[str, Any]
"""One of `Schedule.leaves`."""
R = TypeVar("R")


@decide_again
def edit(doctor_id: int, change: Callable[[Schedule], R]) -> R:
    """Change a schedule as `change` does, and return what `change` returns: 1 read, 1 write.

    When somebody else changed the schedule in between, `change` is called again with the schedule as it is then.
    """
    seen = table.fetch(Schedule.key(doctor_id))
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


def live_appointments(doctor_id: int, first: date, last: date | None = None) -> list[tuple[date, dict[str, int]]]:
    """A doctor's live appointments from `first` to `last` (both included, None is open), day by day: 1 read.

    Each day has the ids of its appointments by time. After a change of the schedule this is complete, because a booking
    that was not written by then is refused: it checks the schedule's version.
    """
    if last and last < first:
        return []  # DynamoDB refuses a range that ends before it begins.
    until = keys.day(last.isoformat()) if last else keys.day("~")
    within = DayLedger.sk.between(keys.day(first.isoformat()), until)
    ledgers = table.query(DayLedger, keys.doctor(doctor_id), within)
    return [(date.fromisoformat(ledger.sk.removeprefix(keys.day(""))), ledger.times) for ledger in ledgers]

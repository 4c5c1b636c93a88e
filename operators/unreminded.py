"""Appointments that were booked before bookings wrote the row of a reminder: found, and given that row.

Requests and the sweep go on meanwhile. A row that is written twice is one row (`quickcare.clinic.reminders`). It is
written only if the appointment is as it was found, and long before it is due, so that it cannot be one that the sweep
has just settled.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from quickcare import clock
from quickcare.clinic import calendar, reminders
from quickcare.clinic.reminders import About
from quickcare.db import table
from quickcare.db.items import Appointment, DueReminder
from quickcare.db.operations import Check, Operation, Refused, unchanged

from operators.invariants.snapshot import Snapshot

_AHEAD = timedelta(minutes=10)
_AT_ONCE = 100


def found(seen: Snapshot, now: datetime) -> Iterator[Appointment]:
    """The appointments that take place, of which their patient is to be reminded and nothing would remind them."""
    reminded = {int(row.appointment_id) for row in seen.all(DueReminder) if row.about != About.MISSED}
    for one in seen.all(Appointment):
        if int(one.id) not in reminded and calendar.holds_time(one) and _row(one, "", now):
            yield one


def write(appointments: Sequence[Appointment], link_base: str) -> int:
    """Write the row of the next reminder of each. Returns how many were written; the others have changed meanwhile."""
    written = 0
    for start in range(0, len(appointments), _AT_ONCE):
        now, some = clock.now(), appointments[start : start + _AT_ONCE]
        written += sum(table.gather([partial(_write, one, link_base, now) for one in some]))
    return written


def _write(one: Appointment, link_base: str, now: datetime) -> bool:
    row = _row(one, link_base, now)
    if not row:
        return False
    is_as_found = Check(Appointment.key(int(one.id)), unchanged(one, "status", "needs_attention"))
    try:
        table.write(appointment=is_as_found, **row)
    except Refused:
        return False
    return True


def _row(one: Appointment, link_base: str, now: datetime) -> dict[str, Operation]:
    """The operation that writes the row; nothing for one that was booked too late to be reminded of, or begins soon."""
    if not reminders.of_booking(one, link_base, one.created_at):
        return {}
    return reminders.following(one, link_base, now + _AHEAD)

"""When a patient is reminded of an appointment, and the rows by which the sweep finds whom (invariant 14).

A booking writes the row of the first reminder in its transaction, and the sweep that of the next one in the transaction
that ends a row. Its key is the minute, the appointment and the kind: one that is written twice is one row. A row of an
appointment that was cancelled or has moved on says nothing: the sweep reads what is so.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from quickcare.clinic import slots
from quickcare.db.items import Appointment, DueReminder
from quickcare.db.operations import Operation, Put
from quickcare.settings import settings

QUIET_FROM, QUIET_UNTIL = time(21), time(8)  # local times between which nobody is told anything
TEXTS = frozenset({"appointment_reminder", "missed_visit"})  # of what is told so
_EVENING = time(18)
_SOON = timedelta(hours=3)
_LEAST_NOTICE = timedelta(hours=4)  # who books later than this before the time needs no reminder
# Before the time, or before the next one; what the quiet hours or an outage make later than this is left out.
_STILL_OF_USE = timedelta(hours=1)
_KEPT = timedelta(days=7)


class About(StrEnum):
    """Of what somebody is told: the evening before, three hours before, and after a visit that they missed."""

    EVENING = "evening"
    SOON = "soon"
    MISSED = "missed"


class Due(NamedTuple):
    """What is due when."""

    about: About
    at: datetime


def of_booking(appointment: Appointment, link_base: str, now: datetime) -> dict[str, Operation]:
    """The part of a booking's transaction that makes sure of the first reminder; nothing within four hours."""
    if starts_at(appointment) - now < _LEAST_NOTICE:
        return {}
    return following(appointment, link_base, now)


def following(appointment: Appointment, link_base: str, now: datetime) -> dict[str, Operation]:
    """The operation that writes the row of the next reminder after this instant; nothing when there is none."""
    due = next((one for one in _reminders(appointment) if one.at > now), None)
    return _written(due, appointment, link_base) if due else {}


def comes_soon(appointment: Appointment, now: datetime) -> bool:
    """Whether another reminder is due within the hour."""
    return any(now < one.at < now + _STILL_OF_USE for one in _reminders(appointment))


def of_missed(appointment: Appointment, link_base: str, now: datetime) -> dict[str, Operation]:
    """The part of the transaction that marks a visit as missed: the offer to book again, at a decent hour."""
    return _written(Due(About.MISSED, decent(now)), appointment, link_base)


def starts_at(appointment: Appointment) -> datetime:
    """The instant at which an appointment begins."""
    return slots.starts_at(date.fromisoformat(appointment.appointment_date), appointment.appointment_time)


def is_quiet(instant: datetime) -> bool:
    """Whether people sleep at this instant."""
    local = instant.astimezone(settings().time_zone).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def decent(instant: datetime) -> datetime:
    """The instant, or the end of the quiet hours in which it lies."""
    if not is_quiet(instant):
        return instant
    local = instant.astimezone(settings().time_zone)
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return slots.starts_at(day, f"{QUIET_UNTIL:%H:%M}")


def _reminders(appointment: Appointment) -> list[Due]:
    """When the patient is reminded, the earliest first."""
    start = starts_at(appointment)
    day_before = date.fromisoformat(appointment.appointment_date) - timedelta(days=1)
    evening = Due(About.EVENING, slots.starts_at(day_before, f"{_EVENING:%H:%M}"))
    soon = Due(About.SOON, decent(start - _SOON))
    is_of_use = soon.at == start - _SOON or start - soon.at >= _STILL_OF_USE
    return [evening, soon] if is_of_use else [evening]


def _written(due: Due, appointment: Appointment, link_base: str) -> dict[str, Operation]:
    names = ("patient_id", "doctor_id", "doctor_user_id", "clinic_id")
    ids = {name: getattr(appointment, name) for name in names}
    row = DueReminder.key(due.at, int(appointment.id), due.about).item(
        about=due.about.value, appointment_id=appointment.id, link_base=link_base, ttl=due.at + _KEPT, **ids
    )
    return {"reminder": Put(row)}

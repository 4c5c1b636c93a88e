"""The leaves of a doctor (docs/contract.md: Leave, Timetable)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from quickcare import clock
from quickcare.clinic import appointments, slots, staff
from quickcare.db import table
from quickcare.db.items import Clinic, Schedule
from quickcare.db.operations import Keeping, keep_nothing
from quickcare.errors import Conflict, Invalid, NotFound

from doctors import repository, schedules
from doctors.schedules import StoredLeave
from doctors.schemas.leaves import NewLeave

_LONGEST = timedelta(days=365)
# Keeps the schedule far below an item's 400 KB.
_MOST = 200


def of_caller(user_id: str) -> tuple[int, list[StoredLeave]]:
    """The calling doctor's id and leaves, the latest first: 2 reads. Raises Forbidden."""
    doctor_id, clinic_id = repository.working(user_id)
    schedule, clinic = table.fetch(Schedule.key(doctor_id), Clinic.key(clinic_id))
    staff.require_open([clinic])
    found = schedule.leaves if schedule else []
    return doctor_id, sorted(found, key=lambda leave: (leave["start_date"], leave["id"]), reverse=True)


def replay(user_id: str, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a leave that is given again, with the live appointments in it now, none when it was deleted: 4
    reads. Raises Forbidden when the doctor left the clinic it is in.
    """
    doctor_id, clinic_id = repository.working(user_id)
    schedule, clinic = table.fetch(Schedule.key(doctor_id), Clinic.key(clinic_id))
    staff.require_open([clinic])
    schedules.require_same_clinic(body["clinic"], clinic_id)
    kept = [leave for leave in (schedule.leaves if schedule else []) if leave["id"] == body["id"]]
    conflicts = [one for leave in kept for one in _conflicts(doctor_id, clinic_id, leave, clock.now())]
    return {**body, "conflicting_appointments": conflicts}


def take(
    user_id: str, body: NewLeave, now: datetime, keep: Keeping[[int, StoredLeave]] = keep_nothing
) -> tuple[int, StoredLeave, list[int]]:
    """Take a leave; the doctor's id, the leave, and the live appointments in it. They stand.

    Raises Invalid (end before start, one time of two, longer than a year, clinic), Forbidden.
    """
    if body.end_date < body.start_date:
        raise Invalid("end_date", "The end must not be before the start.")
    _check_part(body)
    if body.end_date - body.start_date > _LONGEST:
        raise Invalid("end_date", "A leave may last one year at most.")
    doctor_id, clinic_id = repository.working(user_id)
    leave: StoredLeave = {
        "clinic_id": body.clinic and schedules.require_workplace(body.clinic, clinic_id),
        "start_date": body.start_date.isoformat(),
        "end_date": body.end_date.isoformat(),
        "reason": body.reason or None,
        "created_at": now.isoformat(),
    }
    if body.start_time is not None:
        leave |= {"start_time": body.start_time.isoformat("minutes"), "end_time": body.end_time}

    def insert(schedule: Schedule) -> None:
        if len(schedule.leaves) >= _MOST:
            raise Conflict("At most 200 leaves can be kept. Delete old ones first.")
        leave["id"] = schedules.new_id(schedule.leaves, now)
        schedule.leaves = [*schedule.leaves, leave]

    schedules.edit(doctor_id, clinic_id, insert, now, lambda: keep(doctor_id, leave))
    # Only now, because until the schedule changes a booking may come into the leave.
    return doctor_id, leave, _conflicts(doctor_id, clinic_id, leave, now)


def _conflicts(doctor_id: int, clinic_id: str, leave: StoredLeave, now: datetime) -> list[int]:
    """The ids of the live appointments in a leave from today on: 2 reads."""
    first, last = (date.fromisoformat(leave[name]) for name in ("start_date", "end_date"))
    live = appointments.live(doctor_id, clinic_id, max(first, slots.today(now)), last)
    return [one.appointment_id for one in live if _covers(leave, one)]


def _check_part(body: NewLeave) -> None:
    if (body.start_time is None) != (body.end_time is None):
        missing = "start_time" if body.start_time is None else "end_time"
        raise Invalid(missing, "A leave of half a day needs both start_time and end_time.")
    if body.start_time and body.end_time and body.start_time.isoformat("minutes") >= body.end_time:
        raise Invalid("end_time", "The end must be after the start.")


def _covers(leave: StoredLeave, one: appointments.Live) -> bool:
    """Whether an appointment on a day of the leave lies in it, or in part."""
    if leave.get("start_time") is None:
        return True
    lasts = slots.minute_of(leave["end_time"]) - slots.minute_of(leave["start_time"])
    return slots.overlap(one.time, one.minutes, leave["start_time"], lasts)


def end(user_id: str, leave_id: int, now: datetime) -> None:
    """Delete one of the doctor's own leaves. Raises NotFound, Forbidden."""
    doctor_id, clinic_id = repository.working(user_id)

    def drop(schedule: Schedule) -> None:
        kept = [leave for leave in schedule.leaves if leave["id"] != leave_id]
        if len(kept) == len(schedule.leaves):
            raise NotFound
        schedule.leaves = kept

    schedules.edit(doctor_id, clinic_id, drop, now)

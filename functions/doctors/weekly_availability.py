"""The weekly windows of a doctor (docs/contract.md: Availability, Timetable)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from quickcare.clinic import appointments, slots, staff
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, Schedule
from quickcare.db.operations import Keeping, keep_nothing
from quickcare.errors import Conflict, Forbidden, Invalid, NotFound

from doctors import clinic_hours, repository, schedules
from doctors.schedules import StoredWindow
from doctors.schemas.availability import NewWindow, WindowChange

# Keeps the schedule far below an item's 400 KB.
_MOST = 200
OVER_MIDNIGHT = (
    "The end must be after the start. Make two windows of one over midnight: one until 00:00, and one that starts at "
    "00:00 on the next day."
)


def of_doctor(doctor_id: int, clinic_id: str | None) -> list[StoredWindow]:
    """A doctor's windows where they work, in the order of the week; none for another clinic: 2 reads.

    Raises NotFound for a doctor whom strangers may not see.
    """
    details = repository.public(doctor_id)
    workplace = details.doctor.clinic_id
    return schedules.windows_in(details.schedule, workplace) if clinic_id in (None, workplace) else []


def add(
    user_id: str,
    doctor_id: int,
    body: NewWindow,
    now: datetime,
    keep: Keeping[[StoredWindow, bool]] = keep_nothing,
) -> tuple[StoredWindow, bool]:
    """Add a window. Returns also whether it lies outside of the clinic's own opening hours.

    Raises Invalid (times, clinic), Conflict (overlap), Forbidden, NotFound.
    """
    clinic_id = _require_own(user_id, doctor_id)
    window: StoredWindow = {
        "clinic_id": schedules.require_workplace(body.clinic or clinic_id, clinic_id),
        "day": body.day,
        "start_time": body.start_time.isoformat("minutes"),
        "end_time": body.end_time,
        "slot_duration_minutes": body.slot_duration_minutes,
        "max_patients": body.max_patients,
        "is_active": body.is_active,
    }

    def insert(schedule: Schedule) -> None:
        if len(schedules.windows_in(schedule, clinic_id)) >= _MOST:
            raise Conflict("A timetable holds at most 200 windows. Delete those that are not needed.")
        window["id"] = schedules.new_id(schedule.windows, now)
        schedule.windows = _with(schedule.windows, window)

    outside = clinic_hours.is_outside(window)
    schedules.edit(doctor_id, clinic_id, insert, now, lambda: keep(window, outside))
    return window, outside


def replay(user_id: str, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a window that is given again: 2 reads. Raises Forbidden when the doctor no longer works where it
    is, NotFound."""
    clinic_id = _require_own(user_id, int(path["doctor_id"]))
    staff.require_open([table.fetch(Clinic.key(clinic_id))])
    schedules.require_same_clinic(body["clinic"], clinic_id)
    return body


def change(user_id: str, doctor_id: int, body: WindowChange, now: datetime) -> tuple[StoredWindow, list[int]]:
    """Change one of the doctor's own windows; the window, and the live appointments that are none of its slots now.

    Those appointments stand. Raises what `add` raises.
    """
    clinic_id = _require_own(user_id, doctor_id)
    sent = _as_stored(body)

    def replace(schedule: Schedule) -> tuple[StoredWindow, StoredWindow]:
        before = _find(schedule.windows, body.slot_id)
        after = {**before, **sent}
        after["clinic_id"] = schedules.require_workplace(after["clinic_id"], clinic_id)
        schedule.windows = _with([w for w in schedule.windows if w["id"] != body.slot_id], after)
        return before, after

    before, after = schedules.edit(doctor_id, clinic_id, replace, now)
    return after, _conflicts(doctor_id, before, now)


def delete(user_id: str, doctor_id: int, window_id: int, now: datetime) -> list[int]:
    """Delete one of the doctor's own windows; the live appointments that lay in it. They stand.

    Raises Forbidden, NotFound.
    """
    clinic_id = _require_own(user_id, doctor_id)

    def drop(schedule: Schedule) -> StoredWindow:
        before = _find(schedule.windows, window_id)
        schedule.windows = [window for window in schedule.windows if window["id"] != window_id]
        return before

    return _conflicts(doctor_id, schedules.edit(doctor_id, clinic_id, drop, now), now)


def _require_own(user_id: str, doctor_id: int) -> str:
    """The clinic where the calling doctor works, who must be this doctor: 1 read. Raises NotFound, Forbidden."""
    (own_id, clinic_id), doctor = table.parallel(
        lambda: repository.working(user_id), lambda: table.fetch(Doctor.key(doctor_id))
    )
    if doctor is None:
        raise NotFound
    if own_id != doctor_id:
        raise Forbidden
    return clinic_id


def _as_stored(body: WindowChange) -> StoredWindow:
    sent = body.model_dump(exclude_unset=True, exclude={"slot_id", "clinic"})
    if body.clinic is not None:
        sent["clinic_id"] = body.clinic
    if body.start_time is not None and "start_time" in sent:
        sent["start_time"] = body.start_time.isoformat("minutes")
    return sent


def _find(windows: list[StoredWindow], window_id: int) -> StoredWindow:
    found = next((window for window in windows if window["id"] == window_id), None)
    if found is None:
        raise NotFound
    return dict(found)


def _with(others: list[StoredWindow], window: StoredWindow) -> list[StoredWindow]:
    """The windows with one more. Raises Invalid (times), Conflict (overlaps another in its clinic).

    A window in a clinic that the doctor has left offers no slots, therefore it may overlap.
    """
    _check_times(window)
    for other in others:
        same_day = (other["clinic_id"], other["day"]) == (window["clinic_id"], window["day"])
        if same_day and other["is_active"] and window["is_active"] and _overlap(other, window):
            raise Conflict(
                f"This overlaps with your window from {other['start_time']} to {other['end_time']} on that day."
            )
    return [*others, window]


def _check_times(window: StoredWindow) -> None:
    start, end = window["start_time"], window["end_time"]
    if end < start:
        raise Invalid("end_time", OVER_MIDNIGHT)
    if start == end:
        raise Invalid("end_time", "The end must be after the start.")
    if slots.minute_of(end) - slots.minute_of(start) < window["slot_duration_minutes"]:
        raise Invalid("slot_duration_minutes", "A slot of this length does not fit between start and end.")


def _overlap(one: StoredWindow, other: StoredWindow) -> bool:
    return bool(one["start_time"] < other["end_time"] and other["start_time"] < one["end_time"])


def _conflicts(doctor_id: int, before: StoredWindow, now: datetime) -> list[int]:
    """The ids of the live appointments from today on that lay in the window before its change and are no slot now.

    An appointment is a slot while one begins at its time and is as long as it (invariant 7).
    """
    live = appointments.live(doctor_id, before["clinic_id"], slots.today(now))
    schedule = table.fetch(Schedule.key(doctor_id))
    return [
        one.appointment_id
        for one in live
        if _holds(before, one.day, one.time)
        and not slots.of_day(schedule, before["clinic_id"], one.day).has_slot(one.time, one.minutes)
    ]


def _holds(window: StoredWindow, day: date, time: str) -> bool:
    is_on = window["is_active"] and slots.DAYS[day.weekday()] == window["day"]
    return bool(is_on and window["start_time"] <= time < window["end_time"])

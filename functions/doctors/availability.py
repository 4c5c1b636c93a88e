"""The weekly windows of a doctor (docs/contract.md: Availability, Timetable)."""

from datetime import date, datetime
from typing import Any

from quickcare import ids
from quickcare.clinic import slots
from quickcare.db.items import Schedule
from quickcare.errors import Conflict, Invalid, NotFound

from doctors import repository
from doctors.timetable_schemas import NewWindow, WindowChange

Window = dict[str, Any]
# Keeps the schedule far below an item's 400 KB.
_MOST = 200


def add(user_id: str, doctor_id: int, body: NewWindow, now: datetime) -> Window:
    """Add a window. Raises Invalid (times, clinic), Conflict (overlap), Forbidden, NotFound."""
    clinic_id = repository.require_own(user_id, doctor_id)
    window = {
        "id": ids.new_int(now),
        "clinic_id": workplace(body.clinic, clinic_id),
        "day": body.day,
        "start_time": body.start_time.isoformat("minutes"),
        "end_time": body.end_time.isoformat("minutes"),
        "slot_duration_minutes": body.slot_duration_minutes,
        "max_patients": body.max_patients,
        "is_active": body.is_active,
    }

    def insert(schedule: Schedule) -> None:
        if len(schedule.windows) >= _MOST:
            raise Conflict("A timetable holds at most 200 windows. Delete those that are not needed.")
        schedule.windows = _with(schedule.windows, window)

    repository.edit_schedule(doctor_id, insert)
    return window


def change(user_id: str, doctor_id: int, body: WindowChange, now: datetime) -> tuple[Window, list[int]]:
    """Change one of the doctor's own windows; the live appointments that are left outside stand and are returned.

    Raises what `add` raises.
    """
    clinic_id = repository.require_own(user_id, doctor_id)
    sent = _as_stored(body)

    def replace(schedule: Schedule) -> tuple[Window, Window]:
        before = _find(schedule.windows, body.slot_id)
        after = {**before, **sent}
        after["clinic_id"] = workplace(after["clinic_id"], clinic_id)
        schedule.windows = _with([w for w in schedule.windows if w["id"] != body.slot_id], after)
        return before, after

    before, after = repository.edit_schedule(doctor_id, replace)
    return after, _left_outside(doctor_id, before, after, now)


def delete(user_id: str, doctor_id: int, window_id: int, now: datetime) -> list[int]:
    """Delete one of the doctor's own windows; the live appointments in it stand and are returned."""
    repository.require_own(user_id, doctor_id)

    def drop(schedule: Schedule) -> Window:
        before = _find(schedule.windows, window_id)
        schedule.windows = [window for window in schedule.windows if window["id"] != window_id]
        return before

    return _left_outside(doctor_id, repository.edit_schedule(doctor_id, drop), None, now)


def _as_stored(body: WindowChange) -> Window:
    sent = body.model_dump(exclude_unset=True, exclude={"slot_id", "clinic"})
    if body.clinic is not None:
        sent["clinic_id"] = body.clinic
    for name in {"start_time", "end_time"} & sent.keys():
        sent[name] = sent[name].isoformat("minutes")
    return sent


def workplace(wanted: str | None, clinic_id: str) -> str:
    """The doctor's clinic, which is also what nothing asked for means. Raises Invalid for another one."""
    if wanted is not None and wanted != clinic_id:
        raise Invalid("clinic", "You are not an active member of this clinic.")
    return clinic_id


def _find(windows: list[Window], window_id: int) -> Window:
    found = next((window for window in windows if window["id"] == window_id), None)
    if found is None:
        raise NotFound
    return dict(found)


def _with(others: list[Window], window: Window) -> list[Window]:
    """The windows with one more. Windows of clinics that the doctor has left offer nothing, so they overlap nothing."""
    if window["start_time"] >= window["end_time"]:
        raise Invalid("end_time", "The end must be after the start.")
    for other in others:
        same_day = (other["clinic_id"], other["day"]) == (window["clinic_id"], window["day"])
        if same_day and other["is_active"] and window["is_active"] and _overlap(other, window):
            raise Conflict(
                f"This overlaps with your window from {other['start_time']} to {other['end_time']} on that day."
            )
    return [*others, window]


def _overlap(one: Window, other: Window) -> bool:
    return bool(one["start_time"] < other["end_time"] and other["start_time"] < one["end_time"])


def _left_outside(doctor_id: int, before: Window, after: Window | None, now: datetime) -> list[int]:
    """Live appointments from today on that lay in the window as it was and no longer do."""
    return [
        appointment_id
        for day, times in repository.live_appointments(doctor_id, slots.today(now))
        for time, appointment_id in sorted(times.items())
        if _holds(before, day, time) and not (after and _holds(after, day, time))
    ]


def _holds(window: Window, day: date, time: str) -> bool:
    is_on = window["is_active"] and slots.DAYS[day.weekday()] == window["day"]
    return bool(is_on and window["start_time"] <= time < window["end_time"])

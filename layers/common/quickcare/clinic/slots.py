"""The slots of a doctor's day, computed from the maps of a `Schedule` and the times of a `DayLedger`.

Times are `HH:MM` in the clinics' zone, so that text order is time order; the end of a day is `24:00`.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import dropwhile
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from quickcare.db.items import DayLedger, Schedule
from quickcare.settings import settings

MOST_DAYS_AHEAD = 365
MIDNIGHT = "24:00"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Every minute of a day: a month of slots is computed in under a millisecond.
_TIMES = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60)]
# The length of an appointment of which nobody knows it any more: that of a window which does not say one.
_USUAL_MINUTES = 15


class Booked(NamedTuple):
    """The time of an appointment that was not cancelled: its start (`HH:MM`) and its length in minutes."""

    time: str
    minutes: int
    appointment_id: int

    def overlaps(self, time: str, minutes: int) -> bool:
        """Whether a stretch of time has a minute in common with this one."""
        return overlap(self.time, self.minutes, time, minutes)


class Window(NamedTuple):
    """A part of a working day, from `start` until before `end`, cut into slots of `minutes`."""

    start: str
    end: str
    minutes: int
    max_patients: int

    def slots(self) -> list[str]:
        """Where a slot begins; one that would not end in time is left out (docs/contract.md: Timetable)."""
        first, last = minute_of(self.start), minute_of(self.end) - self.minutes
        return _TIMES[first : last + 1 : self.minutes] if first <= last else []

    def holds(self, time: str) -> bool:
        """Whether a time lies in the window."""
        return self.start <= time < self.end

    def is_full(self, booked: Iterable[Booked]) -> bool:
        """Whether the appointments that begin inside leave no place, whatever grid they were booked on."""
        return sum(self.holds(one.time) for one in booked) >= self.max_patients


class Day(NamedTuple):
    """What a doctor offers in one clinic on one day. `absences` are the parts of it on leave: start and end."""

    date: date
    is_on_leave: bool
    absences: tuple[tuple[str, str], ...]
    windows: tuple[Window, ...]

    def has_slot(self, time: str, minutes: int) -> bool:
        """Whether a slot of this length begins at this time, whether the doctor is on leave or not."""
        return any(window.minutes == minutes and time in window.slots() for window in self.windows)

    def minutes_of_slot(self, time: str) -> int | None:
        """The length of the slot that begins at this time, free or not; None when the doctor offers none."""
        if self.is_on_leave:
            return None
        offered = (window.minutes for window in self.windows if time in window.slots())
        return next((minutes for minutes in offered if self._can_take_place(time, minutes)), None)

    def is_full(self, time: str, booked: Collection[Booked]) -> bool:
        """Whether a window around this time takes nobody any more."""
        return any(window.is_full(booked) for window in self.windows if window.holds(time))

    def free(self, booked: Collection[Booked], now: datetime) -> list[str]:
        """The slots that can be booked, in order."""
        if self.is_on_leave:
            return []
        full = [window for window in self.windows if window.is_full(booked)]
        in_use = self._in_use(booked)
        found = {
            time
            for window in self.windows
            for time in window.slots()
            if not any(one.holds(time) for one in full)
            and 1 not in in_use[minute_of(time) : minute_of(time) + window.minutes]
            and _is_on_the_clock(self.date, time, window.minutes)
        }
        return list(dropwhile(lambda time: is_past(self.date, time, now), sorted(found)))

    def _in_use(self, booked: Iterable[Booked]) -> bytearray:
        """A byte for each minute of the day: 1 when the doctor is on leave or has an appointment then."""
        in_use = bytearray(24 * 60)
        stretches = [(minute_of(start), minute_of(end)) for start, end in self.absences]
        stretches += [(minute_of(one.time), minute_of(one.time) + one.minutes) for one in booked]
        for start, end in stretches:
            in_use[start:end] = b"\1" * (end - start)
        return in_use

    def is_absent(self, time: str, minutes: int) -> bool:
        """Whether the doctor is on leave in a part of this stretch of time."""
        on_leave = (overlap(time, minutes, start, minute_of(end) - minute_of(start)) for start, end in self.absences)
        return self.is_on_leave or any(on_leave)

    def _can_take_place(self, time: str, minutes: int) -> bool:
        return not self.is_absent(time, minutes) and _is_on_the_clock(self.date, time, minutes)


def of_day(schedule: Schedule | None, clinic_id: str, day: date) -> Day:
    """A day of the doctor in this clinic, by their windows and leaves. A leave without a clinic is for all clinics."""
    windows = [window for window in (schedule.windows if schedule else []) if _applies(window, clinic_id, day)]
    leaves = [leave for leave in (schedule.leaves if schedule else []) if _covers(leave, clinic_id, day)]
    parts = tuple((leave["start_time"], leave["end_time"]) for leave in leaves if leave.get("start_time"))
    return Day(day, len(parts) < len(leaves), parts, tuple(map(_window, windows)))


def booked(ledger: DayLedger | None, schedule: Schedule | None) -> list[Booked]:
    """The appointments in a doctor's ledger of a day, by time.

    One that was written before appointments had a length is as long as the schedule makes it now;
    `doctors/schedules.py` writes that down before the schedule changes.
    """
    if ledger is None:
        return []
    known = ledger.minutes
    return [
        Booked(time, known.get(time) or length_in(schedule, ledger.date, time), appointment_id)
        for time, appointment_id in sorted(ledger.taken.items())
    ]


def length_in(schedule: Schedule | None, day: date, time: str) -> int:
    """How long an appointment takes of which only the start is known: as a slot of the schedule that begins then."""
    weekday = DAYS[day.weekday()]
    windows = [_window(window) for window in (schedule.windows if schedule else []) if window["day"] == weekday]
    windows.sort(key=lambda window: time not in window.slots())
    return next((window.minutes for window in windows if window.holds(time)), _USUAL_MINUTES)


def overlap(time: str, minutes: int, other: str, others_minutes: int) -> bool:
    """Whether two stretches of a day have a minute in common."""
    first, second = minute_of(time), minute_of(other)
    return first < second + others_minutes and second < first + minutes


def is_past(day: date, time: str, now: datetime) -> bool:
    """Whether a slot has begun. What comes twice when the clock is set back is the first of the two."""
    return starts_at(day, time) <= now


def starts_at(day: date, time: str) -> datetime:
    """The instant of a local time, in UTC; `24:00` is the midnight that ends the day."""
    wall, ahead = _wall(day, minute_of(time)), _ahead(day, settings().time_zone)
    return _instant(wall) if ahead is None else (wall - ahead).replace(tzinfo=UTC)


def is_too_far(day: date, now: datetime) -> bool:
    """Whether a day is too far in the future to be booked."""
    return day > today(now) + timedelta(days=MOST_DAYS_AHEAD)


def today(now: datetime) -> date:
    """Today's date in the clinics' time zone."""
    return now.astimezone(settings().time_zone).date()


def minute_of(time: str) -> int:
    """The minutes from midnight to a time."""
    return int(time[:2]) * 60 + int(time[3:])


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, time.min) + timedelta(minutes=minute)


def _is_on_the_clock(day: date, time: str, minutes: int) -> bool:
    """Whether the clock shows every minute of a slot: in spring it skips an hour."""
    if _ahead(day, settings().time_zone) is not None:
        return True
    first, last = _wall(day, minute_of(time)), _wall(day, minute_of(time) + minutes - 1)
    # A gap in the middle makes the slot shorter; the hour that comes twice only makes it longer.
    return _exists(first) and _exists(last) and _instant(last) - _instant(first) >= last - first


@lru_cache(maxsize=512)
def _ahead(day: date, zone: ZoneInfo) -> timedelta | None:
    """How far the clock is ahead of UTC from midnight to midnight; None on a day when it is set forward or back."""
    ahead = {zone.utcoffset(_wall(day, hour * 60)) for hour in range(25)}
    return ahead.pop() if len(ahead) == 1 else None


def _instant(wall: datetime) -> datetime:
    """When the clock shows this, in UTC; for what it shows twice, the first time."""
    return wall.replace(tzinfo=settings().time_zone).astimezone(UTC)


def _exists(wall: datetime) -> bool:
    return _instant(wall).astimezone(settings().time_zone).replace(tzinfo=None) == wall


def _window(stored: dict[str, Any]) -> Window:
    return Window(
        stored["start_time"], stored["end_time"], int(stored["slot_duration_minutes"]), int(stored["max_patients"])
    )


def _applies(window: dict[str, Any], clinic_id: str, day: date) -> bool:
    return bool(window["is_active"]) and window["clinic_id"] == clinic_id and window["day"] == DAYS[day.weekday()]


def _covers(leave: dict[str, Any], clinic_id: str, day: date) -> bool:
    here = leave.get("clinic_id") in (None, clinic_id)
    return here and str(leave["start_date"]) <= day.isoformat() <= str(leave["end_date"])

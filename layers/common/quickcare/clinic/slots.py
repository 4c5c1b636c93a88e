"""The slots of a doctor's day, computed from the maps of a `Schedule` and the times of a `DayLedger`.

Times are texts `HH:MM` in the clinic's time zone; the order of such texts is the order of time.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from quickcare.db.items import Schedule
from quickcare.settings import settings

MOST_DAYS_AHEAD = 365
# Every minute of a day. With this list, the slots of a month are computed in less than a millisecond.
_TIMES = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60)]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Window(NamedTuple):
    """A part of a working day, from `start` until before `end`, cut into slots of `minutes`."""

    start: str
    end: str
    minutes: int
    max_patients: int

    def slots(self) -> list[str]:
        """The times at which a slot begins. A slot must end before the window does (docs/contract.md: Timetable)."""
        first, last = _minutes(self.start), _minutes(self.end) - self.minutes
        return _TIMES[first : last + 1 : self.minutes] if first <= last else []

    def is_full(self, taken: Collection[str]) -> bool:
        """Whether the window has its most patients. `taken` are the times of live appointments, of any slot length."""
        return sum(self.start <= time < self.end for time in taken) >= self.max_patients


class Day(NamedTuple):
    """A doctor's windows in one clinic on one day."""

    date: date
    is_on_leave: bool
    windows: tuple[Window, ...]

    def offers(self, time: str) -> bool:
        """Whether a slot begins at this time, free or not."""
        return not self.is_on_leave and any(time in window.slots() for window in self.windows)

    def is_full(self, time: str, taken: Collection[str]) -> bool:
        """Whether a window around this time has its most patients."""
        return any(window.is_full(taken) for window in self.windows if window.start <= time < window.end)

    def free(self, taken: Collection[str], now: datetime) -> list[str]:
        """The free slots, in order. `now` is in the clinic's time zone."""
        if self.is_on_leave:
            return []
        earliest = _first_minute(self.date, now)
        full = [window for window in self.windows if window.is_full(taken)]
        offered = {time for window in self.windows if window not in full for time in window.slots()}
        free = sorted(time for time in offered.difference(taken) if time >= earliest)
        return [time for time in free if not any(window.start <= time < window.end for window in full)]


def of_day(schedule: Schedule | None, clinic_id: str, day: date) -> Day:
    """A day of the doctor in this clinic, by their windows and leaves. A leave without a clinic is for all clinics."""
    windows = [window for window in (schedule.windows if schedule else []) if _applies(window, clinic_id, day)]
    leaves = schedule.leaves if schedule else []
    return Day(day, any(_covers(leave, clinic_id, day) for leave in leaves), tuple(map(_window, windows)))


def is_past(day: date, time: str, now: datetime) -> bool:
    """Whether a slot has begun. `now` is in the clinic's time zone."""
    return f"{day.isoformat()}T{time}" <= now.strftime("%Y-%m-%dT%H:%M")


def is_too_far(day: date, now: datetime) -> bool:
    """Whether a day is too far in the future to be booked."""
    return day > today(now) + timedelta(days=MOST_DAYS_AHEAD)


def today(now: datetime) -> date:
    """Today's date in the clinics' time zone."""
    return now.astimezone(settings().time_zone).date()


def _first_minute(day: date, now: datetime) -> str:
    """The first minute of a day that is not past. When the day is past it is `~`, which is after all times."""
    if day != now.date():
        return "00:00" if day > now.date() else "~"
    hour, minute = divmod(now.hour * 60 + now.minute + 1, 60)
    return f"{hour:02d}:{minute:02d}"


def _window(stored: dict[str, object]) -> Window:
    minutes, most = int(str(stored["slot_duration_minutes"])), int(str(stored["max_patients"]))
    return Window(str(stored["start_time"]), str(stored["end_time"]), minutes, most)


def _applies(window: dict[str, object], clinic_id: str, day: date) -> bool:
    return bool(window["is_active"]) and window["clinic_id"] == clinic_id and window["day"] == DAYS[day.weekday()]


def _covers(leave: dict[str, object], clinic_id: str, day: date) -> bool:
    here = leave.get("clinic_id") in (None, clinic_id)
    return here and str(leave["start_date"]) <= day.isoformat() <= str(leave["end_date"])


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])

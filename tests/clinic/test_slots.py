"""The slot engine as a pure function, against a plain minute-by-minute reading of the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quickcare import settings as environment
from quickcare.clinic import slots
from quickcare.clinic.slots import Booked
from quickcare.db.items import DayLedger, Schedule

from tests.thorough import times

CLINIC, ELSEWHERE = "clinic", "elsewhere"
WEEK = [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# Each with a year in which its clock does what it does: never; twice by an hour; by half an hour; a date left out.
YEARS = {
    "Asia/Kolkata": 2026,
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "Australia/Lord_Howe": 2026,
    "America/Sao_Paulo": 2018,  # at midnight
    "Pacific/Apia": 2011,  # and the 30 December did not exist
}
CHANGES = {"Asia/Kolkata": 0, "Pacific/Apia": 3}
GRIDS = (15, 50, 180)

quarters = st.integers(0, 24 * 4).map(lambda quarter: quarter * 15)
lengths = st.sampled_from([5, 10, 15, 45, 60, 240])


@cache
def clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def window(start: str, end: str, minutes: int, **fields: Any) -> dict[str, Any]:
    return {
        "clinic_id": CLINIC,
        "day": "monday",
        "start_time": start,
        "end_time": end,
        "slot_duration_minutes": minutes,
        "max_patients": 99,
        "is_active": True,
        **fields,
    }


def leave(start: date, end: date, **fields: Any) -> dict[str, Any]:
    return {"clinic_id": None, "start_date": start.isoformat(), "end_date": end.isoformat(), **fields}


@st.composite
def windows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Windows that do not overlap on their day and clinic, as the API lets them be."""
    made = []
    for day in draw(st.lists(st.sampled_from(slots.DAYS[:2]), max_size=2, unique=True)):
        cuts = sorted(draw(st.lists(quarters, max_size=6, unique=True)))
        for start, end in list(pairwise(cuts))[::2]:
            clinic_id = draw(st.sampled_from([CLINIC, CLINIC, ELSEWHERE]))
            most, is_active = draw(st.integers(1, 4)), draw(st.sampled_from([True, True, False]))
            fields = {"day": day, "clinic_id": clinic_id, "max_patients": most, "is_active": is_active}
            made.append(window(clock_time(start), clock_time(end), draw(lengths), **fields))
    return made


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    start, length = draw(st.sampled_from(WEEK)), draw(st.integers(0, 2))
    made = leave(start, start + timedelta(days=length), clinic_id=draw(st.sampled_from([None, CLINIC, ELSEWHERE])))
    if draw(st.booleans()):
        begins, ends = sorted(draw(st.lists(quarters, min_size=2, max_size=2, unique=True)))
        made |= {"start_time": clock_time(begins), "end_time": clock_time(ends)}
    return made


@st.composite
def appointments(draw: st.DrawFn) -> list[Booked]:
    """What is booked on a day, on whatever grids: nothing overlaps."""
    cuts = sorted(draw(st.lists(quarters, max_size=8, unique=True)))
    return [Booked(clock_time(a), min(b - a, draw(lengths)), a) for a, b in pairwise(cuts)]


@settings(max_examples=times(150, 1000))
@given(
    made=windows(),
    away=st.lists(leaves(), max_size=2),
    booked=appointments(),
    day=st.sampled_from(WEEK[:2]),
    hours_later=st.integers(-30, 60),
)
def test_exactly_what_the_rules_leave(
    made: list[dict[str, Any]], away: list[dict[str, Any]], booked: list[Booked], day: date, hours_later: int
) -> None:
    schedule = Schedule.key(1).item(windows=made, leaves=away)
    now = datetime(2026, 3, 1, 18, 37, tzinfo=UTC) + timedelta(hours=hours_later)  # 00:07 on Monday in Kolkata
    offered = slots.of_day(schedule, CLINIC, day)

    free = offered.free(booked, now)

    wanted = by_the_minute(made, away, booked, day, now, ZoneInfo("Asia/Kolkata"))
    assert free == sorted(wanted)
    assert bookable(offered, booked, now) == wanted


def bookable(offered: slots.Day, booked: list[Booked], now: datetime) -> dict[str, int]:
    """What booking accepts of every fifth minute and a few others, with its length.

    It is asked as `appointments.booking_rules` asks; all windows here begin at a fifth minute and so do their slots.
    """
    accepted = {}
    for time in map(clock_time, [*range(0, 24 * 60, 5), 7, 547, 1439]):
        minutes = offered.minutes_of_slot(time)
        if minutes is None or slots.is_past(offered.date, time, now) or offered.is_full(time, booked):
            continue
        if not any(one.overlaps(time, minutes) for one in booked):
            accepted[time] = minutes
    return accepted


def by_the_minute(
    made: list[dict[str, Any]],
    away: list[dict[str, Any]],
    booked: list[Booked],
    day: date,
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, int]:
    """Every minute of the day, asked one by one whether a patient can come then, and for how long."""
    this_minute = now.timestamp() / 60
    here = [w for w in made if w["is_active"] and w["clinic_id"] == CLINIC and w["day"] == slots.DAYS[day.weekday()]]
    gone = {minute for one in away if is_on(one, day) for minute in minutes_of(one)}
    busy = {minute for one in booked for minute in range(number(one.time), number(one.time) + one.minutes)}
    shown = clock(day, zone)
    free = {}
    for one in here:
        first, end, length = number(one["start_time"]), number(one["end_time"]), one["slot_duration_minutes"]
        if sum(first <= number(other.time) < end for other in booked) >= one["max_patients"]:
            continue
        for minute in range(first, end - length + 1, length):
            stretch = range(minute, minute + length)
            takes_place = shown.keys() >= set(stretch) and gone.isdisjoint(stretch) and busy.isdisjoint(stretch)
            if takes_place and shown[minute] > this_minute:
                free[clock_time(minute)] = length
    return free


@lru_cache
def clock(day: date, zone: ZoneInfo) -> dict[int, int]:
    """Every minute that a clock on the wall shows on a day, and the instant when it does first: minutes since 1970."""
    shown: dict[int, int] = {}
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) // 60
    # Clocks change at a quarter of an hour, and no quarter ends on another day. No zone is farther off than 15 hours.
    for quarter in range(noon - 27 * 60, noon + 27 * 60, 15):
        wall = datetime.fromtimestamp(quarter * 60, zone)
        if wall.day == day.day:
            first = wall.hour * 60 + wall.minute
            for n in range(15):
                shown.setdefault(first + n, quarter + n)
    return shown


def is_on(leave: dict[str, Any], day: date) -> bool:
    return bool(leave["clinic_id"] != ELSEWHERE and leave["start_date"] <= str(day) <= leave["end_date"])


def minutes_of(leave: dict[str, Any]) -> range:
    return range(number(leave.get("start_time", "00:00")), number(leave.get("end_time", "24:00")))


def number(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def test_without_a_schedule_there_is_nothing() -> None:
    assert slots.of_day(None, CLINIC, WEEK[0]).free((), LONG_AGO) == []


def test_a_day_ends_at_midnight() -> None:
    schedule = Schedule.key(1).item(windows=[window("23:00", "24:00", 20)], leaves=[])
    assert slots.of_day(schedule, CLINIC, WEEK[0]).free((), LONG_AGO) == ["23:00", "23:20", "23:40"]


@pytest.mark.parametrize(
    ("part", "free"),
    [
        ({"start_time": "09:00", "end_time": "10:00"}, ["10:00", "10:30"]),
        ({"start_time": "09:45", "end_time": "10:15"}, ["09:00", "10:30"]),
        ({"start_time": "10:30", "end_time": "24:00"}, ["09:00", "09:30", "10:00"]),
        ({"start_time": "11:00", "end_time": "12:00"}, ["09:00", "09:30", "10:00", "10:30"]),
        ({}, []),
    ],
)
def test_a_leave_for_a_part_of_the_day_takes_the_slots_that_overlap(part: dict[str, str], free: list[str]) -> None:
    away = leave(WEEK[0], WEEK[6], **part)
    schedule = Schedule.key(1).item(windows=[window("09:00", "11:00", 30)], leaves=[away])
    assert slots.of_day(schedule, CLINIC, WEEK[0]).free((), LONG_AGO) == free


def test_an_old_appointment_is_as_long_as_the_schedule_makes_it() -> None:
    made = [window("09:00", "11:00", 60), window("11:00", "13:00", 20, is_active=False)]
    schedule = Schedule.key(1).item(windows=made, leaves=[])
    taken = {"10:00": 1, "10:20": 2, "11:20": 3, "18:00": 4}
    ledger = DayLedger.key(1, "2026-03-02").item(taken=taken, minutes={"10:20": 5}, version=1)
    found = slots.booked(ledger, schedule)
    assert {one.time: one.minutes for one in found} == {"10:00": 60, "10:20": 5, "11:20": 20, "18:00": 15}


# Clock changes


@contextmanager
def clinics_in(zone: str) -> Iterator[ZoneInfo]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIME_ZONE", zone)
        environment.settings.cache_clear()
        yield ZoneInfo(zone)
    environment.settings.cache_clear()


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "gone", "offered"),
    [
        # 02:00 becomes 03:00 in spring; in autumn 03:00 becomes 02:00, and that hour is sold once.
        ("Europe/Berlin", date(2026, 3, 29), 30, ["02:00", "02:30"], ["01:30", "03:00"]),
        ("Europe/Berlin", date(2026, 3, 29), 60, ["02:00"], ["01:00", "03:00"]),
        ("Europe/Berlin", date(2026, 3, 29), 120, ["02:00"], ["00:00", "04:00"]),
        ("Europe/Berlin", date(2026, 3, 29), 240, ["00:00"], ["04:00", "20:00"]),
        ("Europe/Berlin", date(2026, 10, 25), 30, [], ["02:00", "02:30", "03:00"]),
        ("America/New_York", date(2026, 3, 8), 45, ["01:30", "02:15"], ["00:45", "03:00"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), 15, ["02:00", "02:15"], ["01:45", "02:30"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), 60, ["02:00"], ["01:00", "03:00"]),
        ("America/Sao_Paulo", date(2018, 11, 4), 60, ["00:00"], ["01:00", "23:00"]),
        ("Asia/Kolkata", date(2026, 3, 29), 60, [], ["02:00"]),
    ],
)
def test_an_hour_that_does_not_exist_is_not_offered(
    zone: str, day: date, minutes: int, gone: list[str], offered: list[str]
) -> None:
    made = [window("00:00", "24:00", minutes, day=slots.DAYS[day.weekday()])]
    with clinics_in(zone):
        found = slots.of_day(Schedule.key(1).item(windows=made, leaves=[]), CLINIC, day)
        free = found.free((), LONG_AGO)
        assert set(offered) <= set(free)
        assert not set(gone) & set(free)
        assert [found.minutes_of_slot(time) for time in gone] == [None] * len(gone)
        assert len(free) == len(set(free)) == 24 * 60 // minutes - len(gone)


def test_a_date_that_does_not_exist_has_no_slots() -> None:
    made = [window("00:00", "24:00", 60, day=day) for day in slots.DAYS]
    with clinics_in("Pacific/Apia"):
        schedule = Schedule.key(1).item(windows=made, leaves=[])
        free = [len(slots.of_day(schedule, CLINIC, date(2011, 12, day)).free((), LONG_AGO)) for day in (29, 30, 31)]
    assert free == [24, 0, 24]


def test_the_hour_that_comes_twice_is_past_when_it_has_begun_first() -> None:
    day, once = date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in summer time
    with clinics_in("Europe/Berlin"):
        assert not slots.is_past(day, "02:30", once - timedelta(minutes=1))
        assert slots.is_past(day, "02:30", once)
        assert not slots.is_past(day, "03:00", once + timedelta(minutes=89))
        assert slots.is_past(day, "03:00", once + timedelta(minutes=90))


@pytest.mark.parametrize("zone", YEARS)
def test_over_a_year_exactly_what_exists_is_offered_and_bookable(zone: str) -> None:
    """Every day of the year, on one of three grids in turn; the days around a change of the clock on each of them."""
    with clinics_in(zone) as hours:
        year = [date(YEARS[zone], 1, 1) + timedelta(days=n) for n in range(365)]
        changes = [day for day in year if _hours(day, hours) != 24]
        assert len(changes) == CHANGES.get(zone, 2)
        near = {day + timedelta(days=n) for day in changes for n in (-1, 0, 1)}
        for number, day in enumerate(year):
            for minutes in GRIDS if day in near else GRIDS[number % 3 :][:1]:
                _compare(day, minutes, hours)


def _hours(day: date, zone: ZoneInfo) -> float:
    """How long a day is."""
    noons = [datetime(d.year, d.month, d.day, 12, tzinfo=zone) for d in (day - timedelta(days=1), day)]
    first, last = (noon.astimezone(UTC) for noon in noons)
    return (last - first) / timedelta(hours=1)


def _compare(day: date, minutes: int, zone: ZoneInfo) -> None:
    made = [window("00:10", "24:00", minutes, day=slots.DAYS[day.weekday()])]
    booked = [Booked("02:40", 25, 1), Booked("13:00", 60, 2)]
    now = slots.starts_at(day, "01:05")
    found = slots.of_day(Schedule.key(1).item(windows=made, leaves=[]), CLINIC, day)
    wanted = by_the_minute(made, [], booked, day, now, zone)
    assert found.free(booked, now) == sorted(wanted)
    assert bookable(found, booked, now) == wanted

"""`quickcare.clinic.slots`, compared with a plain check of the rules for every minute of a day."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from quickcare.clinic import slots
from quickcare.db.items import Schedule

CLINIC, ELSEWHERE = "clinic", "elsewhere"
WEEK = [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]

minutes = st.integers(0, 24 * 4 - 1).map(lambda quarter: quarter * 15)


def clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def windows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Windows that do not overlap on the same day in the same clinic, as the API allows them."""
    made = []
    for day in draw(st.lists(st.sampled_from(slots.DAYS[:2]), max_size=2, unique=True)):
        cuts = sorted(draw(st.lists(minutes, max_size=6, unique=True)))
        for start, end in list(pairwise(cuts))[::2]:
            made.append(
                {
                    "clinic_id": draw(st.sampled_from([CLINIC, CLINIC, ELSEWHERE])),
                    "day": day,
                    "start_time": clock_time(start),
                    "end_time": clock_time(end),
                    "slot_duration_minutes": draw(st.sampled_from([5, 10, 15, 45, 240])),
                    "max_patients": draw(st.integers(1, 4)),
                    "is_active": draw(st.sampled_from([True, True, False])),
                }
            )
    return made


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    start, length = draw(st.sampled_from(WEEK)), draw(st.integers(0, 2))
    return {
        "clinic_id": draw(st.sampled_from([None, CLINIC, ELSEWHERE])),
        "start_date": start.isoformat(),
        "end_date": (start + timedelta(days=length)).isoformat(),
    }


@settings(max_examples=1500, deadline=None)
@given(
    made=windows(),
    away=st.lists(leaves(), max_size=1),
    taken=st.sets(minutes.map(clock_time), max_size=12),
    day=st.sampled_from(WEEK),
    hours_later=st.integers(-30, 60),
)
def test_free_slots_are_those_that_a_check_of_every_minute_finds(
    made: list[dict[str, Any]], away: list[dict[str, Any]], taken: set[str], day: date, hours_later: int
) -> None:
    schedule = Schedule.key(1).item(windows=made, leaves=away)
    now = datetime(2026, 3, 2, 0, 7) + timedelta(hours=hours_later)  # noqa: DTZ001 - local time, as the engine takes it

    free = slots.of_day(schedule, CLINIC, day).free(taken, now)

    assert free == sorted(set(free))
    assert set(free) == by_the_minute(made, away, taken, day, now)


def by_the_minute(
    made: list[dict[str, Any]], away: list[dict[str, Any]], taken: set[str], day: date, now: datetime
) -> set[str]:
    """The minutes of the day at which the rules let a patient book, found by checking every minute."""
    if any(leave["clinic_id"] != ELSEWHERE and leave["start_date"] <= str(day) <= leave["end_date"] for leave in away):
        return set()
    here = [w for w in made if w["is_active"] and w["clinic_id"] == CLINIC and w["day"] == slots.DAYS[day.weekday()]]
    return {
        clock_time(minute)
        for minute in range(24 * 60)
        for window in here
        if begins(window, minute)
        and clock_time(minute) not in taken
        and sum(window["start_time"] <= time < window["end_time"] for time in taken) < window["max_patients"]
        and datetime(day.year, day.month, day.day, minute // 60, minute % 60) > now  # noqa: DTZ001 - local time
    }


def begins(window: dict[str, Any], minute: int) -> bool:
    start, end = (int(t[:2]) * 60 + int(t[3:]) for t in (window["start_time"], window["end_time"]))
    length = window["slot_duration_minutes"]
    return start <= minute and (minute - start) % length == 0 and minute + length <= end


@settings(deadline=None)
@given(made=windows(), day=st.sampled_from(WEEK))
def test_free_slots_are_those_that_booking_accepts(made: list[dict[str, Any]], day: date) -> None:
    offered = slots.of_day(Schedule.key(1).item(windows=made, leaves=[]), CLINIC, day)

    free = offered.free((), datetime(2026, 1, 1))  # noqa: DTZ001 - local time, as the engine takes it

    assert all(offered.offers(time) and not offered.is_full(time, ()) for time in free)


def test_without_a_schedule_there_are_no_free_slots() -> None:
    assert slots.of_day(None, CLINIC, WEEK[0]).free((), datetime(2026, 1, 1)) == []  # noqa: DTZ001 - local time

"""What is offered is bookable and nothing else is, through the handlers (invariant 7)."""

from datetime import date, timedelta

import pytest
from quickcare import settings
from quickcare.clinic.booking_rules import CLOSED
from quickcare.db.items import Membership
from quickcare.errors import about_fields

from tests.appointments.moving import Move
from tests.documents.meanwhile import before_the_next_write
from tests.people import People, Person
from tests.practice import MONDAY, TUESDAY, Practice, change_item, leave, window


@pytest.fixture
def berlin(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """The practice in Berlin, open on Sundays from 01:00 to 04:00, half an hour each."""
    monkeypatch.setenv("TIME_ZONE", "Europe/Berlin")
    settings.settings.cache_clear()
    practice.plan({**window("01:00", "04:00", slot_duration_minutes=30), "day": "sunday"})
    return practice


def bookable(practice: Practice, who: Person, day: str, times: list[str]) -> list[str]:
    """Those of the times that can be booked. Each is cancelled again."""
    found = []
    for time in times:
        answer = practice.book(who, appointment_date=day, appointment_time=time)
        assert answer.status in (201, 400), answer
        if answer.status == 201:
            found.append(time)
            practice.cancel(who, answer.json["id"])
    return found


HALF_HOURS = ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]


@pytest.mark.parametrize(
    ("day", "free"),
    [
        ("2026-03-22", HALF_HOURS),
        ("2026-03-29", ["01:00", "01:30", "03:00", "03:30"]),  # 02:00 becomes 03:00
        ("2026-10-25", HALF_HOURS),  # 03:00 becomes 02:00, and that hour is sold once
    ],
)
def test_what_the_clock_skips_is_not_sold_and_what_it_repeats_is_sold_once(
    berlin: Practice, people: People, day: str, free: list[str]
) -> None:
    assert berlin.free(day) == free
    assert bookable(berlin, people.alice, day, HALF_HOURS) == free


def test_an_hour_may_not_begin_before_the_gap_and_end_in_it(berlin: Practice, people: People) -> None:
    berlin.plan({**window("01:30", "06:30", slot_duration_minutes=60), "day": "sunday"})
    times = ["01:30", "02:30", "03:30", "04:30", "05:30"]
    assert berlin.free("2026-03-29") == bookable(berlin, people.alice, "2026-03-29", times) == times[2:]


def test_a_doctor_is_not_booked_before_the_day_they_join(practice: Practice, people: People) -> None:
    change_item(Membership.key(practice.doctor.id, practice.clinic_id), {"joined_at": TUESDAY})
    assert (practice.free(MONDAY), len(practice.free(TUESDAY))) == ([], 8)
    answer = practice.book(people.alice)
    assert (answer.status, answer.json) == (
        400,
        about_fields({"appointment_date": ["The doctor does not work here yet on this date."]}),
    )
    assert practice.book(people.alice, appointment_date=TUESDAY).status == 201


def test_a_membership_that_says_no_day_has_begun(practice: Practice, people: People) -> None:
    change_item(Membership.key(practice.doctor.id, practice.clinic_id), {"joined_at": None})
    assert len(practice.free(MONDAY)) == 8
    assert practice.book(people.alice).status == 201


def test_a_leave_for_half_a_day_takes_only_what_overlaps(practice: Practice, people: People) -> None:
    practice.plan(
        window(slot_duration_minutes=30), leaves=(leave(MONDAY, MONDAY, start_time="09:45", end_time="10:15"),)
    )
    times = ["09:00", "09:30", "10:00", "10:30"]
    assert practice.free() == bookable(practice, people.alice, MONDAY, times) == ["09:00", "10:30"]
    assert practice.book(people.alice, appointment_time="09:30").json == about_fields(
        {"appointment_time": ["The doctor does not offer this time."]}
    )
    assert practice.free(TUESDAY) == times


def test_half_days_of_a_long_leave_are_each_of_its_days(practice: Practice) -> None:
    days = [(date.fromisoformat(MONDAY) + timedelta(days=n)).isoformat() for n in range(3)]
    practice.plan(window(), leaves=(leave(days[0], days[1], start_time="09:00", end_time="10:45"),))
    assert [practice.free(day)[0] for day in days] == ["10:45", "10:45", "09:00"]


def test_nobody_books_with_a_doctor_who_leaves_at_that_moment(practice: Practice, people: People, move: Move) -> None:
    """The doctor leaves after the booking has read, and before it writes."""
    people.alice  # noqa: B018 - she registers before the race
    with before_the_next_write(move.away):
        answer = practice.book(people.alice)
    assert (answer.status, answer.json) == (400, about_fields({"doctor": [CLOSED]}))
    assert move.listed().json == []


def test_who_moves_at_that_moment_is_booked_where_they_are_then(practice: Practice, people: People, move: Move) -> None:
    people.alice  # noqa: B018 - she registers before the race
    with before_the_next_write(move.over):
        answer = practice.book(people.alice)
    assert (answer.status, answer.json["clinic"]["id"]) == (201, move.other_clinic)
    assert move.listed().json == []

"""An appointment keeps its length, on whatever grid the doctor works later (invariant 5)."""

import pytest

from tests.appointments.audit import audit
from tests.people import People, Person
from tests.practice import Practice

TAKEN = {"message": "This time slot is already booked for the doctor."}


@pytest.fixture
def hourly(practice: Practice) -> int:
    """Dora's one window, Monday from 09:00 to 12:00, in slots of an hour."""
    practice.plan()
    return practice.add_window(slot_duration_minutes=60)


def refused(practice: Practice, who: Person, *times: str) -> None:
    for time in times:
        answer = practice.book(who, appointment_time=time)
        assert (answer.status, answer.json) == (409, TAKEN), time


def test_an_appointment_says_how_long_it_is(practice: Practice, hourly: int, people: People) -> None:
    booked = practice.book(people.alice).json
    assert booked["duration_minutes"] == 60
    practice.change_window(hourly, slot_duration_minutes=15)
    shown = practice.api.get(f"/api/appointments/my/{booked['id']}/", people.alice.access).json
    assert shown["duration_minutes"] == 60


def test_a_finer_grid_sells_no_minute_of_it(practice: Practice, hourly: int, people: People) -> None:
    # GIVEN an hour at 09:00, and a window that now has slots of a quarter
    booked = practice.booked(people.alice)
    assert practice.change_window(hourly, slot_duration_minutes=15) == [booked]
    # THEN it is neither offered nor bookable before 10:00
    assert practice.free()[0] == "10:00"
    refused(practice, people.bob, "09:00", "09:15", "09:30", "09:45")
    assert practice.book(people.bob, appointment_time="10:00").status == 201
    assert len(audit()) == 2


def test_a_coarser_grid_sells_no_slot_that_reaches_into_it(practice: Practice, hourly: int, people: People) -> None:
    practice.change_window(hourly, slot_duration_minutes=15)
    booked = practice.booked(people.alice, appointment_time="10:45")
    assert practice.change_window(hourly, slot_duration_minutes=60) == [booked]
    assert practice.free() == ["09:00", "11:00"]
    refused(practice, people.bob, "10:00")
    assert practice.book(people.bob, appointment_time="11:00").status == 201
    audit()


def test_a_moved_start_sells_no_minute_of_it(practice: Practice, hourly: int, people: People) -> None:
    booked = practice.booked(people.alice)
    assert practice.change_window(hourly, start_time="09:30", end_time="12:30") == [booked]
    assert practice.free() == ["10:30", "11:30"]
    refused(practice, people.bob, "09:30")


def test_a_window_made_again_on_another_grid_sells_no_minute_of_it(
    practice: Practice, hourly: int, people: People
) -> None:
    booked = practice.booked(people.alice)
    assert practice.delete_window(hourly) == [booked]
    again = practice.add_window("08:40", slot_duration_minutes=20)
    assert practice.free()[:2] == ["08:40", "10:00"]
    refused(practice, people.bob, "09:00", "09:20", "09:40")
    assert practice.change_window(again, slot_duration_minutes=60) == [booked]


def test_what_still_is_a_slot_of_the_new_grid_is_no_conflict(practice: Practice, hourly: int, people: People) -> None:
    # GIVEN an hour at 09:00 and at 11:00
    first, last = practice.booked(people.alice), practice.booked(people.alice, appointment_time="11:00")
    # THEN only a grid that has both, as long as they are, has no conflict
    assert practice.change_window(hourly, start_time="08:00", end_time="13:00") == []
    assert practice.change_window(hourly, end_time="11:30") == [last]
    assert practice.change_window(hourly, end_time="12:00") == []
    assert practice.change_window(hourly, slot_duration_minutes=30) == [first, last]


def test_what_ended_or_was_cancelled_is_no_conflict(practice: Practice, hourly: int, people: People) -> None:
    practice.cancel(people.alice, practice.booked(people.alice))
    seen = practice.booked(people.alice, appointment_time="10:00")
    practice.move(seen, "confirmed")
    practice.move(seen, "completed")
    assert practice.change_window(hourly, slot_duration_minutes=15) == []


def test_a_cancelled_hour_is_free_on_the_new_grid(practice: Practice, hourly: int, people: People) -> None:
    booked = practice.booked(people.alice)
    practice.change_window(hourly, slot_duration_minutes=15)
    practice.cancel(people.alice, booked)
    assert practice.free()[:3] == ["09:00", "09:15", "09:30"]
    assert practice.book(people.bob).json["duration_minutes"] == 15
    assert practice.free()[0] == "09:15"
    audit()


def test_the_last_slot_of_a_day_ends_at_midnight(practice: Practice, people: People) -> None:
    practice.plan({"start_time": "22:00", "end_time": "24:00", "slot_duration_minutes": 60, "max_patients": 9})
    assert practice.free() == ["22:00", "23:00"]
    assert practice.book(people.alice, appointment_time="23:00").status == 201
    refused(practice, people.bob, "23:00")

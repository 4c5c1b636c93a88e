"""Only cancelling gives a slot and a place in the window back (invariants 5 and 9)."""

import pytest

from tests.appointments.audit import audit
from tests.people import People
from tests.practice import Practice, window

FULL = {"message": "The doctor takes no more appointments in this part of the day."}
ENDINGS = ["completed", "no_show"]


def end(practice: Practice, appointment_id: int, status: str) -> None:
    for step in ("confirmed", status):
        assert practice.move(appointment_id, step).status == 200


@pytest.mark.parametrize("status", ENDINGS)
def test_a_visit_that_ended_keeps_its_place_in_the_window(practice: Practice, people: People, status: str) -> None:
    # GIVEN a window for two, with both gone by 09:35
    practice.plan(window(max_patients=2))
    for who, time in ((people.alice, "09:00"), (people.bob, "09:15")):
        end(practice, practice.booked(who, appointment_time=time), status)
    # THEN nobody else gets in
    answer = practice.book(people.alice, appointment_time="09:45")
    assert (answer.status, answer.json, practice.free()) == (409, FULL, [])
    audit()


@pytest.mark.parametrize("status", ENDINGS)
def test_the_time_of_a_visit_that_ended_early_is_not_sold_again(
    practice: Practice, people: People, status: str
) -> None:
    end(practice, practice.booked(people.alice), status)
    assert practice.book(people.bob).json == {"message": "This time slot is already booked for the doctor."}
    assert practice.free()[0] == "09:15"
    audit()


def test_a_window_that_was_made_smaller_counts_the_visits_that_ended(practice: Practice, people: People) -> None:
    practice.plan()
    made = practice.add_window(max_patients=3)
    end(practice, practice.booked(people.alice), "completed")
    practice.change_window(made, max_patients=1)
    assert practice.book(people.bob, appointment_time="09:15").json == FULL


@pytest.mark.parametrize("status", ENDINGS)
def test_the_patients_own_time_is_free_again(practice: Practice, people: People, status: str) -> None:
    practice.plan(window("09:00", "10:00", slot_duration_minutes=60))
    end(practice, practice.booked(people.alice), status)
    practice.plan(window("09:00", "10:00", slot_duration_minutes=60), window("10:00", "11:00"))
    assert practice.book(people.alice, appointment_time="10:00").status == 201
    audit()


def test_a_cancelled_place_is_free_at_once(practice: Practice, people: People) -> None:
    practice.plan(window(max_patients=1))
    booked = practice.booked(people.alice)
    practice.move(booked, "confirmed")
    practice.move(booked, "cancelled")
    assert practice.book(people.bob, appointment_time="09:15").status == 201
    audit()

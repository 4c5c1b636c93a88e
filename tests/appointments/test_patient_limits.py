"""A patient's live appointments never overlap (invariant 6), and there are not too many of them."""

from datetime import date, timedelta

import pytest
from quickcare import settings
from quickcare.clinic import booking
from quickcare.clinic.appointment_views import BookAppointment

from tests.appointments.audit import audit
from tests.appointments.hospital import hire_doctors
from tests.conftest import FakeClock
from tests.people import People
from tests.practice import MONDAY, TUESDAY, Practice, plan, window

BUSY = {"message": "You already have an appointment at this date and time."}


@pytest.fixture
def second(practice: Practice) -> int:
    """A doctor in another clinic, with slots of half an hour from 08:30 to 11:00."""
    clinic_id, (doctor,) = hire_doctors(1)
    plan(int(doctor.id), clinic_id, (window("08:30", "11:00", slot_duration_minutes=30),))
    return int(doctor.id)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Three live appointments, and two with a doctor on a day."""
    monkeypatch.setenv("MAX_LIVE_APPOINTMENTS", "3")
    monkeypatch.setenv("MAX_APPOINTMENTS_PER_DOCTOR_DAY", "2")
    settings.settings.cache_clear()
    return monkeypatch


def test_two_that_begin_at_different_minutes_may_not_overlap(practice: Practice, people: People, second: int) -> None:
    # GIVEN an hour at 09:00
    practice.plan(window(slot_duration_minutes=60))
    practice.booked(people.alice)
    # THEN half an hour elsewhere is only possible before and after it
    for time in ("09:00", "09:30"):
        answer = practice.book(people.alice, doctor=second, appointment_time=time)
        assert (answer.status, answer.json) == (409, BUSY), time
    for time in ("08:30", "10:00"):
        assert practice.book(people.alice, doctor=second, appointment_time=time).status == 201
    assert practice.book(people.bob, doctor=second, appointment_time="09:30").status == 201
    audit()


def test_a_long_one_may_not_reach_into_a_later_one(practice: Practice, people: People, second: int) -> None:
    practice.plan(window(slot_duration_minutes=60))
    practice.booked(people.alice, doctor=second, appointment_time="09:30")
    assert practice.book(people.alice).json == BUSY
    assert practice.book(people.alice, appointment_date=TUESDAY).status == 201


def test_a_cancelled_one_is_no_hindrance(practice: Practice, people: People, second: int) -> None:
    practice.plan(window(slot_duration_minutes=60))
    practice.cancel(people.alice, practice.booked(people.alice))
    assert practice.book(people.alice, doctor=second, appointment_time="09:30").status == 201
    audit()


def test_nothing_that_ended_blocks_anybody(
    practice: Practice, people: People, limits: pytest.MonkeyPatch, time: FakeClock
) -> None:
    # GIVEN as many as a patient may have, which nobody confirmed or completed
    for day, at in ((MONDAY, "09:00"), (MONDAY, "09:15"), (TUESDAY, "09:00")):
        practice.booked(people.alice, appointment_date=day, appointment_time=at)
    assert practice.book(people.alice, appointment_time="10:45").status == 409
    # WHEN the first two are over: 09:30 in Jaipur on Monday
    time.advance(hours=22)
    # THEN they count for nothing
    again = BookAppointment.model_validate(
        {"doctor": practice.doctor_id, "appointment_date": MONDAY, "appointment_time": "10:45"}
    )
    assert booking.book(people.alice.id, again, "https://qck.in", time.now).appointment.status == "pending"


def test_a_patient_has_so_many_live_appointments_and_no_more(
    practice: Practice, people: People, limits: pytest.MonkeyPatch
) -> None:
    days = [(date.fromisoformat(MONDAY) + timedelta(days=n)).isoformat() for n in range(4)]
    made = [practice.booked(people.alice, appointment_date=day) for day in days[:3]]
    answer = practice.book(people.alice, appointment_date=days[3])
    assert (answer.status, answer.json) == (
        409,
        {"message": "You already have 3 upcoming appointments. Please cancel one first."},
    )
    assert practice.book(people.bob, appointment_date=days[2], appointment_time="10:00").status == 201
    practice.cancel(people.alice, made[0])
    assert practice.book(people.alice, appointment_date=days[3]).status == 201


def test_a_patient_has_so_many_with_a_doctor_on_a_day_and_no_more(
    practice: Practice, people: People, second: int, limits: pytest.MonkeyPatch
) -> None:
    for time in ("09:00", "09:15"):
        practice.booked(people.alice, appointment_time=time)
    answer = practice.book(people.alice, appointment_time="10:00")
    assert (answer.status, answer.json) == (
        409,
        {"message": "You already have 2 appointments with this doctor on this day."},
    )
    assert practice.book(people.bob, appointment_time="10:00").status == 201
    assert practice.book(people.alice, appointment_time="10:00", doctor=second).status == 201


def test_without_a_setting_it_is_four_with_a_doctor_on_a_day_and_twenty_in_all(
    practice: Practice, people: People
) -> None:
    times = ("09:00", "09:15", "09:30", "09:45", "10:00")
    days = [(date.fromisoformat(MONDAY) + timedelta(days=n)).isoformat() for n in range(6)]
    for day in days[:5]:
        answers = [practice.book(people.alice, appointment_date=day, appointment_time=at).status for at in times]
        assert answers == [201, 201, 201, 201, 409]
    assert practice.book(people.alice, appointment_date=days[5]).status == 409


def test_where_address_limits_are_off_there_are_none(
    practice: Practice, people: People, limits: pytest.MonkeyPatch
) -> None:
    limits.setenv("ADDRESS_RATE_LIMITS", "off")
    settings.settings.cache_clear()
    for time in ("09:00", "09:15", "09:30", "09:45"):
        practice.booked(people.alice, appointment_time=time)

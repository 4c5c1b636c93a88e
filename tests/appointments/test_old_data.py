"""Appointments that were booked before lengths were kept stay right (decision 0013)."""

import pytest
from quickcare.clinic import booking
from quickcare.clinic.appointment_views import BookAppointment
from quickcare.db.items import PatientCalendar

from tests import faults
from tests.api import Answer
from tests.appointments.audit import audit
from tests.appointments.before_lengths import go_back
from tests.appointments.hospital import hire_doctors
from tests.conftest import FakeClock
from tests.faults import at_once
from tests.people import People
from tests.practice import TUESDAY, Practice, plan, window

BUSY = {"message": "You already have an appointment at this date and time."}
TAKEN = {"message": "This time slot is already booked for the doctor."}


@pytest.fixture
def hourly(practice: Practice) -> int:
    """Dora's one window, Monday from 09:00 to 12:00, in slots of an hour."""
    practice.plan()
    return practice.add_window(slot_duration_minutes=60)


@pytest.fixture
def old(practice: Practice, hourly: int, people: People) -> int:
    """Alice's hour at 09:00, as it was stored then."""
    booked = practice.booked(people.alice)
    go_back()
    return booked


def elsewhere() -> int:
    """A doctor in another clinic, with slots of half an hour from 08:30 to 11:00."""
    clinic_id, (doctor,) = hire_doctors(1)
    plan(int(doctor.id), clinic_id, (window("08:30", "11:00", slot_duration_minutes=30),))
    return int(doctor.id)


def shown(practice: Practice, people: People, appointment_id: int) -> int:
    return int(
        practice.api.get(f"/api/appointments/my/{appointment_id}/", people.alice.access).json["duration_minutes"]
    )


def kinds(kind: str) -> int:
    return len(faults.items(kind=kind))


def test_lists_say_the_length_that_the_schedule_has(practice: Practice, people: People, old: int) -> None:
    assert shown(practice, people, old) == 60
    for path, who in (("my", people.alice), ("doctor", people.dora)):
        (one,) = practice.api.get(f"/api/appointments/{path}/", who.access).json
        assert one["duration_minutes"] == 60


def test_it_is_booked_around_and_not_over(practice: Practice, people: People, old: int) -> None:
    assert practice.free() == ["10:00", "11:00"]
    assert practice.book(people.bob).json == TAKEN
    assert practice.book(people.bob, appointment_time="10:00").status == 201
    audit(old_data=True)


def test_it_takes_its_patients_time_with_its_length(practice: Practice, people: People, old: int) -> None:
    other = elsewhere()
    assert practice.book(people.alice, doctor=other, appointment_time="09:30").json == BUSY
    assert practice.book(people.alice, doctor=other, appointment_time="10:00").status == 201
    # AND the calendar that this booking made has both
    assert practice.book(people.alice, doctor=other, appointment_time="09:30").json == BUSY
    assert len(audit(old_data=True)) == 2


def test_what_ended_does_not_get_into_the_calendar(
    practice: Practice, people: People, old: int, time: FakeClock
) -> None:
    time.advance(hours=24)  # 11:30 on Monday
    wish = {"doctor": practice.doctor_id, "appointment_date": "2026-03-09", "appointment_time": "09:00"}
    booking.book(people.alice.id, BookAppointment.model_validate(wish), "https://qck.in", time.now)
    (calendar,) = faults.items(kind="PatientCalendar")
    assert [entry["date"] for entry in calendar["live"].values()] == ["2026-03-09"]


def test_a_change_of_the_grid_writes_its_length_down_before(
    practice: Practice, people: People, hourly: int, old: int
) -> None:
    assert practice.change_window(hourly, slot_duration_minutes=15) == [old]
    assert practice.free()[0] == "10:00"
    assert practice.book(people.bob, appointment_time="09:45").json == TAKEN
    assert shown(practice, people, old) == 60
    assert kinds("PatientHour") == 0
    assert practice.book(people.alice, doctor=elsewhere(), appointment_time="09:30").json == BUSY
    audit(old_data=True)


def test_a_booking_in_between_does_not_hide_it_from_that_change(
    practice: Practice, people: People, hourly: int, old: int
) -> None:
    # GIVEN a new appointment in the same ledger
    practice.booked(people.bob, appointment_time="10:00")
    # WHEN the window is deleted, and made again on another grid
    practice.delete_window(hourly)
    practice.add_window(slot_duration_minutes=15)
    # THEN the old one has kept its hour, wherever one looks
    assert shown(practice, people, old) == 60
    assert practice.free()[0] == "11:00"
    assert practice.book(people.alice, doctor=elsewhere(), appointment_time="09:30").json == BUSY
    audit(old_data=True)


def test_a_leave_finds_it_and_keeps_its_length(practice: Practice, people: People, hourly: int, old: int) -> None:
    body = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
    answer = practice.api.post("/api/doctors/me/leaves/", body, practice.doctor.access)
    assert answer.json["conflicting_appointments"] == [old]
    practice.change_window(hourly, slot_duration_minutes=15)
    assert shown(practice, people, old) == 60


@pytest.mark.parametrize("moved", [True, False])
def test_cancelling_frees_slot_and_time(practice: Practice, people: People, hourly: int, old: int, moved: bool) -> None:
    if moved:
        practice.change_window(hourly, slot_duration_minutes=15)
    assert practice.cancel(people.alice, old).status == 200
    assert (kinds("PatientHour"), practice.free()[0]) == (0, "09:00")
    audit(old_data=True)
    assert practice.book(people.alice).status == 201
    audit(old_data=True)


@pytest.mark.parametrize("status", ["completed", "no_show"])
def test_completing_it_frees_only_its_patients_time(practice: Practice, people: People, old: int, status: str) -> None:
    for step in ("confirmed", status):
        assert practice.move(old, step).status == 200
    assert practice.book(people.bob).json == TAKEN
    assert practice.book(people.alice, doctor=elsewhere(), appointment_time="09:30").status == 201
    audit(old_data=True)


def test_a_window_that_is_gone_leaves_it_a_quarter_of_an_hour(practice: Practice, people: People, old: int) -> None:
    # GIVEN a schedule that changed when nothing was written down yet
    practice.plan(window("13:00", "14:00"))
    assert shown(practice, people, old) == 15
    practice.plan(window("08:30", "11:00", slot_duration_minutes=20))
    assert shown(practice, people, old) == 20


@pytest.mark.usefixtures("real_dynamodb")
def test_two_bookings_at_once_of_a_patient_without_a_calendar(practice: Practice, people: People, old: int) -> None:
    others = [elsewhere(), elsewhere()]
    practice.plan(window(slot_duration_minutes=60))

    def book(n: int) -> Answer:
        return practice.book(people.alice, doctor=others[n], appointment_time="10:00")

    answers = [answer.status for answer in at_once(2, book) if isinstance(answer, Answer)]
    assert sorted(answers) == [201, 409]
    assert len(audit(old_data=True)) == 2


@pytest.mark.usefixtures("real_dynamodb")
def test_a_booking_and_a_cancellation_at_once_without_a_calendar(practice: Practice, people: People, old: int) -> None:
    # GIVEN two old appointments of Alice
    for _ in range(5):
        other = practice.booked(people.alice, appointment_time="10:00")
        go_back()
        first = elsewhere()

        def act(n: int, other: int = other, first: int = first) -> Answer:
            if n:
                return practice.cancel(people.alice, other)
            return practice.book(people.alice, doctor=first, appointment_date=TUESDAY, appointment_time="08:30")

        booked, cancelled = at_once(2, act)
        assert isinstance(booked, Answer)
        assert isinstance(cancelled, Answer)
        assert (booked.status, cancelled.status) == (201, 200)
        audit(old_data=True)
        practice.cancel(people.alice, booked.json["id"])


def test_a_calendar_without_anything_takes_the_next(practice: Practice, people: People, old: int) -> None:
    practice.cancel(people.alice, old)
    assert [dict(one.live) for one in PatientCalendar.query(f"USER#{people.alice.id}")] == [{}]
    assert practice.book(people.alice).status == 201

"""GET /api/doctors/<id>/availability/slots/"""

from uuid import uuid4

import pytest
from quickcare import clock
from quickcare.clinic import doctors_list
from quickcare.db.items import Clinic, User

from tests.api import Api
from tests.conftest import FakeClock
from tests.doctors.conftest import MONDAY, SUNDAY, TUESDAY, Ward, set_doctor
from tests.people import People
from tests.practice import change_item


def test_windows_are_cut_into_slots(ward: Ward) -> None:
    ward.add(end_time="09:50")
    ward.add(start_time="14:00", end_time="15:00", slot_duration_minutes=30)

    answer = ward.slots()

    assert answer.json == {"date": MONDAY, "available_slots": ["09:00", "09:15", "09:30", "14:00", "14:30"]}
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_taken_slot_is_gone_and_a_cancelled_one_is_back(ward: Ward, api: Api, people: People) -> None:
    ward.add()
    booked = ward.book(people.alice, "09:15")
    assert ward.slots().json["available_slots"] == ["09:00", "09:30", "09:45"]

    api.patch(f"/api/appointments/my/{booked}/", {"status": "cancelled"}, people.alice.access)

    assert ward.slots().json["available_slots"] == ["09:00", "09:15", "09:30", "09:45"]


def test_a_full_window_offers_nothing(ward: Ward, people: People) -> None:
    ward.add(max_patients=1)
    ward.book(people.alice)

    assert ward.slots().json["available_slots"] == []


def test_slots_of_today_that_are_past_are_gone(ward: Ward, time: FakeClock) -> None:
    # GIVEN Sunday 11:30 in Jaipur
    ward.add(day="sunday", start_time="11:00", end_time="12:00")

    assert ward.slots("2026-03-01").json["available_slots"] == ["11:45"]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (TUESDAY, "Doctor is on leave on this date."),
        (SUNDAY, "Doctor does not work on this date."),
        ("2026-02-28", "This date is in the past."),
        ("2027-03-02", "Appointments can be booked up to 365 days ahead."),
    ],
)
def test_an_empty_day_says_why(ward: Ward, day: str, message: str) -> None:
    ward.add(day="tuesday")
    ward.leave(TUESDAY)

    assert ward.slots(day).json == {"date": day, "available_slots": [], "message": message}


def test_the_last_day_that_can_be_booked_has_slots(ward: Ward) -> None:
    ward.add()

    assert len(ward.slots("2027-03-01").json["available_slots"]) == 4


def test_clinic_id_leaves_only_slots_in_that_clinic(ward: Ward) -> None:
    ward.add()

    assert len(ward.slots(query=f"&clinic_id={ward.clinic_id}").json["available_slots"]) == 4
    assert ward.slots(query=f"&clinic_id={uuid4()}").json["available_slots"] == []


@pytest.mark.parametrize("query", ["", "?date=", "?date=2026-02-30", "?date=tomorrow", f"?date={MONDAY}&clinic_id=7"])
def test_a_bad_value_is_400(ward: Ward, query: str) -> None:
    assert ward.api.get(f"{ward.availability}slots/{query}").status == 400


@pytest.mark.parametrize("change", [{"is_active": False}, {"clinic_id": None}])
def test_a_doctor_who_is_gone_is_404(ward: Ward, change: dict[str, object]) -> None:
    ward.add()
    set_doctor(ward.doctor_id, **change)

    assert ward.slots().status == 404
    assert ward.api.get(f"/api/doctors/1/availability/slots/?date={MONDAY}").status == 404


def test_a_doctor_whose_account_or_clinic_was_closed_is_404(ward: Ward) -> None:
    ward.add()
    for key in (User.key(ward.doctor.id), Clinic.key(ward.clinic_id)):
        change_item(key, {"is_active": False})
        doctors_list.refresh([ward.doctor_id], clock.now())
        assert ward.slots().status == 404

        change_item(key, {"is_active": True})
        doctors_list.refresh([ward.doctor_id], clock.now())
        assert len(ward.slots().json["available_slots"]) == 4

"""POST /api/appointments/my/"""

from typing import Any

import pytest
from quickcare import settings
from quickcare.accounts import limits
from quickcare.db.items import Clinic, User
from quickcare.errors import about_fields
from quickcare.roles import Role

from tests import faults
from tests.api import Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import People, employ
from tests.practice import (
    MONDAY,
    SUNDAY,
    TUESDAY,
    Practice,
    change_item,
    employ_in,
    leave,
    open_clinic,
    plan,
    window,
)

PATH = "/api/appointments/my/"


def test_a_free_slot_is_booked(practice: Practice, people: People) -> None:
    answer = practice.book(people.alice, notes="Chest pain since 2 days")
    assert answer.status == 201
    assert (
        answer.json
        | {
            "appointment_date": MONDAY,
            "appointment_time": "09:00:00",
            "appointment_type": "first_visit",
            "mode": "in_clinic",
            "notes": "Chest pain since 2 days",
            "reason": "Chest pain since 2 days",
            "status": "pending",
            "fee_charged": "500.00",
            "is_paid": False,
            "cancelled_by": None,
            "cancellation_reason": None,
        }
        == answer.json
    )
    assert answer.json["patient"]["id"] == people.alice.id
    assert answer.json["doctor"]["id"] == practice.doctor_id
    assert answer.json["doctor"]["user"] == {"id": people.dora.id, "name": "Dora Iyer"}
    assert answer.json["clinic"]["id"] == practice.clinic_id


def test_the_patient_gets_an_sms(practice: Practice, people: People) -> None:
    practice.booked(people.alice)
    assert sms_to(people.alice.contact)[0] == (
        "QuickCare: Your appointment with Dr. Dora Iyer at City Care on 2 Mar 9:00 AM "
        "is booked and awaits confirmation."
    )


def test_a_follow_up_costs_the_fee_for_it(practice: Practice, people: People) -> None:
    assert practice.book(people.alice, appointment_type="follow_up").json["fee_charged"] == "300.00"


def test_reason_is_another_name_of_notes(practice: Practice, people: People) -> None:
    answer = practice.book(people.alice, reason="Cough")
    assert (answer.json["reason"], answer.json["notes"]) == ("Cough", "Cough")


def test_video_needs_a_doctor_who_offers_it(practice: Practice, people: People) -> None:
    assert practice.book(people.alice, mode="video").json == about_fields(
        {"mode": ["This doctor does not offer video consultations."]}
    )
    practice.set_doctor(offers_video_consultation=True)
    assert practice.book(people.alice, mode="video").json["mode"] == "video"


def test_a_taken_slot_is_a_conflict(practice: Practice, people: People) -> None:
    practice.booked(people.alice)
    for who in (people.alice, people.bob):
        answer = practice.book(who)
        assert (answer.status, answer.json) == (409, {"message": "This time slot is already booked for the doctor."})


def test_a_full_window_is_a_conflict_with_its_own_message(practice: Practice, people: People) -> None:
    practice.plan(window(max_patients=1))
    practice.booked(people.alice)
    answer = practice.book(people.bob, appointment_time="09:15")
    assert (answer.status, answer.json) == (
        409,
        {"message": "The doctor takes no more appointments in this part of the day."},
    )


def test_a_window_counts_only_its_own_appointments(practice: Practice, people: People) -> None:
    practice.plan(window("09:00", "10:00", max_patients=1), window("10:00", "11:00", max_patients=1))
    practice.booked(people.alice)
    assert practice.book(people.bob, appointment_time="10:00").status == 201


def test_a_patient_cannot_be_in_two_places(practice: Practice, people: People, api: Api) -> None:
    practice.booked(people.alice)
    other = employ(api, "Esha Roy", 9876500009, Role.DOCTOR)
    clinic_id = open_clinic(people.charlie.id, "Second")
    doctor_id = employ_in(clinic_id, other.id)
    plan(doctor_id, clinic_id, (window(),))
    answer = practice.book(people.alice, doctor=doctor_id)
    assert (answer.status, answer.json) == (409, {"message": "You already have an appointment at this date and time."})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"appointment_date": "2026-02-30"}, "appointment_date"),
        ({"appointment_date": "2026-02-28"}, "appointment_date"),
        ({"appointment_date": "02/03/2026"}, "appointment_date"),
        ({"appointment_date": "2027-03-02"}, "appointment_date"),
        ({"appointment_date": 20260302}, "appointment_date"),
        ({"appointment_date": None}, "appointment_date"),
        ({"appointment_time": "09:07"}, "appointment_time"),
        ({"appointment_time": "09:00:30"}, "appointment_time"),
        ({"appointment_time": "11:00"}, "appointment_time"),
        ({"appointment_time": "25:00"}, "appointment_time"),
        ({"appointment_time": "9"}, "appointment_time"),
        ({"appointment_date": SUNDAY}, "appointment_time"),
        ({"appointment_type": "third_visit"}, "appointment_type"),
        ({"mode": "telepathy"}, "mode"),
        ({"doctor": 12}, "doctor"),
        ({"doctor": "abc"}, "doctor"),
        ({"doctor": True}, "doctor"),
        ({"notes": "x" * 2001}, "notes"),
        ({"reason": "x" * 2001}, "reason"),
        ({"notes": 5}, "notes"),
    ],
)
def test_bad_input_names_its_field(practice: Practice, people: People, fields: dict[str, Any], field: str) -> None:
    answer = practice.book(people.alice, **fields)
    assert (answer.status, answer.fields) == (400, [field])


def test_an_empty_body_names_the_three_required_fields(api: Api, people: People) -> None:
    answer = api.post(PATH, {}, people.alice.access)
    assert answer.status == 400
    assert set(answer.fields) == {"doctor", "appointment_date", "appointment_time"}


def test_a_time_of_today_that_has_begun_is_past(practice: Practice, people: People) -> None:
    practice.plan({**window("09:00", "13:00"), "day": "sunday"})
    today: dict[str, Any] = {"appointment_date": "2026-03-01"}
    assert practice.book(people.alice, **today, appointment_time="11:30").json == about_fields(
        {"appointment_time": ["The appointment time cannot be in the past."]}
    )
    assert practice.book(people.alice, **today, appointment_time="11:45").status == 201


def test_a_leave_has_no_slots(practice: Practice, people: People) -> None:
    practice.plan(window(), leaves=(leave(MONDAY, MONDAY),))
    assert practice.book(people.alice).json == about_fields({"appointment_date": ["Doctor is on leave on this date."]})
    assert practice.book(people.alice, appointment_date=TUESDAY).status == 201


def test_a_leave_in_another_clinic_does_not_count(practice: Practice, people: People) -> None:
    practice.plan(window(), leaves=(leave(MONDAY, MONDAY, clinic_id="another"),))
    assert practice.book(people.alice).status == 201


def test_an_inactive_window_has_no_slots(practice: Practice, people: People) -> None:
    practice.plan({**window(), "is_active": False})
    assert practice.book(people.alice).json == about_fields(
        {"appointment_time": ["The doctor does not offer this time."]}
    )


@pytest.mark.parametrize("attributes", [{"is_active": False}, {"clinic_id": None}])
def test_a_doctor_who_is_inactive_or_has_no_clinic_is_not_booked(
    practice: Practice, people: People, attributes: dict[str, Any]
) -> None:
    practice.set_doctor(**attributes)
    assert practice.book(people.alice).json == about_fields({"doctor": ["This doctor does not take appointments."]})


def test_a_deactivated_clinic_or_doctor_account_is_not_booked(practice: Practice, people: People) -> None:
    for key in (Clinic.key(practice.clinic_id), User.key(people.dora.id)):
        change_item(key, {"is_active": False})
        assert practice.book(people.alice).json == about_fields({"doctor": ["This doctor does not take appointments."]})
        change_item(key, {"is_active": True})
    assert practice.book(people.alice).status == 201


def test_where_doctors_are_verified_only_those_are_booked(
    practice: Practice, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = people.alice
    monkeypatch.setenv("REQUIRE_VERIFICATION", "true")
    settings.settings.cache_clear()
    assert practice.book(alice).json == about_fields({"doctor": ["This doctor does not take appointments."]})
    practice.set_doctor(is_verified=True)
    assert practice.book(alice).json == about_fields({"doctor": ["This doctor does not take appointments."]})
    change_item(Clinic.key(practice.clinic_id), {"is_verified": True})
    assert practice.book(alice).status == 201


def test_only_patients_book(practice: Practice, people: People) -> None:
    for who in (people.charlie, people.dora, people.lata):
        assert practice.book(who).status == 403


def test_a_deactivated_patient_does_not_book(practice: Practice, people: People) -> None:
    alice = people.alice
    change_item(User.key(alice.id), {"is_active": False})
    assert practice.book(alice).status == 401


def test_without_a_token_nobody_books(api: Api) -> None:
    assert api.post(PATH, {}).status == 401


def test_a_failure_to_publish_leaves_the_booking_and_the_sms(practice: Practice, people: People) -> None:
    alice = people.alice
    with faults.failing("sns", "Publish"):
        assert practice.book(alice).status == 201
    assert [item["to"] for item in faults.items(kind="OutboxSms")] == [f"+91{alice.contact}"]


def test_a_patient_books_so_many_times_a_day_and_no_more(
    practice: Practice, people: People, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a patient who books and cancels, again and again, which sends an SMS each time
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=3))
    for _ in range(3):
        practice.cancel(people.alice, practice.booked(people.alice))
    # THEN it ends for today, for them alone
    answer = practice.book(people.alice)
    assert (answer.status, answer.headers["Retry-After"]) == (429, str(18 * 3600))
    assert practice.book(people.bob).status == 201

"""PATCH /api/appointments/doctor/<id>/"""

import pytest

from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import People, log_in
from tests.practice import Practice, window

ENDINGS = {"cancelled": [], "completed": ["confirmed"], "no_show": ["confirmed"]}


@pytest.mark.parametrize("moves", [["confirmed"], *([*before, status] for status, before in ENDINGS.items())])
def test_the_status_moves_forward(practice: Practice, people: People, moves: list[str]) -> None:
    appointment_id = practice.booked(people.alice)
    for status in moves:
        answer = practice.move(appointment_id, status)
        assert (answer.status, answer.json["status"]) == (200, status)


@pytest.mark.parametrize(
    ("before", "wanted", "allowed"),
    [
        ([], "pending", ["confirmed", "cancelled"]),
        ([], "completed", ["confirmed", "cancelled"]),
        ([], "no_show", ["confirmed", "cancelled"]),
        (["confirmed"], "confirmed", ["completed", "cancelled", "no_show"]),
        (["confirmed"], "pending", ["completed", "cancelled", "no_show"]),
        (["cancelled"], "confirmed", []),
        (["confirmed", "completed"], "cancelled", []),
        (["confirmed", "no_show"], "completed", []),
    ],
)
def test_a_forbidden_step_names_the_allowed_ones(
    practice: Practice, people: People, before: list[str], wanted: str, allowed: list[str]
) -> None:
    appointment_id = practice.booked(people.alice)
    for status in before:
        practice.move(appointment_id, status)
    answer = practice.move(appointment_id, wanted)
    assert (answer.status, answer.json["allowed_transitions"]) == (400, allowed)


def test_a_cancelled_appointment_frees_its_slot_and_its_place(practice: Practice, people: People) -> None:
    practice.plan(window(max_patients=1))
    practice.move(practice.booked(people.alice), "cancelled")
    assert practice.book(people.alice).status == 201


def test_the_patient_gets_an_sms_of_confirmation_and_cancellation(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    sms_to(people.alice.contact)
    practice.move(appointment_id, "confirmed")
    assert sms_to(people.alice.contact) == [
        "QuickCare: Your appointment with Dr. Dora Iyer at City Care on 2 Mar 9:00 AM is confirmed."
    ]
    practice.move(appointment_id, "cancelled")
    assert sms_to(people.alice.contact) == [
        "QuickCare: Your appointment with Dr. Dora Iyer at City Care on 2 Mar 9:00 AM was cancelled by the doctor."
    ]


def test_the_patient_gets_no_sms_of_other_changes(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    practice.move(appointment_id, "confirmed")
    sms_to(people.alice.contact)
    practice.move(appointment_id, "completed")
    practice.change(appointment_id, notes="Rest", is_paid=True)
    assert sms_to(people.alice.contact) == []


def test_a_cancellation_says_by_whom_and_why(practice: Practice, people: People) -> None:
    answer = practice.move(practice.booked(people.alice), "cancelled", cancellation_reason="Emergency")
    assert (answer.json["cancelled_by"], answer.json["cancellation_reason"]) == ("doctor", "Emergency")


def test_the_reason_may_follow_the_cancellation(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    practice.move(appointment_id, "cancelled")
    assert practice.change(appointment_id, cancellation_reason="Power cut").json["cancellation_reason"] == "Power cut"


def test_a_patients_reason_stays(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    practice.cancel(people.alice, appointment_id, cancellation_reason="Better")
    after = practice.change(appointment_id, cancellation_reason="Power cut", notes="Call back").json
    assert (after["cancellation_reason"], after["notes"]) == ("Better", "Call back")


def test_notes_payment_and_fee_are_the_doctors(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice, reason="Cough")
    answer = practice.change(appointment_id, notes="Bronchitis", is_paid=True, fee_charged="450.5")
    shown = {name: answer.json[name] for name in ("notes", "reason", "is_paid", "fee_charged", "status")}
    assert shown == {
        "notes": "Bronchitis",
        "reason": "Cough",
        "is_paid": True,
        "fee_charged": "450.50",
        "status": "pending",
    }


def test_notes_can_be_changed_after_the_appointment(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    practice.move(appointment_id, "confirmed")
    answer = practice.move(appointment_id, "completed", notes="Cured")
    assert (answer.json["status"], answer.json["notes"]) == ("completed", "Cured")
    assert practice.change(appointment_id, notes=None).json["notes"] is None


def test_fields_that_a_doctor_may_not_change_are_ignored(practice: Practice, people: People) -> None:
    before = practice.book(people.alice).json
    after = practice.change(
        before["id"], patient=people.bob.id, appointment_time="10:00", doctor=1, cancelled_by="patient", reason="x"
    ).json
    assert after | {"updated_at": before["updated_at"], "doctor": before["doctor"]} == before
    assert after["doctor"]["id"] == before["doctor"]["id"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"status": None}, "status"),
        ({"notes": "x" * 2001}, "notes"),
        ({"is_paid": "maybe"}, "is_paid"),
        ({"is_paid": None}, "is_paid"),
        ({"fee_charged": -1}, "fee_charged"),
        ({"fee_charged": "1.234"}, "fee_charged"),
        ({"fee_charged": "NaN"}, "fee_charged"),
        ({"fee_charged": True}, "fee_charged"),
        ({"cancellation_reason": "x" * 2001}, "cancellation_reason"),
    ],
)
def test_bad_input_names_its_field(practice: Practice, people: People, fields: dict[str, object], field: str) -> None:
    answer = practice.change(practice.booked(people.alice), **fields)
    assert (answer.status, answer.fields) == (400, [field])


def test_an_unknown_appointment_is_not_found(practice: Practice) -> None:
    assert practice.move(1, "confirmed").status == 404


@pytest.mark.parametrize("fields", [{}, {"status": "confirmed"}, {"notes": "Call back"}])
def test_a_reason_for_cancelling_needs_a_cancelled_appointment(
    practice: Practice, people: People, fields: dict[str, str]
) -> None:
    appointment_id = practice.booked(people.alice)
    answer = practice.change(appointment_id, cancellation_reason="Emergency", **fields)
    assert answer.status == 400
    assert "cancellation_reason" in answer.json
    assert practice.api.get(f"/api/appointments/my/{appointment_id}/", people.alice.access).json["status"] == "pending"


def test_nobody_is_told_that_a_time_which_has_passed_is_confirmed(
    practice: Practice, people: People, time: FakeClock
) -> None:
    appointment_id = practice.booked(people.alice)
    sms_to(people.alice.contact)
    time.advance(hours=23)  # It is Monday, 10:30 in Jaipur; the appointment began at 9.
    tokens = log_in(practice.api, practice.doctor.contact)
    path = f"/api/appointments/doctor/{appointment_id}/"
    answer = practice.api.patch(path, {"status": "confirmed"}, tokens["access"])
    assert (answer.status, answer.json["status"]) == (200, "confirmed")
    assert sms_to(people.alice.contact) == []

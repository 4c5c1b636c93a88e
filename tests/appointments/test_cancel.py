"""PATCH and PUT /api/appointments/my/<id>/"""

import pytest
from quickcare.db.items import Appointment

from tests.api import Api
from tests.bench import sms_to, sms_to_all
from tests.people import People
from tests.practice import Practice, change_item, window


def test_a_patient_cancels(practice: Practice, people: People) -> None:
    answer = practice.cancel(people.alice, practice.booked(people.alice), cancellation_reason="Feeling better")
    assert answer.status == 200
    shown = {name: answer.json[name] for name in ("status", "cancelled_by", "cancellation_reason")}
    assert shown == {"status": "cancelled", "cancelled_by": "patient", "cancellation_reason": "Feeling better"}


def test_put_cancels_too(practice: Practice, people: People, api: Api) -> None:
    path = f"/api/appointments/my/{practice.booked(people.alice)}/"
    assert api.put(path, {"status": "cancelled"}, people.alice.access).json["status"] == "cancelled"


def test_slot_hour_and_window_are_free_at_once(practice: Practice, people: People) -> None:
    practice.plan(window(max_patients=1))
    practice.cancel(people.alice, practice.booked(people.alice))
    assert practice.book(people.bob, appointment_time="09:15").status == 201
    practice.plan(window(max_patients=2))
    assert practice.book(people.alice).status == 201


def test_doctor_and_desk_hear_of_it_once(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    assert [practice.cancel(people.alice, appointment_id).status for _ in range(2)] == [200, 400]
    told = sms_to_all()
    assert [text for to, text in told if to == people.dora.contact] == [
        "QuickCare: The appointment of Alice Rao at City Care on 2 Mar 9:00 AM was cancelled by the patient."
    ]
    assert [text for to, text in told if to == people.charlie.contact] == [
        "QuickCare: Alice Rao has cancelled with Dr. Dora Iyer at City Care: 2 Mar 9:00 AM is free again."
    ]


def test_the_desk_of_an_appointment_from_before_owners_were_kept_is_not_told(
    practice: Practice, people: People
) -> None:
    appointment_id = practice.booked(people.alice)
    change_item(Appointment.key(appointment_id), {"clinic_owner_id": None})
    assert practice.cancel(people.alice, appointment_id).status == 200
    assert [to for to, text in sms_to_all() if "has cancelled" in text] == []


def test_a_patient_who_cancels_gets_no_sms(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    sms_to(people.alice.contact)
    practice.cancel(people.alice, appointment_id)
    assert sms_to(people.alice.contact) == []


def test_a_confirmed_appointment_can_be_cancelled(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    practice.move(appointment_id, "confirmed")
    assert practice.cancel(people.alice, appointment_id).status == 200


@pytest.mark.parametrize("moves", [["cancelled"], ["confirmed", "completed"], ["confirmed", "no_show"]])
def test_an_appointment_that_is_not_live_cannot_be_cancelled(
    practice: Practice, people: People, moves: list[str]
) -> None:
    appointment_id = practice.booked(people.alice)
    for status in moves:
        assert practice.move(appointment_id, status).status == 200
    answer = practice.cancel(people.alice, appointment_id)
    assert (answer.status, "message" in answer.json) == (400, True)


@pytest.mark.parametrize("status", ["pending", "confirmed", "completed", "no_show"])
def test_a_patient_may_set_no_other_status(practice: Practice, people: People, status: str) -> None:
    assert practice.cancel(people.alice, practice.booked(people.alice), status=status).status == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": "lost"}, "status"),
        ({"status": None}, "status"),
        ({"status": "cancelled", "cancellation_reason": "x" * 2001}, "cancellation_reason"),
    ],
)
def test_bad_input_names_its_field(
    practice: Practice, people: People, api: Api, body: dict[str, object], field: str
) -> None:
    answer = api.patch(f"/api/appointments/my/{practice.booked(people.alice)}/", body, people.alice.access)
    assert (answer.status, answer.fields) == (400, [field])


def test_somebody_elses_appointment_is_not_found(practice: Practice, people: People) -> None:
    appointment_id = practice.booked(people.alice)
    assert practice.cancel(people.bob, appointment_id).status == 404
    assert practice.cancel(people.dora, appointment_id).status == 403
    assert practice.cancel(people.alice, 1).status == 404

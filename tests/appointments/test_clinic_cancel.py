"""PATCH /api/appointments/clinic/<clinic_id>/<id>/"""

import pytest

from tests.appointments import moving
from tests.appointments.moving import Move
from tests.bench import sms_to
from tests.people import People
from tests.practice import Practice


@pytest.fixture
def booked(practice: Practice, people: People, move: Move) -> int:
    """Alice's appointment. Everybody has read their SMS."""
    appointment_id = practice.booked(people.alice)
    sms_to(people.alice.contact)
    return appointment_id


def test_the_owner_cancels_and_the_slot_is_free_at_once(
    practice: Practice, people: People, move: Move, booked: int
) -> None:
    answer = move.end(booked, cancellation_reason="Water damage.")
    assert answer.status == 200
    wanted = {"status": "cancelled", "cancelled_by": "clinic", "cancellation_reason": "Water damage."}
    assert answer.json | wanted == answer.json
    assert practice.book(people.bob).status == 201
    assert practice.book(people.alice, appointment_time="09:15").status == 201


def test_the_patient_is_told(people: People, move: Move, booked: int) -> None:
    move.end(booked)
    (text,) = sms_to(people.alice.contact)
    assert "Your appointment with Dr. Dora Iyer" in text
    assert text.endswith("was cancelled by the clinic.")


def test_the_doctor_is_told(people: People, move: Move, booked: int) -> None:
    move.end(booked)
    (text,) = sms_to(people.dora.contact)
    assert "The appointment of Alice Rao" in text
    assert text.endswith("was cancelled by the clinic.")


def test_the_doctor_is_told_when_a_patient_cancels(practice: Practice, people: People, move: Move, booked: int) -> None:
    practice.cancel(people.alice, booked)
    (text,) = sms_to(people.dora.contact)
    assert "The appointment of Alice Rao" in text
    assert text.endswith("was cancelled by the patient.")


@pytest.mark.parametrize("status", ["pending", "confirmed", "completed", "no_show"])
def test_any_other_status_is_forbidden(move: Move, booked: int, status: str) -> None:
    assert move.end(booked, status=status).status == 403


def test_what_is_over_cannot_be_cancelled(practice: Practice, people: People, move: Move, booked: int) -> None:
    assert [move.end(booked).status for _ in range(2)] == [200, 400]
    other = practice.booked(people.bob)
    practice.move(other, "confirmed")
    practice.move(other, "completed")
    assert move.end(other).status == 400


@pytest.mark.parametrize("fields", [{"status": None}, {"status": "gone"}, {"cancellation_reason": 7}])
def test_a_bad_body_is_refused(move: Move, booked: int, fields: dict[str, object]) -> None:
    assert move.end(booked, **fields).status == 400


def test_another_clinics_owner_is_refused(practice: Practice, people: People, move: Move, booked: int) -> None:
    path, body = f"/api/appointments/clinic/{practice.clinic_id}/{booked}/", {"status": "cancelled"}
    for who in (move.other_owner, people.dora, people.alice):
        assert practice.api.patch(path, body, who.access).status == 403
    # An appointment that is not under the clinic, and one that is nowhere.
    elsewhere = f"/api/appointments/clinic/{move.other_clinic}/{booked}/"
    assert practice.api.patch(elsewhere, body, move.other_owner.access).status == 404
    assert move.end(1).status == 404


def test_of_a_closed_clinic_nothing_that_stands_is_ended(practice: Practice, move: Move, booked: int) -> None:
    moving.close(practice.clinic_id)
    assert move.end(booked).status == 403

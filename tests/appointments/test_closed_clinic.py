"""A clinic that an administrator closed: its doctors have no rights anywhere (docs/contract.md: Staff)."""

from collections.abc import Callable

import pytest

from tests.api import Answer
from tests.appointments import moving
from tests.appointments.moving import Move
from tests.people import People
from tests.practice import MONDAY, Practice

Call = Callable[[Practice, str, int], Answer]
LEAVE = {"start_date": MONDAY, "end_date": MONDAY}
MORNING = {"day": "sunday", "start_time": "09:00", "end_time": "10:00"}


def availability(practice: Practice) -> str:
    return f"/api/doctors/{practice.doctor_id}/availability/"


CALLS: dict[str, Call] = {
    "list": lambda one, token, _: one.api.get("/api/appointments/doctor/", token),
    "list of a day": lambda one, token, _: one.api.get(
        f"/api/appointments/doctor/?date={MONDAY}&status=pending", token
    ),
    "detail": lambda one, token, booked: one.api.get(f"/api/appointments/doctor/{booked}/", token),
    "confirm": lambda one, token, booked: one.api.patch(
        f"/api/appointments/doctor/{booked}/", {"status": "confirmed"}, token
    ),
    "notes": lambda one, token, booked: one.api.patch(f"/api/appointments/doctor/{booked}/", {"notes": "x"}, token),
    "add a window": lambda one, token, _: one.api.post(availability(one), MORNING, token),
    "change a window": lambda one, token, _: one.api.put(availability(one), {"slot_id": 1, "max_patients": 1}, token),
    "delete a window": lambda one, token, _: one.api.delete(f"{availability(one)}?slot_id=1", token),
    "leaves": lambda one, token, _: one.api.get("/api/doctors/me/leaves/", token),
    "take a leave": lambda one, token, _: one.api.post("/api/doctors/me/leaves/", LEAVE, token),
    "end a leave": lambda one, token, _: one.api.delete("/api/doctors/me/leaves/1/", token),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_closed_clinics_doctor_is_forbidden(practice: Practice, people: People, move: Move, call: Call) -> None:
    booked = practice.booked(people.alice)
    assert call(practice, people.dora.access, booked).status != 403
    moving.close(practice.clinic_id)
    assert call(practice, people.dora.access, booked).status == 403


def test_its_patient_still_reads_and_cancels(practice: Practice, people: People, move: Move) -> None:
    booked = practice.booked(people.alice)
    moving.close(practice.clinic_id)
    assert move.mine(people.alice, booked)["status"] == "pending"
    assert practice.cancel(people.alice, booked).status == 200

"""DELETE /api/clinics/my/memberships/<member_id>/"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from quickcare import clock
from quickcare.clinic import booking
from quickcare.clinic.appointment_views import BookAppointment
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor

from tests import faults, leftovers, round_trips
from tests.api import Api, authorize
from tests.bench import sms_to
from tests.clinics.at_once import accept, leave, remove, statuses
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.people import People, log_in
from tests.practice import MONDAY, Practice, change_item, employ_in


def mine(member_id: str) -> str:
    return f"/api/clinics/my/memberships/{member_id}/"


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What these calls answer or raise when they begin together."""
    return list(faults.at_once(len(calls), lambda number: calls[number]()))


def counts(clinic_id: str) -> tuple[int, int]:
    """Doctors and staff."""
    clinic = table.fetch(Clinic.key(clinic_id))
    assert clinic
    return int(clinic.doctor_count), int(clinic.staff_count)


@pytest.fixture
def receptionist(api: Api, people: People, clinic: Any, add: Add) -> tuple[str, str]:
    """Somebody who works in Charlie's clinic: the id of the membership, and a token."""
    member = add(people.charlie, clinic["id"], role="receptionist").json["id"]
    return member, log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]


def test_who_leaves_is_a_former_member(
    api: Api, people: People, clinic: Any, path: str, receptionist: tuple[str, str]
) -> None:
    member, token = receptionist
    answer = api.delete(mine(member), token)
    assert (answer.status, answer.json["message"]) == (200, "You have left the clinic.")
    shown = api.get(f"{path}/members/{member}/", people.charlie.access).json
    assert (shown["status"], shown["left_at"]) == ("inactive", "2026-03-01")
    assert counts(clinic["id"]) == (0, 0)
    assert api.get("/api/clinics/my/memberships/", token).json == []
    # The account and its session go on.
    assert api.get("/api/users/me/", token).json["roles"]["name"] == "IS_RECEPTIONIST"


def test_the_owner_is_told_who_left(api: Api, people: People, receptionist: tuple[str, str]) -> None:
    member, token = receptionist
    assert [api.delete(mine(member), token).status for _ in range(2)] == [200, 400]
    told = [text for text in sms_to(people.charlie.contact) if "has left" in text]
    assert told == ["QuickCare: Dr. Suresh Yadav, receptionist at City Care Clinic, has left the clinic."]


def test_leaving_takes_three_reads_and_one_write_and_the_sms(api: Api, receptionist: tuple[str, str]) -> None:
    member, token = receptionist
    identity = authorize(token)
    with round_trips.counted() as trips:
        assert api.delete(mine(member), identity=identity).status == 200
    assert (trips.reads, trips.writes) == (3, 2)


def test_leaving_again_is_400_and_changes_nothing(api: Api, receptionist: tuple[str, str]) -> None:
    member, token = receptionist
    assert api.delete(mine(member), token).status == 200
    before = faults.items(kind="Membership")
    assert api.delete(mine(member), token).status == 400
    assert faults.items(kind="Membership") == before


def test_who_is_invited_declines_by_leaving(api: Api, people: People, clinic: Any, add: Add) -> None:
    member = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    answer = api.delete(mine(member), people.alice.access)
    assert (answer.status, answer.json["message"]) == (200, "You have declined the invitation.")
    assert api.post(f"{mine(member)}accept/", token=people.alice.access).status == 400


def test_others_cannot_leave_for_somebody(api: Api, people: People, receptionist: tuple[str, str]) -> None:
    member, token = receptionist
    for other in (people.alice.access, people.charlie.access):
        assert api.delete(mine(member), other).status == 404
    assert api.delete(mine(member)).status == 401
    assert api.delete(mine(str(uuid4())), token).status == 404
    assert api.delete(mine("x"), token).status == 404
    assert [one["status"] for one in api.get("/api/clinics/my/memberships/", token).json] == ["active"]


def test_the_owner_may_add_who_left_again(
    api: Api, people: People, clinic: Any, add: Add, receptionist: tuple[str, str]
) -> None:
    member, token = receptionist
    api.delete(mine(member), token)
    again = add(people.charlie, clinic["id"], role="receptionist")
    assert (again.status, again.json["id"], again.json["status"]) == (200, member, "active")


def test_staff_may_leave_a_clinic_that_an_administrator_closed(
    api: Api, clinic: Any, receptionist: tuple[str, str]
) -> None:
    member, token = receptionist
    change_item(Clinic.key(clinic["id"]), {"is_active": False})
    assert api.delete(mine(member), token).status == 200
    assert counts(clinic["id"]) == (0, 0)


def test_a_doctor_who_leaves_takes_no_more_patients_and_the_booked_ones_are_told(
    api: Api, people: People, practice: Practice
) -> None:
    # GIVEN a doctor of whom Alice has booked a slot
    change_item(Clinic.key(practice.clinic_id), {"doctor_count": 1, "staff_count": 1})
    booked = practice.booked(people.alice)
    sms_to(people.alice.contact)
    (membership,) = api.get("/api/clinics/my/memberships/", people.dora.access).json
    # WHEN the doctor leaves
    answer = api.delete(mine(membership["id"]), people.dora.access)
    # THEN it says what was booked, and the doctor has no clinic
    assert (answer.status, answer.json["conflicting_appointments"]) == (200, [booked])
    doctor = table.fetch(Doctor.key(practice.doctor_id))
    assert doctor
    assert doctor.clinic_id is None
    assert practice.book(people.bob, appointment_time="09:15").status == 400
    # AND the worker takes it out and tells Alice
    assert leftovers.work_off() == 1
    shown = api.get(f"/api/appointments/my/{booked}/", people.alice.access).json
    assert shown["needs_attention"] == "doctor_left"
    assert "cannot take place" in sms_to(people.alice.contact)[0]


@pytest.mark.usefixtures("real_dynamodb")
def test_leaving_removing_and_accepting_at_once_end_in_one_state(people: People, clinic: Any, add: Add) -> None:
    alice = people.alice
    for _ in range(4):
        member = add(people.charlie, clinic["id"], alice.contact).json["id"]
        # WHEN the invitation is accepted, left and taken back at once, and left and taken back again
        found = statuses(accept(alice, member), leave(alice, member), remove(people.charlie, clinic["id"], member))
        assert set(found) <= {200, 400}
        ended = statuses(leave(alice, member), leave(alice, member), remove(people.charlie, clinic["id"], member))
        # THEN it ended once
        assert found.count(200) + ended.count(200) in (1, 2)
        assert [one["status"] for one in faults.items(kind="Membership", id=member)] == ["inactive"]
        assert counts(clinic["id"]) == (0, 0)


@pytest.mark.usefixtures("real_dynamodb")
def test_a_booking_beside_the_doctors_leaving_is_refused_or_taken_out(
    api: Api, people: People, practice: Practice
) -> None:
    for time in ("09:00", "09:15", "09:30", "09:45"):
        # GIVEN a doctor who works in the clinic
        employ_in(practice.clinic_id, people.dora.id)
        change_item(Clinic.key(practice.clinic_id), {"doctor_count": 1, "staff_count": 1})
        (membership,) = faults.items(kind="Membership", user_id=people.dora.id, status="active")
        wanted = {"doctor": practice.doctor_id, "appointment_date": MONDAY, "appointment_time": time}
        book = partial(
            booking.book, people.alice.id, BookAppointment.model_validate(wanted), "https://qck.in", clock.now()
        )
        # WHEN they leave while Alice books
        left, booked = at_once(leave(people.dora, str(membership["id"])), book)
        assert not isinstance(left, Exception)
        leftovers.work_off()
        # THEN there is no appointment, or it is marked and holds nothing
        live = [one for one in faults.items(kind="Appointment") if not one.get("needs_attention")]
        assert live == [], booked

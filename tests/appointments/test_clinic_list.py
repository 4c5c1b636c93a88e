"""GET /api/appointments/clinic/<clinic_id>/"""

from uuid import uuid4

import pytest
from quickcare.clinic import appointment_details
from quickcare.clinic.appointment_views import AppointmentView
from quickcare.db import table
from quickcare.db.items import Appointment, Clinic, User

from tests import leftovers
from tests.appointments import hospital, moving
from tests.appointments.moving import Move
from tests.people import People
from tests.practice import MONDAY, TUESDAY, Practice


@pytest.fixture
def booked(practice: Practice, people: People, move: Move) -> dict[str, int]:
    """Alice on Monday, confirmed; Bob on Tuesday."""
    monday, tuesday = practice.booked(people.alice), practice.booked(people.bob, appointment_date=TUESDAY)
    practice.move(monday, "confirmed")
    return {"monday": monday, "tuesday": tuesday}


def test_the_owner_reads_them_newest_first(practice: Practice, move: Move, booked: dict[str, int]) -> None:
    answer = move.listed()
    assert (answer.status, [one["id"] for one in answer.json]) == (200, [booked["tuesday"], booked["monday"]])
    assert answer.json[0]["patient"]["name"] == "Bob Nair"
    # The doctor's account is shown as strangers see it.
    assert set(answer.json[0]["doctor"]["user"]) == {"id", "name"}


def test_each_row_shows_its_own_doctor_clinic_and_patient(practice: Practice, booked: dict[str, int]) -> None:
    appointments = table.fetch_all([Appointment.key(one) for one in booked.values()])
    here = appointment_details.fetch([one for one in appointments if one])
    clinic_id, (other,) = hospital.hire_doctors(1)
    user, clinic = table.fetch(User.key(other.user_id), Clinic.key(clinic_id))
    assert user
    assert clinic
    elsewhere = [one._replace(doctor=other, doctor_user=user) for one in here]
    rows = [*here, *elsewhere, *(one._replace(clinic=clinic) for one in elsewhere)]
    for who in ({}, {"to_doctor": True}, {"to_clinic": True}):
        views = AppointmentView.of_all(rows, **who)
        assert views == [AppointmentView.of(one, **who) for one in rows]
        assert [one.doctor.id for one in views] == [practice.doctor_id] * 2 + [int(other.id)] * 4
        assert [one.clinic.id for one in views] == [practice.clinic_id] * 4 + [clinic_id] * 2
        assert [one.patient.name for one in views] == ["Alice Rao", "Bob Nair"] * 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"?date={MONDAY}", ["monday"]),
        (f"?from_date={TUESDAY}", ["tuesday"]),
        (f"?to_date={MONDAY}", ["monday"]),
        (f"?from_date={TUESDAY}&to_date={MONDAY}", []),
        ("?status=confirmed", ["monday"]),
        ("?doctor_id=1", []),
        ("?needs_attention=true", []),
        ("?needs_attention=false", ["tuesday", "monday"]),
        ("?needs_attention=&status=&doctor_id=&date=", ["tuesday", "monday"]),
    ],
)
def test_filters(move: Move, booked: dict[str, int], query: str, found: list[str]) -> None:
    assert [one["id"] for one in move.listed(query).json] == [booked[name] for name in found]


def test_what_needs_attention_is_found(move: Move, booked: dict[str, int]) -> None:
    move.away()
    leftovers.work_off()
    shown = move.listed("?needs_attention=true&status=pending").json
    assert [(one["id"], one["needs_attention"]) for one in shown] == [(booked["tuesday"], "doctor_left")]


def test_pages_follow_each_other(move: Move, booked: dict[str, int]) -> None:
    first = move.listed("?limit=1")
    assert [one["id"] for one in first.json] == [booked["tuesday"]]
    following = first.headers["Link"].split("?")[1].split(">")[0]
    assert [one["id"] for one in move.listed(f"?{following}").json] == [booked["monday"]]


@pytest.mark.parametrize("query", ["?date=x", "?status=x", "?doctor_id=x", "?needs_attention=maybe"])
def test_a_bad_value_is_refused(move: Move, query: str) -> None:
    assert move.listed(query).status == 400


def test_nobody_else_reads_them(practice: Practice, people: People, move: Move, booked: dict[str, int]) -> None:
    for who in (move.other_owner, people.dora, people.alice):
        assert move.listed(owner=who).status == 403
    assert move.listed(clinic_id=str(uuid4())).status == 404


def test_nothing_of_a_closed_or_deleted_clinic_is_listed(
    practice: Practice, people: People, move: Move, booked: dict[str, int]
) -> None:
    path = f"/api/appointments/clinic/{practice.clinic_id}/dashboard/?date={MONDAY}"
    moving.close(practice.clinic_id)
    assert move.listed().json == []
    assert practice.api.get(path, people.charlie.access).status == 403
    move.delete()
    assert move.listed().status == 404
    assert practice.api.get(path, people.charlie.access).status == 404

"""A booking that DynamoDB is committing: its pointers are there already, and the appointment is not."""

import pytest
from quickcare.db import table
from quickcare.db.items import Appointment
from quickcare.db.operations import Delete

from tests.people import People
from tests.practice import MONDAY, Practice


@pytest.fixture
def booked(practice: Practice, people: People) -> int:
    """The id of an appointment beside one that is not whole yet."""
    whole, halfway = practice.booked(people.alice), practice.booked(people.alice, appointment_time="10:00")
    table.write(appointment=Delete(Appointment.key(halfway)))
    return whole


def test_lists_leave_it_out(practice: Practice, people: People, booked: int) -> None:
    ways = {
        "/api/appointments/my/": people.alice,
        "/api/appointments/doctor/": people.dora,
        f"/api/appointments/clinic/{practice.clinic_id}": people.charlie,
    }
    for path, who in ways.items():
        answer = practice.api.get(path, who.access)
        assert (answer.status, [one["id"] for one in answer.json]) == (200, [booked]), path


def test_the_day_of_a_clinic_and_the_first_page_leave_it_out(practice: Practice, people: People, booked: int) -> None:
    path = f"/api/appointments/clinic/{practice.clinic_id}/dashboard/?date={MONDAY}"
    day = practice.api.get(path, people.charlie.access)
    assert [one["id"] for one in day.json["appointments"]] == [booked]
    home = practice.api.get("/api/home/", people.alice.access)
    assert [one["id"] for one in home.json["appointments"]] == [booked]

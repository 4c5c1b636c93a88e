"""GET /api/appointments/my/<id>/"""

import pytest

from tests.api import Api
from tests.people import People
from tests.practice import Practice


def test_a_patient_reads_their_own_appointment(practice: Practice, people: People, api: Api) -> None:
    booked = practice.book(people.alice).json
    assert api.get(f"/api/appointments/my/{booked['id']}/", people.alice.access).json == booked


def test_somebody_elses_appointment_is_not_found(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    assert api.get(f"/api/appointments/my/{appointment_id}/", people.bob.access).status == 404


@pytest.mark.parametrize("unknown", ["1", "-1", "99999999999999999999999", "abc", "1.5"])
def test_an_unknown_appointment_is_not_found(people: People, api: Api, unknown: str) -> None:
    assert api.get(f"/api/appointments/my/{unknown}/", people.alice.access).status == 404


def test_somebody_who_is_no_patient_may_not_read(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    for who in (people.charlie, people.dora):
        assert api.get(f"/api/appointments/my/{appointment_id}/", who.access).status == 403


def test_the_appointment_stays_when_the_doctor_is_gone(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    practice.set_doctor(clinic_id=None, is_active=False)
    answer = api.get(f"/api/appointments/my/{appointment_id}/", people.alice.access)
    assert (answer.status, answer.json["doctor"]["clinics"]) == (200, [])
    assert practice.cancel(people.alice, appointment_id).status == 200

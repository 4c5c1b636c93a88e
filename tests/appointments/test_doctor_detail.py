"""GET /api/appointments/doctor/<id>/"""

from quickcare.roles import Role

from tests.api import Api
from tests.appointments.practice import Practice
from tests.people import People, employ

PATH = "/api/appointments/doctor"


def test_a_doctor_reads_an_appointment_with_them(practice: Practice, people: People, api: Api) -> None:
    booked = practice.book(people.alice).json
    assert api.get(f"{PATH}/{booked['id']}/", people.dora.access).json == booked


def test_another_doctors_is_not_found(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    other = employ(api, "Esha Roy", 9876500009, Role.DOCTOR)
    assert api.get(f"{PATH}/{appointment_id}/", other.access).status == 404
    assert api.patch(f"{PATH}/{appointment_id}/", {"status": "confirmed"}, other.access).status == 404


def test_an_unknown_one_is_not_found(people: People, api: Api) -> None:
    for unknown in ("1", "abc"):
        assert api.get(f"{PATH}/{unknown}/", people.dora.access).status == 404


def test_only_doctors_look_here(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    for who in (people.alice, people.charlie, people.lata):
        assert api.get(f"{PATH}/{appointment_id}/", who.access).status == 403
        assert api.patch(f"{PATH}/{appointment_id}/", {"status": "confirmed"}, who.access).status == 403

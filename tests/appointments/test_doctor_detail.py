"""GET /api/appointments/doctor/<id>/"""

from quickcare.db.items import Membership
from quickcare.roles import Role

from tests.api import Api
from tests.people import People, employ
from tests.practice import MONDAY, Practice, change_item, employ_in, open_clinic

PATH = "/api/appointments/doctor"


def test_a_doctor_reads_an_appointment_with_them(practice: Practice, people: People, api: Api) -> None:
    booked = practice.book(people.alice).json
    shown = api.get(f"{PATH}/{booked['id']}/", people.dora.access).json
    assert shown | {"doctor": booked["doctor"]} == booked
    # A doctor sees their own account whole.
    account = api.get("/api/users/me/", people.dora.access).json
    assert shown["doctor"] == booked["doctor"] | {"user": account}


def test_an_appointment_in_a_clinic_that_the_doctor_left_is_not_found(
    practice: Practice, people: People, api: Api
) -> None:
    # GIVEN an appointment in a clinic that the doctor left for another
    appointment_id = practice.booked(people.alice)
    change_item(Membership.key(people.dora.id, practice.clinic_id), {"status": "inactive"})
    elsewhere = open_clinic(people.charlie.id, "Elsewhere")
    employ_in(elsewhere, people.dora.id)
    # THEN the doctor neither sees nor changes it, and the patient and the owner do
    assert api.get(f"{PATH}/{appointment_id}/", people.dora.access).status == 404
    assert practice.move(appointment_id, "confirmed").status == 404
    assert api.get(f"{PATH}/", people.dora.access).json == []
    assert api.get(f"/api/appointments/my/{appointment_id}/", people.alice.access).status == 200
    day = api.get(f"/api/appointments/clinic/{practice.clinic_id}/dashboard/?date={MONDAY}", people.charlie.access)
    assert day.json["summary"]["total"] == 1


def test_another_doctors_appointment_is_not_found(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    other = employ(api, "Esha Roy", 9876500009, Role.DOCTOR)
    assert api.get(f"{PATH}/{appointment_id}/", other.access).status == 404
    assert api.patch(f"{PATH}/{appointment_id}/", {"status": "confirmed"}, other.access).status == 404


def test_an_unknown_appointment_is_not_found(people: People, api: Api) -> None:
    for unknown in ("1", "abc"):
        assert api.get(f"{PATH}/{unknown}/", people.dora.access).status == 404


def test_only_doctors_read_and_change_here(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    for who in (people.alice, people.charlie, people.lata):
        assert api.get(f"{PATH}/{appointment_id}/", who.access).status == 403
        assert api.patch(f"{PATH}/{appointment_id}/", {"status": "confirmed"}, who.access).status == 403

"""A stage that people have used through the API alone, so that everything in its table is as the functions write it."""

from dataclasses import dataclass

from quickcare import clock
from quickcare.accounts import superuser

from tests.api import Api
from tests.clinics.conftest import opened, password_sent_to
from tests.documents.filing import Filing
from tests.people import People, Person, log_in

DOCTOR, LAB_MEMBER, SUPERADMIN = 9876500044, 9876500045, 9876500090
MONDAY = "2026-03-02"


@dataclass(frozen=True)
class Stage:
    """The ids of what people made."""

    alice: Person
    clinic_id: str
    doctor_id: int
    doctor_user_id: str
    booked: int
    cancelled: int
    opened: str
    deleted: str
    consent_id: str


def used(api: Api, people: People) -> Stage:
    """Charlie opens a clinic with a doctor and a lab member; Alice and Bob book; Alice shares a document and deletes
    another one; a superadmin exists."""
    superuser.create(contact=SUPERADMIN, name="Sunita Super", password="correct horse 7", now=clock.now())
    clinic_id = opened(api, people.charlie)["id"]
    members = f"/api/clinics/{clinic_id}/members/"
    for contact, name, role in (
        (DOCTOR, "Dr. Suresh Yadav", "doctor"),
        (LAB_MEMBER, "Lata Das", "lab_member"),
    ):
        body = {"contact": contact, "member_role": role, "name": name}
        assert api.post(members, body, people.charlie.access).status == 201
    doctor = log_in(api, DOCTOR, password_sent_to(DOCTOR))["access"]
    me = api.get("/api/doctors/me/", doctor).json
    window = {"day": "monday", "start_time": "09:00", "end_time": "12:00"}
    assert api.post(f"/api/doctors/{me['id']}/availability/", window, doctor).status == 201
    booked, cancelled, done = (
        _book(api, who, me["id"], time)
        for who, time in ((people.alice, "09:00"), (people.bob, "09:15"), (people.alice, "09:30"))
    )
    api.patch(f"/api/appointments/my/{cancelled}/", {"status": "cancelled"}, people.bob.access)
    for status in ("confirmed", "completed"):
        assert api.patch(f"/api/appointments/doctor/{done}/", {"status": status}, doctor).status == 200
    filing = Filing(api)
    shared, gone = filing.send_form(people.alice).json["id"], filing.send_form(people.alice).json["id"]
    user_id = api.get("/api/users/me/", doctor).json["id"]
    asker = Person(user_id, "Dr. Suresh Yadav", DOCTOR, doctor, "")
    consent_id = filing.share(people.alice, shared, asker)
    assert filing.open(asker, shared).status == 200
    assert filing.revoke(people.alice, consent_id).status == 200
    assert filing.open(people.alice, gone).status == 200
    assert filing.delete(people.alice, gone).status < 300
    return Stage(people.alice, clinic_id, me["id"], user_id, booked, cancelled, shared, gone, consent_id)


def _book(api: Api, who: Person, doctor_id: int, time: str) -> int:
    body = {"doctor": doctor_id, "appointment_date": MONDAY, "appointment_time": time}
    answer = api.post("/api/appointments/my/", body, who.access)
    assert answer.status == 201, answer
    return int(answer.json["id"])

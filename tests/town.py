"""A town with two clinics: everybody who could call a route, and one of everything that a route can be about.

It is built through the API once per process and put back into the table for each test.
"""

from dataclasses import dataclass, field
from typing import Any

from quickcare import clock
from quickcare.accounts import superuser
from quickcare.roles import Role

from tests import bench
from tests.api import Api, authorize
from tests.bench import sms_to
from tests.documents.filing import Filing
from tests.people import PASSWORD, Person, log_in, register

MONDAY, LATER = "2026-03-02", "2026-06-01"
WINDOW = {"day": "monday", "start_time": "09:00", "end_time": "11:00", "slot_duration_minutes": 15}
SLOT = {"day_of_week": 0, "start_time": "09:00", "end_time": "13:00"}
CLINIC = {"name": "City Care Clinic", "clinic_type": "clinic", "city": "Jaipur"}
Items = dict[tuple[str, str], Any]
"""A table by its keys, as DynamoDB has it."""
IDENTITY_CARD = {"document_name": "Aadhaar card", "document_type": "id_proof"}


@dataclass
class Somebody:
    """`works` with an active membership; `is_new` has still to complete the profile."""

    token: str = ""
    id: str = ""
    contact: int = 0
    refresh: str = ""
    role: Role | None = None
    works: bool = False
    is_new: bool = False
    link: str = ""
    """The signature of a link to the document."""
    identity: dict[str, str] | None = None
    """What the authorizer said of the token, as API Gateway keeps it for a while."""


@dataclass
class Place:
    """A clinic with its people, and the ids of what is theirs by the names that paths have for them."""

    people: dict[str, Somebody] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)


class Town:
    """`here` has the things that are asked for; the people of `there` have none of them."""

    def __init__(self, api: Api) -> None:
        self.api, self._contacts = api, iter(range(9876600001, 9876600100))
        self.here, self.there = Place(), Place()
        for place in (self.here, self.there):
            self._settle(place)
        self.others = self._others()
        self.pending = {kind: self._start(kind) for kind in ("patient", "clinic")}
        forgetful = {"contact": self.here.people["receptionist"].contact}
        assert api.post("/api/users/password/reset/", forgetful).status == 200
        for one in self.everybody.values():
            one.identity = authorize(one.token)
        self.stored = stored()

    @property
    def everybody(self) -> dict[str, Somebody]:
        """Strangers, who have no token, and all the others by who they are."""
        names = ("owner", "doctor", "lab_member", "patient", "invited")
        there = {f"{name} of another clinic": self.there.people[name] for name in names}
        strangers = {"stranger": Somebody(), "holder of a link": Somebody(link=self.here.ids["link"])}
        return {**strangers, **self.here.people, **there, **self.others}

    def put_back(self) -> list[tuple[str, str]]:
        """Undo whatever was written since; the keys of that."""
        changed = restore(self.stored)
        return sorted((item["pk"]["S"], item["sk"]["S"]) for item in changed)

    # A place

    def _settle(self, place: Place) -> None:
        people, found = place.people, place.ids
        people["owner"] = self._registered("clinic")
        opened = self._post("/api/clinics/onboarding/step3/", {**CLINIC, "time_slots": []}, people["owner"])
        people["owner"].is_new = False
        clinic = f"/api/clinics/{opened['clinic']['id']}"
        found["clinic_id"] = opened["clinic"]["id"]
        found["slot_id"] = self._post(f"{clinic}/slots/", SLOT, people["owner"])["id"]
        found["doc_id of clinics"] = self._post(f"{clinic}/admission-docs/", IDENTITY_CARD, people["owner"])["id"]
        for role in (Role.DOCTOR, Role.RECEPTIONIST, Role.LAB_MEMBER):
            people[role.name.lower()], found["member_id"] = self._employed(clinic, people["owner"], role)
        self._see_patients(place)
        people["invited"] = self._registered("patient")
        answer = self.api.put("/api/users/me/medical-profile/", {"allergies": "Nuts"}, people["invited"].token)
        assert answer.status == 200, answer
        body = {"contact": people["invited"].contact, "member_role": "receptionist"}
        found["member_id of my memberships"] = self._post(f"{clinic}/members/", body, people["owner"])["id"]
        found["code"] = sms_to(people["invited"].contact)[0].rpartition("/l/")[2].split()[0]

    def _see_patients(self, place: Place) -> None:
        doctor, found = place.people["doctor"], place.ids
        found["doctor_id"] = self._get("/api/doctors/me/", doctor)["id"]
        path = f"/api/doctors/{found['doctor_id']}/availability/"
        found["window_id"] = self._post(path, WINDOW, doctor)["id"]
        leave = {"start_date": LATER, "end_date": LATER}
        found["leave_id"] = self._post("/api/doctors/me/leaves/", leave, doctor)["id"]
        place.people["patient"] = self._patient(place, "09:00", found)

    def _patient(self, place: Place, time: str, found: dict[str, Any]) -> Somebody:
        """Somebody with one of everything that patients have, all of it with this place's doctor."""
        patient, doctor = self._registered("patient"), place.people["doctor"]
        step3 = self.api.patch("/api/users/onboarding/patient/step3/", {"allergies": "Pollen"}, patient.token)
        assert step3.status == 200, step3
        patient.is_new = False
        booking = {"doctor": place.ids["doctor_id"], "appointment_date": MONDAY, "appointment_time": time}
        found["appointment_id"] = self._post("/api/appointments/my/", booking, patient)["id"]
        found["address_id"] = self._post("/api/users/address/", {"town": "Jaipur"}, patient)["id"]
        filing = Filing(self.api)
        found["session_id"] = self._session_of(patient)
        found["unasked"] = filing.document_of(person_of(patient))
        found["doc_id"] = filing.document_of(person_of(patient), person_of(place.people["lab_member"]))
        found["consent_id"] = filing.share(person_of(patient), found["doc_id"], person_of(doctor))
        links = [one["file"] for one in self._get("/api/documents/", patient) if one["id"] == found["doc_id"]]
        found["link"] = links[0].partition("?t=")[2]
        assert self.api.get(f"/api/documents/{found['doc_id']}/", patient.token).status == 200
        return patient

    def _session_of(self, patient: Somebody) -> str:
        """The id of another session of the patient's."""
        token = log_in(self.api, patient.contact)["access"]
        found = self._get("/api/users/sessions/", Somebody(token))
        return str(next(one["id"] for one in found if one["is_current"]))

    # People

    def _others(self) -> dict[str, Somebody]:
        owner, clinic = self.here.people["owner"], f"/api/clinics/{self.here.ids['clinic_id']}"
        away, membership = self._employed(clinic, owner, Role.DOCTOR)
        assert self.api.delete(f"{clinic}/members/{membership}/", owner.token).status == 200
        away.works = False
        answer = self.api.put("/api/users/me/medical-profile/", {"allergies": "Dust"}, away.token)
        assert answer.status == 200, answer
        return {
            "doctor without a clinic": away,
            "new doctor": self._employed(clinic, owner, Role.DOCTOR, is_new=True)[0],
            "new receptionist": self._employed(clinic, owner, Role.RECEPTIONIST, is_new=True)[0],
            "new owner": self._registered("clinic"),
            "former patient": self._former_patient(clinic, owner),
            "superadmin": self._superadmin(),
        }

    def _former_patient(self, clinic: str, owner: Somebody) -> Somebody:
        somebody = self._patient(self.here, "10:00", {})
        body = {"contact": somebody.contact, "member_role": "receptionist"}
        invitation = self._post(f"{clinic}/members/", body, owner)["id"]
        tokens = self._post(f"/api/clinics/my/memberships/{invitation}/accept/", {}, somebody)
        somebody.token, somebody.refresh = tokens["access"], tokens["refresh"]
        somebody.role, somebody.works = Role.RECEPTIONIST, True
        return somebody

    def _registered(self, kind: str) -> Somebody:
        person = register(self.api, f"{kind.title()} Rao", next(self._contacts), kind)
        role = Role.PATIENT if kind == "patient" else Role.CLINIC_OWNER
        return Somebody(person.access, person.id, person.contact, person.refresh, role, is_new=True)

    def _employed(self, clinic: str, owner: Somebody, role: Role, *, is_new: bool = False) -> tuple[Somebody, str]:
        """A new member of a clinic and the id of their membership."""
        contact = next(self._contacts)
        body = {"contact": contact, "member_role": role.name.lower(), "name": "Dr. Suresh Yadav"}
        member = self._post(f"{clinic}/members/", body, owner)
        tokens = log_in(self.api, contact, sms_to(contact)[0].split("password: ")[1][:8])
        if not is_new:
            answer = self.api.patch("/api/users/onboarding/member/complete/", {}, tokens["access"])
            assert answer.status == 200, answer
            tokens = answer.json
        somebody = Somebody(tokens["access"], member["user"]["id"], contact, tokens["refresh"], role, True, is_new)
        return somebody, member["id"]

    def _superadmin(self) -> Somebody:
        contact = next(self._contacts)
        assert superuser.create(contact=contact, name="Sunita", password=PASSWORD, now=clock.now())
        tokens = log_in(self.api, contact)
        return Somebody(tokens["access"], "", contact, tokens["refresh"], Role.SUPERADMIN)

    def _start(self, kind: str) -> int:
        """The contact of a registration that waits for its code."""
        contact = next(self._contacts)
        body = {"contact": contact, "name": "Nina Rao", "password": PASSWORD}
        answer = self.api.post(f"/api/users/onboarding/{kind}/step1/", body, ip=f"198.51.100.{contact % 250}")
        assert answer.status == 200, answer
        return contact

    def _post(self, path: str, body: dict[str, Any], who: Somebody) -> Any:
        answer = self.api.post(path, body, who.token)
        assert answer.status in (200, 201), (path, answer)
        return answer.json

    def _get(self, path: str, who: Somebody) -> Any:
        answer = self.api.get(path, who.token)
        assert answer.status == 200, (path, answer)
        return answer.json


def person_of(one: Somebody) -> Person:
    return Person(one.id, "", one.contact, one.token, one.refresh)


def restore(before: Items) -> list[Any]:
    """Put the table back to what was `stored`; the items that were new or otherwise."""
    now = stored()
    gone = [now[key] for key in now.keys() - before.keys()]
    changed = [item for key, item in before.items() if now.get(key) != item]
    deletes = [{"DeleteRequest": {"Key": {name: item[name] for name in ("pk", "sk")}}} for item in gone]
    bench.write_all(deletes + [{"PutRequest": {"Item": item}} for item in changed])
    return gone + changed


def stored() -> Items:
    """Everything in the table by its key, as DynamoDB has it."""
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in bench.stored()}

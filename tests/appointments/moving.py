"""Dora leaves Charlie's clinic for Edith's and comes back, through the API, with her leftovers taken out or waiting."""

from dataclasses import dataclass
from typing import Any

from quickcare import clock, ids
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Clinic, Membership, RosterEntry
from quickcare.db.operations import Put

from tests import practice as making
from tests.api import Answer, Api
from tests.people import Person
from tests.practice import Practice, change_item, window


@dataclass
class Move:
    """`away()` ends Dora's membership, `to(clinic_id, owner)` begins one."""

    api: Api
    practice: Practice
    other_clinic: str
    other_owner: Person

    @property
    def doctor(self) -> Person:
        return self.practice.doctor

    def away(self, clinic_id: str = "", owner: Person | None = None) -> Answer:
        clinic_id, owner = clinic_id or self.practice.clinic_id, owner or self.practice.owner
        membership = table.fetch(Membership.key(self.doctor.id, clinic_id))
        assert membership
        answer = self.api.delete(f"/api/clinics/{clinic_id}/members/{membership.id}/", owner.access)
        assert answer.status == 200, answer
        return answer

    def to(self, clinic_id: str, owner: Person) -> None:
        body = {"contact": self.doctor.contact, "member_role": "doctor", "joined_at": "2026-01-01"}
        answer = self.api.post(f"/api/clinics/{clinic_id}/members/", body, owner.access)
        assert (answer.status in (200, 201), answer.json["status"]) == (True, "active"), answer

    def over(self) -> None:
        """From Charlie's clinic to Edith's, where she has the same hours."""
        self.away()
        self.to(self.other_clinic, self.other_owner)
        making.plan(self.practice.doctor_id, self.other_clinic, (window(id=7),))

    def delete(self) -> Answer:
        """Charlie deletes his clinic."""
        return self.api.delete(f"/api/clinics/{self.practice.clinic_id}/", self.practice.owner.access)

    def mine(self, who: Person, appointment_id: int) -> Any:
        """An appointment as its patient sees it."""
        answer = self.api.get(f"/api/appointments/my/{appointment_id}/", who.access)
        assert answer.status == 200, answer
        return answer.json

    def listed(self, query: str = "", clinic_id: str = "", owner: Person | None = None) -> Answer:
        path = f"/api/appointments/clinic/{clinic_id or self.practice.clinic_id}/{query}"
        return self.api.get(path, (owner or self.practice.owner).access)

    def end(self, appointment_id: int, **fields: Any) -> Answer:
        """Charlie cancels an appointment of his clinic."""
        path = f"/api/appointments/clinic/{self.practice.clinic_id}/{appointment_id}/"
        return self.api.patch(path, {"status": "cancelled", **fields}, self.practice.owner.access)


def prepared(api: Api, practice: Practice, other_owner: Person) -> Move:
    """Dora works in the practice alone, and the other owner has a clinic."""
    only_in(practice.clinic_id, practice.doctor)
    return Move(api, practice, making.open_clinic(other_owner.id, "Apollo"), other_owner)


def only_in(clinic_id: str, doctor: Person) -> None:
    """Let the doctor work in this clinic alone, and let its owner find them."""
    for held in staff.memberships(doctor.id):
        if held.clinic_id != clinic_id:
            change_item(Membership.key(doctor.id, held.clinic_id), {"status": "inactive"})
        else:
            entry = RosterEntry.key(clinic_id, held.id).item(user_id=doctor.id, created_at=clock.now())
            table.write(roster=Put(entry))


def close(clinic_id: str) -> None:
    """What an administrator's deactivation leaves."""
    change_item(Clinic.key(clinic_id), {"is_active": False, "relisting": ids.new_uuid()})

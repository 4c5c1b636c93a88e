"""Charlie's clinic in Jaipur, where Dora is a cardiologist, listed and with a week of her own."""

from dataclasses import dataclass
from typing import Any

import pytest
from quickcare import clock
from quickcare.clinic import doctors_list, staff
from quickcare.db import table
from quickcare.db.items import Doctor, Membership, User
from quickcare.db.operations import Delete
from quickcare.roles import Role

from tests import once
from tests.api import Answer, Api
from tests.conftest import FakeClock
from tests.people import People, Person, employ
from tests.practice import change_item, employ_in, open_clinic

MONDAY, TUESDAY, SUNDAY = "2026-03-02", "2026-03-03", "2026-03-08"
MORNING = {"day": "monday", "start_time": "09:00", "end_time": "10:00"}


@dataclass(frozen=True)
class Ward:
    """The clinic where Dora works. `add(day=…)` adds a window of hers, `book(who)` books with her."""

    api: Api
    clinic_id: str
    owner: Person
    doctor: Person
    doctor_id: int

    @property
    def path(self) -> str:
        return f"/api/doctors/{self.doctor_id}"

    @property
    def availability(self) -> str:
        return f"{self.path}/availability/"

    def try_add(self, token: str = "", **fields: Any) -> Answer:
        return self.api.post(self.availability, {**MORNING, **fields}, token or self.doctor.access)

    def add(self, **fields: Any) -> Any:
        answer = self.try_add(**fields)
        assert answer.status == 201, answer
        return answer.json

    def change(self, slot_id: int, **fields: Any) -> Answer:
        return self.api.put(self.availability, {"slot_id": slot_id, **fields}, self.doctor.access)

    def leave(self, start: str, end: str | None = None, **fields: Any) -> Answer:
        body = {"start_date": start, "end_date": end or start, **fields}
        return self.api.post("/api/doctors/me/leaves/", body, self.doctor.access)

    def slots(self, day: str = MONDAY, query: str = "") -> Answer:
        return self.api.get(f"{self.availability}slots/?date={day}{query}")

    def book(self, who: Person, time: str = "09:00", day: str = MONDAY) -> int:
        body = {"doctor": self.doctor_id, "appointment_date": day, "appointment_time": time}
        answer = self.api.post("/api/appointments/my/", body, who.access)
        assert answer.status == 201, answer
        return int(answer.json["id"])

    def found(self, query: str = "") -> list[str]:
        """The names that the list of doctors has for this query."""
        answer = self.api.get(f"/api/doctors/?{query}")
        assert answer.status == 200, answer
        return [doctor["user"]["name"] for doctor in answer.json["results"]]

    def colleague(self, name: str, contact: int, clinic_id: str = "", **profile: Any) -> Person:
        """Make one more listed doctor, in this clinic or another."""
        person = employ(self.api, name, contact, Role.DOCTOR)
        work(person, clinic_id or self.clinic_id, **profile)
        return person


@pytest.fixture
def ward(api: Api, people: People, time: FakeClock) -> Ward:
    """It is Sunday, 1 March 2026, 11:30 in Jaipur."""
    return once.made(opened, api, people.charlie, people.dora)


def opened(api: Api, owner: Person, doctor: Person) -> Ward:
    """A clinic of the owner's where the doctor is a cardiologist."""
    clinic_id = open_clinic(owner.id)
    return Ward(api, clinic_id, owner, doctor, work(doctor, clinic_id, specialty="cardiology"))


def work(doctor: Person, clinic_id: str, **profile: Any) -> int:
    """Make a doctor an active, listed member of a clinic; the doctor's id."""
    for elsewhere in staff.memberships(doctor.id):
        table.write(membership=Delete(Membership.key(doctor.id, elsewhere.clinic_id)))
    doctor_id = employ_in(clinic_id, doctor.id)
    if profile:
        set_doctor(doctor_id, **profile)
    doctors_list.refresh([doctor_id], clock.now())
    return doctor_id


def set_doctor(doctor_id: int, **attributes: Any) -> None:
    change_item(Doctor.key(doctor_id), attributes)


def doctor_id_of(person: Person) -> int:
    user = table.fetch(User.key(person.id))
    assert user
    return int(user.doctor_id)

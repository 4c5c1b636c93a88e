"""A clinic of Charlie's where Dora works, with her schedule written as the items keep it."""

from dataclasses import dataclass
from typing import Any

from quickcare import clock, ids
from quickcare.clinic import doctors_list, staff
from quickcare.clock import now
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Doctor, Membership, Schedule, User
from quickcare.db.operations import Delete, Put, Update

from tests.api import Answer, Api
from tests.people import Person

MONDAY, TUESDAY, SUNDAY = "2026-03-02", "2026-03-03", "2026-03-08"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Practice:
    """`book(who, time="09:15")` books with Dora through the API."""

    api: Api
    clinic_id: str
    doctor_id: int
    doctor: Person
    owner: Person

    def book(self, who: Person, *, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
        body = {"doctor": self.doctor_id, "appointment_date": MONDAY, "appointment_time": "09:00", **fields}
        return self.api.post("/api/appointments/my/", body, who.access, headers=headers)

    def booked(self, who: Person, **fields: Any) -> int:
        """The id of a new appointment."""
        answer = self.book(who, **fields)
        assert answer.status == 201, answer
        return int(answer.json["id"])

    def cancel(self, who: Person, appointment_id: int, **fields: Any) -> Answer:
        return self.api.patch(f"/api/appointments/my/{appointment_id}/", {"status": "cancelled", **fields}, who.access)

    def move(self, appointment_id: int, status: str, **fields: Any) -> Answer:
        return self.change(appointment_id, status=status, **fields)

    def change(self, appointment_id: int, **fields: Any) -> Answer:
        return self.api.patch(f"/api/appointments/doctor/{appointment_id}/", fields, self.doctor.access)

    def plan(self, *windows: dict[str, Any], leaves: tuple[dict[str, Any], ...] = ()) -> None:
        """Replace the schedule."""
        plan(self.doctor_id, self.clinic_id, windows, leaves)

    def add_window(self, start: str = "09:00", end: str = "12:00", **fields: Any) -> int:
        """Add a window on Monday as Dora does, and return its id."""
        body = {"day": "monday", "start_time": start, "end_time": end, **fields}
        answer = self.api.post(self._availability, body, self.doctor.access)
        assert answer.status == 201, answer
        return int(answer.json["id"])

    def change_window(self, slot_id: int, **fields: Any) -> list[int]:
        """Change a window as Dora does, and return the conflicting appointments."""
        answer = self.api.put(self._availability, {"slot_id": slot_id, **fields}, self.doctor.access)
        assert answer.status == 200, answer
        return list(answer.json["conflicting_appointments"])

    def delete_window(self, slot_id: int) -> list[int]:
        """Delete a window as Dora does, and return the conflicting appointments."""
        answer = self.api.delete(f"{self._availability}?slot_id={slot_id}", self.doctor.access)
        assert answer.status in (200, 204), answer
        return list(answer.json["conflicting_appointments"]) if answer.status == 200 else []

    def free(self, day: str = MONDAY) -> list[str]:
        """The slots that the API offers."""
        doctors_list.refresh([self.doctor_id], clock.now())  # Only who is listed shows slots.
        return list(self.api.get(f"{self._availability}slots/?date={day}").json["available_slots"])

    @property
    def _availability(self) -> str:
        return f"/api/doctors/{self.doctor_id}/availability/"

    def set_doctor(self, **attributes: Any) -> None:
        change_item(Doctor.key(self.doctor_id), attributes)


def opened(api: Api, owner: Person, doctor: Person) -> Practice:
    """The doctor sees patients in a clinic of the owner from 09:00 to 11:00 on every day but Sunday, for 15 minutes."""
    clinic_id = open_clinic(owner.id)
    made = Practice(api, clinic_id, employ_in(clinic_id, doctor.id), doctor, owner)
    made.plan(window())
    return made


def window(start: str = "09:00", end: str = "11:00", **fields: Any) -> dict[str, Any]:
    return {"start_time": start, "end_time": end, "slot_duration_minutes": 15, "max_patients": 10, **fields}


def leave(start: str, end: str, **fields: Any) -> dict[str, Any]:
    return {"id": 1, "clinic_id": None, "start_date": start, "end_date": end, "reason": None, **fields}


def plan(
    doctor_id: int, clinic_id: str, windows: tuple[dict[str, Any], ...], leaves: tuple[dict[str, Any], ...] = ()
) -> None:
    """These windows on every day but Sunday, under the next version."""
    seen = table.fetch(Schedule.key(doctor_id))
    stored = [
        {"id": number, "clinic_id": clinic_id, "day": day, "is_active": True, **one}
        for number, one in enumerate(windows)
        for day in DAYS[:-1]
    ]
    version = int(seen.version) + 1 if seen else 0
    table.write(plan=Put(Schedule.key(doctor_id).item(windows=stored, leaves=list(leaves), version=version)))


def change_item(key: Key[Any], attributes: dict[str, Any]) -> None:
    actions = [
        getattr(key.model, name).remove() if value is None else getattr(key.model, name).set(value)
        for name, value in attributes.items()
    ]
    table.write(item=Update(key, actions))


def open_clinic(owner_id: str, name: str = "City Care") -> str:
    clinic_id = ids.new_uuid()
    clinic = Clinic.key(clinic_id).item(
        id=clinic_id,
        owner_id=owner_id,
        name=name,
        slug=clinic_id,
        clinic_type="clinic",
        city="Jaipur",
        created_at=now(),
    )
    table.write(clinic=Put(clinic))
    return clinic_id


def employ_in(clinic_id: str, user_id: str) -> int:
    """Make this doctor an active member of this clinic and of no other; the doctor's id."""
    for elsewhere in staff.memberships(user_id):
        table.write(membership=Delete(Membership.key(user_id, elsewhere.clinic_id)))
    user = table.fetch(User.key(user_id))
    assert user
    membership = Membership.key(user_id, clinic_id).item(
        id=ids.new_uuid(),
        user_id=user_id,
        clinic_id=clinic_id,
        member_role="doctor",
        status="active",
        department="Cardiology",
        joined_at="2026-01-01",
        created_at=now(),
    )
    table.write(membership=Put(membership))
    change_item(
        Doctor.key(int(user.doctor_id)),
        {"clinic_id": clinic_id, "first_visit_fee": "500.00", "follow_up_fee": "300.00"},
    )
    return int(user.doctor_id)

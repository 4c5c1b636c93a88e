"""Two clinics between which doctors move as their owners do it, and what that leaves behind."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appointments import changing, clinic_list
from appointments.clinic_list import ClinicFilters
from appointments.schemas import CancelAppointment
from clinics import adding, members
from clinics.schemas.members import NewMember
from quickcare import aws
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.items import AppointmentPointer, Clinic, Doctor, Membership, User
from quickcare.errors import AppError
from quickcare.sms import texts

from tests import practice
from tests.appointments import hospital
from tests.appointments.audit import LIVE, Row

DONE = "won"
CANNOT, BY_CLINIC = "cannot take place", "was cancelled by the clinic"


@dataclass
class Clinics:
    """Two clinics with an owner each. All doctors begin in the first one, and `where` says in which each is or was."""

    count: int
    places: list[tuple[str, str]] = field(init=False)
    doctors: list[Doctor] = field(init=False)
    where: list[int] = field(init=False)
    left_with: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.places = [hospital.owned_clinic() for _ in range(2)]
        _, self.doctors = hospital.hire_doctors(self.count, self.places[0][0])
        self.where = [0] * self.count

    def publish(self, number: int, window: dict[str, Any]) -> None:
        """Let the doctor work by this window where they are, and in no other."""
        practice.plan(int(self.doctors[number].id), self.places[self.where[number]][0], (window,))

    def leave(self, number: int, now: datetime) -> None:
        """The owner of their clinic removes the doctor."""
        clinic_id, owner_id = self.places[self.where[number]]
        membership = table.fetch(Membership.key(self.doctors[number].user_id, clinic_id))
        assert membership
        members.remove(clinic_id, membership.id, owner_id, now)
        self.left_with = self._booked_with(number)

    def join(self, number: int, now: datetime) -> None:
        """The owner of the other clinic adds the doctor, who begins at once. Nobody has booked since they left."""
        assert self._booked_with(number) == self.left_with
        clinic_id, owner_id = self.places[1 - self.where[number]]
        user = table.fetch(User.key(self.doctors[number].user_id))
        assert user
        body = NewMember(contact=int(user.contact), member_role="doctor")
        added = adding.add(clinic_id, owner_id, body, "https://api.example.com", now)
        assert added.membership.status == "active"
        self.where[number] = 1 - self.where[number]

    def _booked_with(self, number: int) -> set[int]:
        """Every appointment that was ever booked with the doctor."""
        consultations = AppointmentPointer.sk.startswith(keys.CONSULTATION_PREFIX)
        found = table.query(AppointmentPointer, keys.user(self.doctors[number].user_id), consultations)
        return {int(one.appointment_id) for one in found}

    def end_one(self, place: int, now: datetime) -> None:
        """The owner ends the last appointment of their clinic that needs attention, if there is one."""
        clinic_id, owner_id = self.places[place]
        marked = ClinicFilters(status=Status.PENDING, needs_attention=True)
        found = clinic_list.page(owner_id, clinic_id, marked, 1, None).appointments
        for one in found:
            body = CancelAppointment(status=Status.CANCELLED)
            changing.cancel_by_clinic(owner_id, clinic_id, int(one.appointment.id), body, now)

    def require_nothing_left(self, appointments: list[Row], today: str) -> None:
        """From today on, every live appointment is marked, or its doctor works in its clinic."""
        clinics = {
            int(doctor.id): self.places[place][0] for doctor, place in zip(self.doctors, self.where, strict=True)
        }
        for one in appointments:
            if one["status"] in LIVE and one["appointment_date"] >= today and "needs_attention" not in one:
                assert one["clinic_id"] == clinics[int(one["doctor_id"])], one


@contextmanager
def published() -> Iterator[dict[str, tuple[str, str]]]:
    """The receiver and the text of every SMS that is published inside, by id."""
    sent: dict[str, tuple[str, str]] = {}

    def note(params: dict[str, Any], **_: object) -> None:
        sms = json.loads(params["Message"])
        sent[sms["id"]] = (sms["to"], sms["body"])

    event, events = "provide-client-params.sns.Publish", aws.client("sns").meta.events
    events.register(event, note)
    yield sent
    events.unregister(event, note)


def require_told_once(appointments: list[Row], sent: dict[str, tuple[str, str]]) -> None:
    """Patients got one SMS for each appointment that was marked, and one for each that its clinic cancelled."""
    users = {one.id: one for one in _users(appointments)}
    clinics = {one.id: one.name for one in _clinics(appointments)}
    wanted = Counter[tuple[str, str]]()
    for one in appointments:
        doctor, clinic = users[one["doctor_user_id"]].name, clinics[one["clinic_id"]]
        about = (one["appointment_date"], one["appointment_time"], doctor, clinic)
        to = f"+91{users[one['patient_id']].contact}"
        if "needs_attention" in one:
            wanted[(to, texts.appointment_cannot_take_place(*about).say("en"))] += 1
        if one.get("cancelled_by") == "clinic":
            wanted[(to, texts.appointment_cancelled_by_clinic(*about).say("en"))] += 1
    assert Counter(sms for sms in sent.values() if CANNOT in sms[1] or BY_CLINIC in sms[1]) == wanted


def _users(appointments: list[Row]) -> list[User]:
    ids = {one[side] for one in appointments for side in ("patient_id", "doctor_user_id")}
    return [user for user in table.fetch_all([User.key(one) for one in ids]) if user]


def _clinics(appointments: list[Row]) -> list[Clinic]:
    ids = {one["clinic_id"] for one in appointments}
    return [clinic for clinic in table.fetch_all([Clinic.key(one) for one in ids]) if clinic]


def answer(act: Callable[[], object]) -> str:
    """How it ended: "won", or the message of the refusal, with its status when that is not 409."""
    try:
        act()
    except AppError as refused:
        return refused.message if refused.status == 409 else f"{refused.status} {refused.message}"
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is a 5xx and ends in the report
        return f"5xx {type(failure).__name__}"
    return DONE

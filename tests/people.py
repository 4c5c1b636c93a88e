"""The personas. Alice and Bob are patients, Charlie owns a clinic, Dora is a doctor, Lata works in the laboratory."""

import re
from dataclasses import dataclass

from quickcare import clock, ids
from quickcare.accounts import passwords
from quickcare.clock import now  # of the machine: the ids of doctors are in the order of their making
from quickcare.db import table
from quickcare.db.items import Clinic, ContactOwner, Doctor, Membership, User
from quickcare.db.operations import Create
from quickcare.roles import Role

from tests import once
from tests.api import Api
from tests.bench import sms_to

PASSWORD = "correct horse 7"


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    contact: int
    access: str
    refresh: str


class People:
    """Accounts, made on first use the way people get them, or copied from a test that did (`once`)."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._made: dict[str, Person] = {}

    @property
    def alice(self) -> Person:
        return self._registered("Alice Rao", 9876500001, "patient")

    @property
    def bob(self) -> Person:
        return self._registered("Bob Nair", 9876500002, "patient")

    @property
    def charlie(self) -> Person:
        return self._registered("Charlie Shah", 9876500003, "clinic")

    @property
    def dora(self) -> Person:
        return self._staff("Dora Iyer", 9876500004, Role.DOCTOR)

    @property
    def lata(self) -> Person:
        return self._staff("Lata Das", 9876500005, Role.LAB_MEMBER)

    def _registered(self, name: str, contact: int, kind: str) -> Person:
        if name not in self._made:
            self._made[name] = once.made(register, self.api, name, contact, kind)
        return self._made[name]

    def _staff(self, name: str, contact: int, role: Role) -> Person:
        if name not in self._made:
            self._made[name] = once.made(employ, self.api, name, contact, role)
        return self._made[name]


def register(api: Api, name: str, contact: int, kind: str = "patient") -> Person:
    """Through both steps, with the code from the SMS."""
    body = {"contact": contact, "name": name, "password": PASSWORD}
    started = api.post(f"/api/users/onboarding/{kind}/step1/", body, ip=f"198.51.100.{contact % 250}")
    assert started.status == 200, started
    answer = api.post(f"/api/users/onboarding/{kind}/step2/", {"contact": contact, "otp": code_sent_to(contact)})
    assert answer.status == 201, answer
    return Person(answer.json["user"]["id"], name, contact, answer.json["access"], answer.json["refresh"])


def employ(api: Api, name: str, contact: int, role: Role) -> Person:
    """A staff account with an active membership in a clinic of its own, not yet onboarded."""
    user_id, clinic_id, doctor_id = ids.new_uuid(), ids.new_uuid(), ids.new_int(now())
    user = User.key(user_id).item(
        id=user_id,
        contact=contact,
        name=name,
        role_id=role,
        password_hash=passwords.hash_password(PASSWORD),
        date_joined=clock.now(),
        doctor_id=doctor_id if role is Role.DOCTOR else None,
    )
    doctor = Doctor.key(doctor_id).item(id=doctor_id, user_id=user_id, created_at=clock.now(), updated_at=clock.now())
    membership = Membership.key(user_id, clinic_id).item(
        id=ids.new_uuid(),
        user_id=user_id,
        clinic_id=clinic_id,
        member_role=role.name.lower(),
        status="active",
        created_at=clock.now(),
    )
    table.write(
        owner=Create(ContactOwner.key(contact).item(user_id=user_id)),
        user=Create(user),
        doctor=Create(doctor),
        clinic=Create(clinic(clinic_id)),
        membership=Create(membership),
    )
    tokens = log_in(api, contact)
    return Person(user_id, name, contact, tokens["access"], tokens["refresh"])


def clinic(clinic_id: str) -> Clinic:
    """An open clinic of nobody's, unsaved."""
    return Clinic.key(clinic_id).item(
        id=clinic_id,
        owner_id=ids.new_uuid(),
        name="City Care",
        slug=clinic_id,
        clinic_type="clinic",
        created_at=clock.now(),
    )


def log_in(api: Api, contact: int, password: str = PASSWORD) -> dict[str, str]:
    answer = api.post("/api/users/login/", {"contact": contact, "password": password})
    assert answer.status == 200, answer
    return {name: answer.json[name] for name in ("access", "refresh")}


def code_sent_to(contact: int) -> str:
    """The code in the newest SMS to this contact."""
    return code_in(sms_to(contact)[0])


def code_in(text: str) -> str:
    """The code in the text of an SMS."""
    found = re.search(r"\b\d{6}\b", text)
    assert found
    return found[0]

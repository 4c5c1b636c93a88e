"""Clinics, doctors and patients by the dozen, written as items: for proofs that need no login."""

from datetime import timedelta

from quickcare import ids
from quickcare.clock import now
from quickcare.db import bulk
from quickcare.db.item import Item
from quickcare.db.items import Doctor, Membership, User
from quickcare.roles import Role

from tests.practice import open_clinic


def admit_patients(count: int) -> list[str]:
    """User ids of new patients."""
    patients = [_user(f"Patient {n}", Role.PATIENT) for n in range(count)]
    bulk.put_all(patients)
    return [user.id for user in patients]


def hire_doctors(count: int) -> tuple[str, list[Doctor]]:
    """A new clinic and the doctors who work there."""
    clinic_id = open_clinic(ids.new_uuid())
    written: list[Item] = []
    doctors = []
    for number in range(count):
        # A millisecond each, because only a conditional write would notice two with the same id.
        user, doctor_id = _user(f"Doctor {number}", Role.DOCTOR), ids.new_int(now() + timedelta(milliseconds=number))
        doctor = Doctor.key(doctor_id).item(
            id=doctor_id, user_id=user.id, clinic_id=clinic_id, created_at=now(), updated_at=now()
        )
        membership = Membership.key(user.id, clinic_id).item(
            id=ids.new_uuid(),
            user_id=user.id,
            clinic_id=clinic_id,
            member_role="doctor",
            status="active",
            created_at=now(),
        )
        user.doctor_id = doctor_id
        doctors.append(doctor)
        written += [user, doctor, membership]
    bulk.put_all(written)
    return clinic_id, doctors


def second_workplace(doctors: list[Doctor]) -> str:
    """A new clinic where these doctors have worked once: their memberships there are inactive."""
    clinic_id = open_clinic(ids.new_uuid())
    memberships: list[Item] = [
        Membership.key(doctor.user_id, clinic_id).item(
            id=ids.new_uuid(),
            user_id=doctor.user_id,
            clinic_id=clinic_id,
            member_role="doctor",
            status="inactive",
            created_at=now(),
        )
        for doctor in doctors
    ]
    bulk.put_all(memberships)
    return clinic_id


def _user(name: str, role: Role) -> User:
    user_id = ids.new_uuid()
    return User.key(user_id).item(
        id=user_id, contact=9876500000, name=name, role_id=role, password_hash="none", date_joined=now()
    )

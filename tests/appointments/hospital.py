"""Clinics, doctors and patients by the dozen, written as items: for proofs that need no login."""

from datetime import timedelta
from itertools import count

from quickcare import ids
from quickcare.clock import now
from quickcare.db import bulk
from quickcare.db.item import Item
from quickcare.db.items import ContactOwner, Doctor, Membership, RosterEntry, User
from quickcare.roles import Role

from tests.practice import open_clinic

_contacts = count(9100000000)  # nobody of `tests.people` has one of these


def admit_patients(many: int) -> list[str]:
    """User ids of new patients."""
    patients = [_user(f"Patient {n}", Role.PATIENT) for n in range(many)]
    bulk.put_all(patients)
    return [user.id for user in patients]


def owned_clinic() -> tuple[str, str]:
    """A new clinic and its owner's user id."""
    owner = _user("Owner", Role.CLINIC_OWNER)
    bulk.put_all([owner])
    return open_clinic(owner.id), owner.id


def hire_doctors(many: int, clinic_id: str = "") -> tuple[str, list[Doctor]]:
    """A clinic, a new one unless it is named, and new doctors who work there."""
    clinic_id = clinic_id or open_clinic(ids.new_uuid())
    written: list[Item] = []
    doctors = []
    for number in range(many):
        # A millisecond each, because only a conditional write would notice two with the same id.
        user, doctor_id = _user(f"Doctor {number}", Role.DOCTOR), ids.new_int(now() + timedelta(milliseconds=number))
        doctor = Doctor.key(doctor_id).item(
            id=doctor_id, user_id=user.id, clinic_id=clinic_id, created_at=now(), updated_at=now()
        )
        user.doctor_id = doctor_id
        doctors.append(doctor)
        written += [user, doctor, *_membership(user.id, clinic_id, "active")]
        written.append(ContactOwner.key(int(user.contact)).item(user_id=user.id))
    bulk.put_all(written)
    return clinic_id, doctors


def second_workplace(doctors: list[Doctor]) -> str:
    """A new clinic where these doctors have worked once: their memberships there are inactive."""
    clinic_id = open_clinic(ids.new_uuid())
    bulk.put_all([item for doctor in doctors for item in _membership(doctor.user_id, clinic_id, "inactive")])
    return clinic_id


def _membership(user_id: str, clinic_id: str, status: str) -> list[Item]:
    """A doctor's membership, and the clinic's pointer to it."""
    member_id = ids.new_uuid()
    known = {"user_id": user_id, "created_at": now()}
    membership = Membership.key(user_id, clinic_id).item(
        id=member_id, clinic_id=clinic_id, member_role="doctor", status=status, **known
    )
    return [membership, RosterEntry.key(clinic_id, member_id).item(**known)]


def _user(name: str, role: Role) -> User:
    user_id = ids.new_uuid()
    return User.key(user_id).item(
        id=user_id, contact=next(_contacts), name=name, role_id=role, password_hash="none", date_joined=now()
    )

"""Which doctors take patients, and which are public."""

from pynamodb.expressions.condition import Condition

from quickcare.clinic import staff
from quickcare.clinic.verification import and_verified, is_open, is_verified
from quickcare.db.items import Clinic, Doctor, Membership, User
from quickcare.db.operations import is_true
from quickcare.roles import Role


def takes_patients(doctor: Doctor) -> bool:
    """Whether appointments with this doctor can be booked: active, in a clinic, verified."""
    return bool(doctor.is_active and doctor.clinic_id is not None and is_verified(doctor))


def still_takes_patients(clinic_id: str) -> Condition:
    """The condition, for the doctor's item, that `takes_patients` still holds in this clinic."""
    return and_verified((Doctor.clinic_id == clinic_id) & is_true(Doctor.is_active), Doctor)


def is_public(doctor: Doctor, user: User, membership: Membership | None, clinic: Clinic | None) -> bool:
    """Whether everybody may see the doctor (docs/contract.md: Doctor). The items must be read consistently."""
    if not (doctor.is_active and user.is_active and membership and clinic and is_open(clinic)):
        return False
    works_here = doctor.clinic_id == clinic.id == membership.clinic_id and membership.status == staff.ACTIVE
    is_doctor = membership.member_role == Role.DOCTOR.name.lower() and user.role is Role.DOCTOR
    return works_here and is_doctor and is_verified(doctor)

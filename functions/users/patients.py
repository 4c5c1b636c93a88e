"""Patients: their own medical profile, and how staff find them."""

from datetime import datetime
from typing import Any

from quickcare.accounts import limits
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import ContactOwner, MedicalProfile, User
from quickcare.db.operations import Refused
from quickcare.errors import Forbidden, NotFound, Unavailable
from quickcare.roles import Role

from users import repository
from users.schemas import MedicalFields

_ATTEMPTS = 8


def medical_profile(user_id: str) -> MedicalProfile:
    """The medical profile of a person who is or was a patient: 1 read. Raises NotFound, Forbidden."""
    user, profile = repository.account_and_medical_profile(user_id)
    _require_patient(user, profile)
    if profile is None:
        raise NotFound("No medical profile has been written yet.")
    return profile


def change_medical_profile(user_id: str, body: MedicalFields, now: datetime) -> MedicalProfile:
    """Change it, or write it the first time. Raises Forbidden."""
    user, seen = repository.account_and_medical_profile(user_id)
    _require_patient(user, seen)
    return repository.write_medical_profile(user_id, seen, body.medical(), now)


def _require_patient(user: User, profile: MedicalProfile | None) -> None:
    """Who became staff keeps the profile that they have (docs/contract.md: Staff)."""
    if user.role is not Role.PATIENT and profile is None:
        raise Forbidden


def _found(user: User | None) -> User:
    if user is None or user.role is not Role.PATIENT or not user.is_active:
        raise NotFound("No patient with this contact was found.")
    return user


def look_up(staff_id: str, contact: int, now: datetime) -> User:
    """The patient with this contact, for doctors and lab members of an open clinic: 2 reads.

    Raises NotFound, Forbidden, TooManyRequests (a day).
    """
    for attempt in range(_ATTEMPTS):
        (member, places), owner = table.parallel(
            lambda: staff.require(staff_id, (Role.DOCTOR, Role.LAB_MEMBER)),
            lambda: table.fetch(ContactOwner.key(contact)),
        )
        wanted: list[Key[Any]] = [User.key(owner.user_id if owner else staff_id), *staff.clinics(places)]
        patient, *clinics = table.fetch_all(wanted)
        staff.require_open(clinics)
        try:
            table.write(member=limits.count_today(member, limits.LOOKUPS, now))
        except Refused:
            table.back_off(attempt)
            continue
        return _found(patient)
    raise Unavailable

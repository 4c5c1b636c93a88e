"""A patient's own medical profile (docs/contract.md: MedicalProfile)."""

from datetime import datetime
from typing import Any

from quickcare.clinic import patients
from quickcare.db import table
from quickcare.db.items import MedicalProfile, User
from quickcare.db.operations import Create, Operation, Refused, Update, setting
from quickcare.errors import Conflict, Forbidden, NotFound

from users import repository
from users.schemas.me import MedicalFields


def find(user_id: str) -> MedicalProfile:
    """The medical profile of a person who is or was a patient: 1 read. Raises NotFound, Forbidden."""
    user, profile = repository.account_and_medical_profile(user_id)
    _require_patient(user, profile)
    if profile is None:
        raise NotFound("No medical profile has been written yet.")
    return profile


def change(user_id: str, body: MedicalFields, now: datetime) -> MedicalProfile:
    """Change the profile, or create it the first time: 1 read, 1 write.

    Raises Forbidden, Conflict when two requests create it at once.
    """
    user, before = repository.account_and_medical_profile(user_id)
    _require_patient(user, before)
    profile, operation = with_changes(user_id, before, body.medical(), now)
    try:
        table.write(profile=operation)
    except Refused:
        raise Conflict from None
    return profile


def with_changes(
    user_id: str, profile: MedicalProfile | None, attributes: dict[str, Any], now: datetime
) -> tuple[MedicalProfile, Operation]:
    """The profile with these attributes, and the write that stores it; None is a profile that is to be created."""
    if profile is None:
        profile = MedicalProfile.key(user_id).item(created_at=now, updated_at=now, **attributes)
        return profile, Create(profile)
    attributes = {**attributes, "updated_at": now}
    for name, value in attributes.items():
        setattr(profile, name, value)
    return profile, Update(MedicalProfile.key(user_id), setting(MedicalProfile, attributes))


def _require_patient(user: User, profile: MedicalProfile | None) -> None:
    """Raises Forbidden. A patient who became staff keeps the profile that they have (docs/contract.md: Staff)."""
    if profile is None and not patients.is_patient(user):
        raise Forbidden

"""How doctors and lab members find a patient by contact; what they see is `PatientFound` in `schemas.py`."""

from datetime import datetime
from typing import Any

from quickcare.accounts import limits
from quickcare.clinic import patients, staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import ContactOwner, User
from quickcare.db.table import decide_again
from quickcare.errors import NotFound
from quickcare.roles import Role


@decide_again
def look_up(staff_id: str, contact: int, now: datetime) -> User:
    """The patient with this contact, for doctors and lab members of an open clinic: 2 reads, 1 write that counts.

    Raises NotFound, Forbidden, TooManyRequests (the limit for a day).
    """
    (member, memberships), owner = table.parallel(
        lambda: staff.require(staff_id, (Role.DOCTOR, Role.LAB_MEMBER)),
        lambda: table.fetch(ContactOwner.key(contact)),
    )
    # When nobody has the contact, the caller's own account stands in: it is no patient's.
    wanted: list[Key[Any]] = [User.key(owner.user_id if owner else staff_id), *staff.clinics(memberships)]
    patient, *clinics = table.fetch_all(wanted)
    staff.require_open(clinics)
    table.write(member=limits.count_today(member, limits.LOOKUPS, now))
    return _require_patient(patient)


def _require_patient(user: User | None) -> User:
    if user is None or not user.is_active or not patients.is_patient(user):
        raise NotFound("No patient with this contact was found.")
    return user

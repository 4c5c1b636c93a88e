"""How doctors and lab members find a patient by contact; what they see is `PatientFound` in `schemas.py`."""

from datetime import datetime
from typing import Any, cast

from quickcare.accounts import limits
from quickcare.clinic import patients, staff
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import ContactOwner, User
from quickcare.db.operations import Append, Operation
from quickcare.db.table import decide_again
from quickcare.documents import log_entries
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.web.identity import Caller


@decide_again
def look_up(caller: Caller, contact: int, now: datetime) -> User:
    """The patient with this contact, for doctors and lab members of an open clinic: 2 reads, 1 write that counts and
    that tells the patient.

    Raises NotFound, Forbidden, TooManyRequests (the limit for a day).
    """
    (member, memberships), owner = table.parallel(
        lambda: staff.require(caller.user_id, (Role.DOCTOR, Role.LAB_MEMBER)),
        lambda: table.fetch(ContactOwner.key(contact)),
    )
    # When nobody has the contact, the caller's own account stands in: it is no patient's.
    who = owner.user_id if owner else caller.user_id
    wanted: list[Key[Any]] = [User.key(who), log_entries.head_of_owner(who)]
    patient, head, *found = table.fetch_all([*wanted, *staff.evidence(member, memberships)])
    staff.require_serving(member, memberships, found)
    counted: Operation = limits.count_today(member, limits.LOOKUPS, now)
    if patient is None or not patient.is_active or not patients.is_patient(patient):
        table.write(member=counted)
        raise NotFound("No patient with this contact was found.")
    entry = log_entries.of_owner(patient.id, member, caller.source_ip, log_entries.FOUND, now)
    table.write(member=counted, entry=Append(entry, head))
    return cast(User, patient)

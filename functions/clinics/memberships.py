"""What changes together when a person's place in a clinic changes: one transaction, whatever the change is.

The membership is the truth. With it change, under conditions: the account's role, the doctor's one clinic
(invariant 3) and the clinic's counters. `User.staff_version` puts all changes of one person in a row: each is decided
on the memberships that the one before left, or refused and decided again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition
from quickcare import ids
from quickcare.accounts import users_list
from quickcare.clinic import doctors_list
from quickcare.clinic.staff import ACTIVE
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, Membership, RosterEntry, User
from quickcare.db.operations import Check, Create, Operation, Refused, Update
from quickcare.roles import Role

from clinics import repository

INACTIVE, PENDING = "inactive", "pending"
DOCTOR = Role.DOCTOR.name.lower()


def new(user_id: str, clinic_id: str, **attributes: Any) -> Membership:
    """A person's first membership in a clinic, unsaved."""
    return Membership.key(user_id, clinic_id).item(
        id=ids.new_uuid(), user_id=user_id, clinic_id=clinic_id, **attributes
    )


def changed(membership: Membership, **attributes: Any) -> Membership:
    """A copy of a membership with other attributes."""
    kept = {name: value for name, value in membership.attribute_values.items() if name not in ("pk", "sk", "kind")}
    known = {name: value for name, value in {**kept, **attributes}.items() if value is not None}
    return Membership.key(membership.user_id, membership.clinic_id).item(**known)


def role_of(membership: Membership | None) -> str | None:
    """The role that somebody has in the clinic now; None without an active place."""
    return membership.member_role if membership and membership.status == ACTIVE else None


def write(
    user: User, clinic: Clinic, before: Membership | None, after: Membership, now: datetime, **also: Operation
) -> None:
    """Turn `before` into `after`, and do `also`, in one transaction. `user` was read before `before` was.

    Afterwards `user` is as it was written. Raises Refused: "membership", "user" or "doctor" when somebody else was
    faster, "clinic" when it was deleted or changed its place in the directory.
    """
    writes = {**also, **_membership(before, after)}
    if before and (before.status, before.member_role) == (after.status, after.member_role):
        return table.write(**writes)
    was, becomes = role_of(before), role_of(after)
    if DOCTOR in (was, becomes) and was != becomes:
        return _write_doctor(user, clinic, was, after, writes, now)
    return table.write(**writes, **count(clinic, was, becomes, is_open=_is_open(after)), **_account(user, was, becomes))


def _write_doctor(
    user: User, clinic: Clinic, was: str | None, after: Membership, writes: dict[str, Operation], now: datetime
) -> None:
    """The part of `write` where somebody begins or ends to work as a doctor: their directory rows change as well."""
    becomes, doctor = role_of(after), table.fetch(Doctor.key(int(user.doctor_id))) if user.doctor_id else None
    if doctor and doctor.clinic_id != (clinic.id if was == DOCTOR else None):
        raise Refused({"doctor"})
    unchanged = doctors_list.unchanged(doctor) if doctor else None
    doctor = doctor or new_doctor(user.id, now)
    doctor.clinic_id = clinic.id if becomes == DOCTOR else None
    writes |= count(clinic, was, becomes, is_open=_is_open(after))
    writes |= _account(user, was, becomes, int(doctor.id))
    with doctors_list.listing(doctor, user, clinic, now) as generation:
        writes["doctor"] = _moved(doctor, generation, unchanged, now)
        table.write(**writes)


def _moved(doctor: Doctor, generation: str | None, unchanged: Condition | None, now: datetime) -> Operation:
    if unchanged is None:
        doctor.directory_id = generation
        return Create(doctor)
    place = Doctor.clinic_id.remove() if doctor.clinic_id is None else Doctor.clinic_id.set(doctor.clinic_id)
    actions = [place, Doctor.updated_at.set(now), *doctors_list.carries(generation)]
    return Update(Doctor.key(int(doctor.id)), actions, unchanged)


def _is_open(membership: Membership) -> bool:
    return membership.status != INACTIVE


def _membership(before: Membership | None, after: Membership) -> dict[str, Operation]:
    if before is None:
        known = {"user_id": after.user_id, "created_at": after.created_at}
        pointer = RosterEntry.key(after.clinic_id, after.id).item(**known)
        return {"membership": Create(after), "roster": Create(pointer)}
    new = {name: value for name, value in after.attribute_values.items() if getattr(before, name) != value}
    gone = {name: None for name in before.attribute_values if name not in after.attribute_values}
    key = Membership.key(after.user_id, after.clinic_id)
    unchanged = (Membership.status == before.status) & (Membership.member_role == before.member_role)
    return {
        "membership": Update(key, repository.setting(Membership, {"status": after.status, **gone, **new}), unchanged)
    }


def new_doctor(user_id: str, now: datetime) -> Doctor:
    """The profile of somebody who becomes a doctor, unsaved."""
    doctor_id = ids.new_int(now)
    return Doctor.key(doctor_id).item(id=doctor_id, user_id=user_id, created_at=now, updated_at=now)


def count(clinic: Clinic, before: str | None, after: str | None, *, is_open: bool) -> dict[str, Operation]:
    """The clinic's part: its counters follow; with `is_open` it must not have been deleted, and a doctor who joins must
    have been listed in the city where it is."""
    staff = int(after is not None) - int(before is not None)
    doctors = int(after == DOCTOR) - int(before == DOCTOR)
    condition: Condition | None = Clinic.is_active == True if is_open else None  # noqa: E712 - a DynamoDB condition
    if condition is not None and doctors > 0 and clinic.directory_id is not None:
        condition &= Clinic.directory_id == clinic.directory_id
    actions = [
        counter.add(delta) for counter, delta in ((Clinic.staff_count, staff), (Clinic.doctor_count, doctors)) if delta
    ]
    if actions:
        return {"clinic": Update(Clinic.key(clinic.id), actions, condition)}
    return {} if condition is None else {"clinic": Check(Clinic.key(clinic.id), condition)}


def elsewhere(held: Sequence[Membership], clinic_id: str) -> list[Membership]:
    """The active places in other clinics."""
    return [membership for membership in held if membership.status == ACTIVE and membership.clinic_id != clinic_id]


def _account(user: User, before: str | None, after: str | None, doctor_id: int | None = None) -> dict[str, Operation]:
    version, unchanged = int(user.staff_version or 0), users_list.unchanged(user)
    becomes = {"role_id": Role[after.upper()] if after else user.role_id, "doctor_id": user.doctor_id or doctor_id}
    rows = users_list.relisted(user, becomes)
    if after is not None:
        user.role_id = Role[after.upper()]
    user.doctor_id = user.doctor_id or doctor_id
    actions = [User.staff_version.set(version + 1), User.role_id.set(user.role_id)]
    if user.doctor_id is not None:
        actions.append(User.doctor_id.set(user.doctor_id))
    same_version = User.staff_version == version
    if version == 0:
        same_version |= User.staff_version.does_not_exist()
    unchanged &= same_version
    if before is None and after is not None:
        unchanged &= User.is_active == True  # noqa: E712 - a DynamoDB condition
    return {"user": Update(User.key(user.id), actions, unchanged), **rows}

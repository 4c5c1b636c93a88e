"""The writes that change a membership. Each is one transaction over everything that has to change together.

What counts is the membership. With it change, under conditions: the account's role, the doctor's one clinic
(invariant 3), their windows in a clinic that they join again, and the clinic's counters. When somebody begins or stops
to work as a doctor, a job for the worker `appointments/leftovers.py` is written as well. `User.staff_version` makes the
changes of one person's memberships follow one another: each is decided on what the one before left, or refused and
decided again.
"""

from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare import ids
from quickcare.accounts import users_list
from quickcare.accounts.account import same_staff_version, still_active
from quickcare.clinic import doctors_list, leftovers, slots
from quickcare.clinic.staff import ACTIVE
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, Job, Membership, RosterEntry, Schedule, User
from quickcare.db.operations import (
    Check,
    Create,
    Keeping,
    Operation,
    Put,
    Refused,
    Update,
    is_true,
    keep_nothing,
    set_or_remove,
    setting,
    unchanged,
)
from quickcare.roles import Role

INACTIVE, PENDING = "inactive", "pending"
DOCTOR = Role.DOCTOR.name.lower()
# How many windows in former clinics a schedule keeps, the newest.
_MOST_FORMER_WINDOWS = 200


def new(user_id: str, clinic_id: str, **attributes: Any) -> Membership:
    """A person's first membership in a clinic, unsaved."""
    return Membership.key(user_id, clinic_id).item(
        id=ids.new_uuid(), user_id=user_id, clinic_id=clinic_id, **attributes
    )


def with_changes(membership: Membership, **attributes: Any) -> Membership:
    """A copy of a membership with these attributes; None removes one."""
    stored = {name: value for name, value in membership.attribute_values.items() if name not in ("pk", "sk", "kind")}
    known = {name: value for name, value in {**stored, **attributes}.items() if value is not None}
    return Membership.key(membership.user_id, membership.clinic_id).item(**known)


def today(now: datetime) -> str:
    """The date where the clinics are, YYYY-MM-DD."""
    return slots.today(now).isoformat()


def ended(membership: Membership, now: datetime) -> Membership:
    """A copy of a membership that ends today, or of an invitation that is declined or taken back."""
    return with_changes(membership, status=INACTIVE, left_at=today(now), link_id=None)


def ending(membership: Membership, now: datetime) -> Operation:
    """The update of a membership that ends, under the condition that status and role are as they were read. Its account
    and the clinic's counters are the caller's."""
    return _membership(membership, ended(membership, now))["membership"]


def role_of(membership: Membership | None) -> str | None:
    """The role that somebody has in the clinic now; None without an active membership."""
    return membership.member_role if membership and membership.status == ACTIVE else None


def write(
    user: User,
    clinic: Clinic,
    before: Membership | None,
    after: Membership,
    now: datetime,
    keep: Keeping[[]] = keep_nothing,
    /,
    **also: Operation,
) -> Job | None:
    """Change the membership `before` to `after`, and do `also`, in one transaction. `keep` finds `user` as that leaves
    it.

    Returns the job that was written, for the caller to relay after it has read what it answers: then the worker begins.
    `user` must have been read before `before` was, and gets the role and the doctor's id that are written. Raises
    Refused by "membership", "user" or "doctor" when another request was faster, by "clinic" when the clinic was deleted
    or its directory rows were replaced.
    """
    writes = {**also, **_membership(before, after)}
    if before and (before.status, before.member_role) == (after.status, after.member_role):
        table.write(**writes, **keep())
        return None
    old_role, new_role = role_of(before), role_of(after)
    if DOCTOR in (old_role, new_role) and old_role != new_role:
        return _write_with_doctor(user, clinic, old_role, after, writes, now, keep)
    counters = count(clinic, old_role, new_role, must_be_open=_is_open(after))
    writes |= {**counters, **_account(user, old_role, new_role)}
    table.write(**writes, **keep())
    return None


def _write_with_doctor(
    user: User,
    clinic: Clinic,
    old_role: str | None,
    after: Membership,
    writes: dict[str, Operation],
    now: datetime,
    keep: Keeping[[]],
) -> Job | None:
    """The part of `write` for somebody who begins or stops to work as a doctor: their directory rows change as well."""
    new_role, (doctor, schedule) = role_of(after), _profile(user)
    if doctor and doctor.clinic_id != (clinic.id if old_role == DOCTOR else None):
        raise Refused({"doctor"})
    as_read = doctors_list.unchanged(doctor) if doctor else None
    job = leftovers.of_doctor(int(doctor.id), now) if doctor else None
    if doctor is None:
        doctor = new_doctor(user.id, now)
        writes |= doctors_list.registered(doctor)
    doctor.clinic_id = clinic.id if new_role == DOCTOR else None
    writes |= count(clinic, old_role, new_role, must_be_open=_is_open(after))
    writes |= _account(user, old_role, new_role, int(doctor.id))
    writes |= {"job": Create(job)} if job else {}
    writes |= _windows_again(clinic.id, schedule) if schedule and new_role == DOCTOR else {}
    with doctors_list.listing(doctor, user, clinic, now) as generation:
        writes["doctor"] = _doctor(doctor, generation, as_read, now)
        table.write(**writes, **keep())
    return job


def _profile(user: User) -> tuple[Doctor | None, Schedule | None]:
    """The doctor's profile and schedule, of somebody who is or was a doctor: 1 read."""
    if user.doctor_id is None:
        return None, None
    return table.fetch(Doctor.key(int(user.doctor_id)), Schedule.key(int(user.doctor_id)))


def _windows_again(clinic_id: str, schedule: Schedule) -> dict[str, Operation]:
    """The write that makes a doctor's old windows in the clinic that they join inactive, and drops the oldest ones in
    other clinics beyond those that a schedule keeps."""
    as_read, windows = unchanged(schedule, "version"), sorted(schedule.windows, key=lambda window: int(window["id"]))
    former = [window for window in windows if window["clinic_id"] != clinic_id]
    here = [{**window, "is_active": False} for window in windows if window["clinic_id"] == clinic_id]
    schedule.windows = former[-_MOST_FORMER_WINDOWS:] + here
    schedule.version = int(schedule.version) + 1
    return {"schedule": Put(schedule, as_read)}


def _doctor(doctor: Doctor, generation: str | None, as_read: Condition | None, now: datetime) -> Operation:
    """The write of the doctor's profile; `as_read` is None for a new one."""
    if as_read is None:
        doctor.directory_id = generation
        return Create(doctor)
    workplace = set_or_remove(Doctor.clinic_id, doctor.clinic_id)
    actions = [workplace, Doctor.updated_at.set(now), *doctors_list.carries(generation)]
    return Update(Doctor.key(int(doctor.id)), actions, as_read)


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
    actions = setting(Membership, {"status": after.status, **gone, **new})
    return {"membership": Update(key, actions, unchanged(before, "status", "member_role"))}


def new_doctor(user_id: str, now: datetime) -> Doctor:
    """The profile of somebody who becomes a doctor, unsaved."""
    doctor_id = ids.new_int(now)
    return Doctor.key(doctor_id).item(id=doctor_id, user_id=user_id, created_at=now, updated_at=now)


def count(clinic: Clinic, old_role: str | None, new_role: str | None, *, must_be_open: bool) -> dict[str, Operation]:
    """The clinic's part of the transaction: its counters follow the role that somebody had and will have there.

    With `must_be_open` the clinic must not have been deleted, and for a doctor who joins its directory rows must be
    those that were read: the doctor is listed under the clinic's city.
    """
    staff = int(new_role is not None) - int(old_role is not None)
    doctors = int(new_role == DOCTOR) - int(old_role == DOCTOR)
    condition = is_true(Clinic.is_active) if must_be_open else None
    if condition is not None and doctors > 0 and clinic.directory_id is not None:
        condition &= Clinic.directory_id == clinic.directory_id
    actions = [
        counter.add(delta) for counter, delta in ((Clinic.staff_count, staff), (Clinic.doctor_count, doctors)) if delta
    ]
    if actions:
        return {"clinic": Update(Clinic.key(clinic.id), actions, condition)}
    return {} if condition is None else {"clinic": Check(Clinic.key(clinic.id), condition)}


def _account(
    user: User, old_role: str | None, new_role: str | None, doctor_id: int | None = None
) -> dict[str, Operation]:
    """The account's part of the transaction: its role, its doctor and its `staff_version`, with its directory rows."""
    # The password is the one that was checked, when somebody accepts with it.
    condition = users_list.unchanged(user) & same_staff_version(user) & unchanged(user, "password_hash")
    if old_role is None and new_role is not None:
        condition &= still_active()
    role_id = Role[new_role.upper()] if new_role else user.role_id
    own_doctor_id = user.doctor_id or doctor_id
    rows = users_list.relisted(user, {"role_id": role_id, "doctor_id": own_doctor_id})
    user.role_id, user.doctor_id = role_id, own_doctor_id
    actions = [User.staff_version.set(int(user.staff_version or 0) + 1), User.role_id.set(role_id)]
    if own_doctor_id is not None:
        actions.append(User.doctor_id.set(own_doctor_id))
    return {"user": Update(User.key(user.id), actions, condition), **rows}

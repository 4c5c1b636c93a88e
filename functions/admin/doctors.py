"""Doctors: the list of all of them, and whether a doctor's registration was checked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from quickcare import search
from quickcare.accounts import users_list
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Doctor, User
from quickcare.db.operations import Update, setting, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.search import Candidate, Found, Query, transacted

from admin import audit, lists
from admin.sessions import Administrator
from admin.sheets import Sheet


class DoctorAccount(NamedTuple):
    """A doctor's account and profile. There is no profile until a first clinic adds the doctor."""

    user: User
    doctor: Doctor | None


ORDERS, NEWEST_FIRST = {"joined", "name"}, "-joined"
SHEET = Sheet(
    {
        "Name": lambda row: row.user.name,
        "Contact": lambda row: int(row.user.contact),
        "Specialty": lambda row: row.doctor.specialty if row.doctor else None,
        "Registration": lambda row: row.doctor.registration_number if row.doctor else None,
        "Active": lambda row: row.user.is_active,
        "Verified": lambda row: bool(row.doctor and row.doctor.is_verified),
        "Joined": lambda row: row.user.date_joined,
        "Id": lambda row: int(row.doctor.id) if row.doctor else None,
    }
)


def find(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[list[DoctorAccount], str | None]:
    """A page of all doctors in the order that is asked for, newest account first without one, and where it ended: 2
    reads."""
    by, descending = lists.order(filters, ORDERS, NEWEST_FIRST)
    query = Query(where={"role": int(Role.DOCTOR)}, order=by, descending=descending)
    return search.page(users_list.USERS, query, limit, after, _load)


def _load(candidates: Sequence[Candidate]) -> list[Found[DoctorAccount] | None]:
    profiles = {one.id: Doctor.key(int(one.facts["doctor"])) for one in candidates if one.facts["doctor"] is not None}
    wanted: list[Key[Any]] = [*(User.key(candidate.id) for candidate in candidates), *profiles.values()]
    found = table.fetch_all(wanted)
    doctors = dict(zip(profiles, found[len(candidates) :], strict=True))
    return [
        Found(transacted.GENERATION, users_list.entry(user), DoctorAccount(user, doctors.get(user.id)))
        if user
        else None
        for user in found[: len(candidates)]
    ]


@decide_again
def verify(administrator: Administrator, doctor_id: int, is_verified: bool, now: datetime) -> None:
    """Say that a doctor's registration was checked, or take that back: 2 reads, 1 write. Raises NotFound.

    The directory's rows stay as they are, because every list checks the doctor's item when it is read.
    """
    doctor, user = _doctor(doctor_id)
    if doctor.is_verified == is_verified:
        return
    action = "verified_doctor" if is_verified else "unverified_doctor"
    actions = setting(Doctor, {"is_verified": is_verified, "updated_at": now})
    administrator.write(
        doctor=Update(Doctor.key(doctor_id), actions, unchanged(doctor, "is_verified")),
        **audit.entry(administrator, action, now, target=f"users/{user.id}", target_name=user.name),
    )


def _doctor(doctor_id: int) -> tuple[Doctor, User]:
    """A doctor and their account: 2 reads. Raises NotFound."""
    doctor = table.fetch(Doctor.key(doctor_id))
    user = table.fetch(User.key(doctor.user_id)) if doctor else None
    if doctor is None or user is None:
        raise NotFound("There is no such doctor.")
    return doctor, user

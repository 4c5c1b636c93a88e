"""Doctors: the list of all of them, and whether a doctor's registration was checked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from quickcare import search
from quickcare.accounts import users_list
from quickcare.clinic import doctors_list
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Doctor, User
from quickcare.db.operations import Update, setting, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.search import Candidate, Count, Found, Query, transacted

from admin import audit, lists
from admin.sessions import Administrator
from admin.sheets import Sheet, words


class DoctorAccount(NamedTuple):
    """A doctor's account and profile. There is no profile until a first clinic adds the doctor."""

    user: User
    doctor: Doctor | None


ORDERS, NEWEST_FIRST = {"joined", "name"}, "-joined"
SHEET = Sheet(
    {
        "Name": lambda row: row.user.name,
        "Contact": lambda row: int(row.user.contact),
        "Specialty": lambda row: words(row.doctor.specialty) if row.doctor else None,
        "Registration": lambda row: row.doctor.registration_number if row.doctor else None,
        "Active": lambda row: row.user.is_active,
        "Verified": lambda row: bool(row.doctor and row.doctor.is_verified),
        "Joined": lambda row: row.user.date_joined,
        "Id": lambda row: int(row.doctor.id) if row.doctor else None,
    }
)


def count(filters: Mapping[str, str]) -> Callable[[], Count | None]:
    """Begin to count the doctors, or the profiles that are verified or not."""
    if (verified := filters.get("verified")) in ("yes", "no"):
        return search.counting(doctors_list.REGISTER, Query(where={"verified": verified == "yes"}), lists.MOST_COUNTED)
    query = Query(where={"role": int(Role.DOCTOR)}, order="joined")
    return search.counting(users_list.USERS, query, lists.MOST_COUNTED)


def find(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[list[DoctorAccount], str | None]:
    """A page of doctors, and where it ended: 2 reads.

    `verified` of the filters is `yes` or `no`: those are in the order of their profiles, the newest first. All doctors
    are in the order that is asked for (`ORDERS`), without one the newest account first.
    """
    if (verified := filters.get("verified")) in ("yes", "no"):
        query = Query(where={"verified": verified == "yes"}, order="created", descending=True)
        return search.page(doctors_list.REGISTER, query, limit, after, _load_profiles)
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


def _load_profiles(candidates: Sequence[Candidate]) -> list[Found[DoctorAccount] | None]:
    doctors: list[Key[Any]] = [Doctor.key(int(candidate.facts["doctor"])) for candidate in candidates]
    found = table.fetch_all([*doctors, *(User.key(candidate.facts["user"]) for candidate in candidates)])
    pairs = zip(found[: len(candidates)], found[len(candidates) :], strict=True)
    return [
        Found(transacted.GENERATION, doctors_list.register_entry(doctor), DoctorAccount(user, doctor))
        if doctor and user and user.role is Role.DOCTOR
        else None
        for doctor, user in pairs
    ]


@decide_again
def verify(administrator: Administrator, doctor_id: int, is_verified: bool, now: datetime) -> None:
    """Say that a doctor's registration was checked, or take that back: 2 reads, 1 write. Raises NotFound.

    The public directory's rows stay as they are, because every list checks the doctor's item when it is read.
    """
    doctor, user = _doctor(doctor_id)
    if doctor.is_verified == is_verified:
        return
    action = "verified_doctor" if is_verified else "unverified_doctor"
    actions = setting(Doctor, {"is_verified": is_verified, "updated_at": now})
    administrator.write(
        doctor=Update(Doctor.key(doctor_id), actions, unchanged(doctor, "is_verified")),
        **doctors_list.reregistered(doctor, is_verified=is_verified),
        **audit.entry(administrator, action, now, target=f"users/{user.id}", target_name=user.name),
    )


def _doctor(doctor_id: int) -> tuple[Doctor, User]:
    """A doctor and their account: 2 reads. Raises NotFound."""
    doctor = table.fetch(Doctor.key(doctor_id))
    user = table.fetch(User.key(doctor.user_id)) if doctor else None
    if doctor is None or user is None:
        raise NotFound("There is no such doctor.")
    return doctor, user

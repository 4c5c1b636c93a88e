"""The end of a clinic's memberships and invitations when its owner deletes it.

The transaction that deletes the clinic ends as many as it has room for. The worker of leftovers, whose job is in that
transaction, ends the others and those that somebody made at the same moment (`release`), and removes the rows of clinic
and doctors from the directories (`unlist`).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from pynamodb.expressions.update import Action

from quickcare.accounts.account import same_staff_version
from quickcare.clinic import clinics_list, doctors_list, memberships
from quickcare.clinic.memberships import DOCTOR, INACTIVE
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Doctor, Membership, RosterEntry, User
from quickcare.db.operations import Operation, Update
from quickcare.db.table import decide_again

AT_ONCE = 25  # of at most three items each, beside at most 20 of the deletion; a transaction takes 100


class Leaving(NamedTuple):
    """A membership or invitation, whose it is, and the profile of whoever works in the clinic as a doctor by it."""

    membership: Membership
    user: User
    doctor: Doctor | None


def leaving(clinic_id: str) -> list[Leaving]:
    """All open memberships and invitations of a clinic: 3 reads per megabyte of pointers."""
    return [
        one if one.doctor and one.doctor.clinic_id == clinic_id else one._replace(doctor=None)
        for one in _everybody(clinic_id)
        if one.membership.status != INACTIVE
    ]


def _everybody(clinic_id: str) -> list[Leaving]:
    """Whoever is or was in a clinic or was invited, with their profile as a doctor, wherever they work."""
    entries = table.query(RosterEntry, keys.clinic(clinic_id), RosterEntry.sk.startswith(keys.ROSTER_PREFIX))
    if not entries:
        return []
    wanted: list[Key[Any]] = [Membership.key(entry.user_id, clinic_id) for entry in entries]
    found = table.fetch_all([*wanted, *(User.key(entry.user_id) for entry in entries)])
    held, users = found[: len(entries)], found[len(entries) :]
    doctor_ids = [int(user.doctor_id) for user in users if user and user.doctor_id]
    profiles = table.fetch_all([Doctor.key(doctor_id) for doctor_id in doctor_ids]) if doctor_ids else []
    doctors = {profile.user_id: profile for profile in profiles if profile}
    pairs = zip(held, users, strict=True)
    return [Leaving(membership, user, doctors.get(user.id)) for membership, user in pairs if membership and user]


def endings(left: Sequence[Leaving], now: datetime) -> dict[str, Operation]:
    """The operations that end these, at most `AT_ONCE`. The update of the clinic must have `fewer`.

    They need no job of their own for a doctor's appointments: that of the clinic looks at all of the clinic's.
    """
    writes: dict[str, Operation] = {}
    for number, (membership, user, doctor) in enumerate(left):
        writes[f"membership{number}"] = memberships.ending(membership, now)
        # Grows, so that whoever decides about this person at the same moment is refused and decides again. The account
        # may have been read before the membership: who became a doctor in between has a profile that was not read.
        writes[f"user{number}"] = Update(User.key(user.id), [User.staff_version.add(1)], same_staff_version(user))
        if doctor:
            actions = [Doctor.clinic_id.remove(), *doctors_list.carries(None), Doctor.updated_at.set(now)]
            key = Doctor.key(int(doctor.id))
            writes[f"doctor{number}"] = Update(key, actions, doctors_list.unchanged(doctor))
    return writes


def fewer(left: Sequence[Leaving]) -> list[Action]:
    """What the clinic's counters have less of when these end."""
    roles = [role for one in left if (role := memberships.role_of(one.membership))]
    return [Clinic.staff_count.add(-len(roles)), Clinic.doctor_count.add(-roles.count(DOCTOR))]


def release(clinic_id: str, now: datetime) -> None:
    """End the memberships and invitations that a deleted clinic still has: 3 reads and 1 write for each 25."""
    while _is_some_released(clinic_id, now):
        pass


@decide_again
def _is_some_released(clinic_id: str, now: datetime) -> bool:
    clinic, everybody = table.parallel(lambda: table.fetch(Clinic.key(clinic_id)), lambda: leaving(clinic_id))
    left = everybody[:AT_ONCE]
    if clinic is None or clinic.deleted_at is None or not left:
        return False
    still_deleted = Update(Clinic.key(clinic_id), fewer(left), Clinic.deleted_at.exists())
    table.write(clinic=still_deleted, **endings(left, now))
    return True


def unlist(clinic: Clinic, deleted_at: datetime) -> None:
    """Delete the directory rows of a deleted clinic and of the doctors who left with it: 4 reads, 2 writes. They count
    no more: nobody sees the clinic, and the doctors have another generation or none.

    Whoever wrote rows of one of these doctors until then, and did not finish, is refused.
    """
    doctors = [one.doctor for one in _everybody(clinic.id) if one.doctor]
    table.gather(
        [
            partial(clinics_list.retire, clinic.id, clinic.directory_id, deleted_at),
            *(partial(doctors_list.retire_until, int(one.id), deleted_at, one.directory_id) for one in doctors),
        ]
    )

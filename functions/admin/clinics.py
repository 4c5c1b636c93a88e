"""Clinics, their rosters, and doctors to verify (docs/contract.md: Admin panel)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from quickcare import clock, ids
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db import operations
from quickcare.db.items import Clinic, Doctor, User
from quickcare.db.operations import Operation, Refused, Update
from quickcare.errors import Conflict, Unavailable
from quickcare.search import Query, transacted

from admin import audit, repository
from admin.repository import Place
from admin.sessions import Visitor

_ATTEMPTS = 8


class Roster(NamedTuple):
    """A clinic with a page of its members, newest first, and where the page ended."""

    clinic: Clinic
    owner: User | None
    members: Sequence[Place]
    last: str | None


def search(
    asked: Mapping[str, str], limit: int, after: str | None
) -> tuple[list[tuple[Clinic, User | None]], str | None]:
    """A page of all clinics, newest first, or by name where the beginning of one is asked for. 2 reads."""
    where = {"active": asked["active"] == "yes"} if asked.get("active") in ("yes", "no") else {}
    if name := asked.get("q", "").strip():
        ranges = {"name": transacted.beginning(name)}
        found, last = repository.clinics(Query(where=where, ranges=ranges, order="name"), limit, after)
        return [(clinic, owner) for clinic, owner in found if transacted.begins(clinic.name, name)], last
    return repository.clinics(Query(where=where, order="created", descending=True), limit, after)


def roster(clinic_id: str, limit: int, after: str | None) -> Roster:
    """A clinic and a page of its members: 2 reads. Raises NotFound."""
    clinic, entries = repository.roster(clinic_id)
    positions = [f"{clock.sortable(entry.created_at)}#{entry.sk}" for entry in entries]
    following = [n for n, position in enumerate(positions) if after is None or position < after]
    shown = following[:limit]
    members, owner = repository.members(clinic, [entries[n] for n in shown])
    return Roster(clinic, owner, members, positions[shown[-1]] if len(following) > limit else None)


def set_active(visitor: Visitor, clinic_id: str, is_active: bool, now: datetime) -> None:
    """Take a clinic out of public view, or put it back. Its members stay what they are. Raises NotFound."""
    for _ in range(_ATTEMPTS):
        clinic = repository.clinic(clinic_id)
        # Asked again, it makes up for a crash before the directory could follow; so does a change by the owner.
        if clinic.is_active == is_active or _switched(visitor, clinic, is_active, now):
            return doctors_list.relist(clinic, now)
    raise Unavailable


def _switched(visitor: Visitor, clinic: Clinic, is_active: bool, now: datetime) -> bool:
    """Whether it was written. An owner who deleted the clinic took it out of the directory, so it comes in anew."""
    before = clinic.directory_id
    generation = clinics_list.publish(clinic, now) if is_active else before
    clinic.relisting = ids.new_uuid()
    actions = [Clinic.is_active.set(is_active), Clinic.relisting.set(clinic.relisting)]
    if generation != before:
        actions.append(Clinic.directory_id.set(generation))
    unchanged = clinics_list.unchanged(clinic) & operations.unchanged(clinic, "directory_id")
    action = "activated_clinic" if is_active else "deactivated_clinic"
    written = _written(
        visitor,
        {
            "clinic": Update(Clinic.key(clinic.id), actions, unchanged),
            **clinics_list.reregistered(clinic, {"is_active": is_active}),
            **audit.of(visitor, action, now, target=f"clinics/{clinic.id}", target_name=clinic.name),
        },
    )
    if is_active:
        stale, current = (before, generation) if written else (generation, before)
        clinics_list.retire(clinic.id, stale, now, current=current)
    return written


def verify(visitor: Visitor, doctor_id: int, is_verified: bool, now: datetime) -> None:
    """Say that a doctor's registration was checked, or take it back: who must be verified shows or vanishes at once.

    The directory's rows stay as they are: each is checked against the doctor when it is read. Raises NotFound.
    """
    doctor, user = repository.doctor(doctor_id)
    if doctor.is_verified == is_verified:
        return
    action = "verified_doctor" if is_verified else "unverified_doctor"
    actions = [Doctor.is_verified.set(is_verified), Doctor.updated_at.set(now)]
    changed = Update(Doctor.key(doctor_id), actions, Doctor.is_verified == doctor.is_verified)
    trail = audit.of(visitor, action, now, target=f"users/{user.id}", target_name=user.name)
    if not _written(visitor, {"doctor": changed, **trail}):
        raise Conflict


def _written(visitor: Visitor, writes: dict[str, Operation]) -> bool:
    try:
        visitor.write(**writes)
    except Refused:
        return False
    return True

"""Clinics as their owners make, change and close them."""

import random
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action
from quickcare import ids
from quickcare.accounts import users_list
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db import table
from quickcare.db.items import Clinic, ClinicSlot, ClinicSlug, OwnedClinic, User
from quickcare.db.operations import Create, Operation, Refused, Update
from quickcare.errors import AppError, BadRequest, Conflict, NotFound, Unavailable

from clinics import members, repository, slots
from clinics.schemas import ClinicChange, NewClinic, OwnerOnboarding

_ATTEMPTS = 10
_LONGEST_SLUG = 100


def onboard(owner_id: str, body: OwnerOnboarding, now: datetime) -> tuple[Clinic, User, list[ClinicSlot]]:
    """Step 3 of a clinic owner: clinic, slots and the completed flag in one transaction (at most 86 items).

    Raises Forbidden for other roles, BadRequest the second time.
    """
    owner = repository.owner(owner_id)
    if owner.is_complete_onboarding:
        raise BadRequest("Onboarding is already complete.")
    incomplete = (User.is_complete_onboarding == False) & (User.is_active == True)  # noqa: E712 - DynamoDB conditions
    incomplete &= users_list.unchanged(owner)
    actions: list[Action] = [User.is_complete_onboarding.set(True), User.staff_version.add(1)]
    completed = Update(User.key(owner.id), actions, incomplete)
    rows = users_list.relisted(owner, {"is_complete_onboarding": True})
    clinic, slots = _create(owner, body, body.time_slots, {"user": completed, **rows}, now)
    return clinic, owner, slots


def create(owner_id: str, body: NewClinic, now: datetime) -> tuple[Clinic, User]:
    """One more clinic of an owner. Raises Forbidden for other roles."""
    owner = repository.owner(owner_id)
    # Counted, so that a change of role that looked for clinics before this one looks again.
    still = (User.role_id == owner.role_id) & (User.is_active == True)  # noqa: E712 - a DynamoDB condition
    counted = Update(User.key(owner.id), [User.staff_version.add(1)], still)
    return _create(owner, body, [], {"owner": counted}, now)[0], owner


def _create(
    owner: User, body: NewClinic, time_slots: Sequence[Any], writes: dict[str, Operation], now: datetime
) -> tuple[Clinic, list[ClinicSlot]]:
    clinic_id, base = ids.new_uuid(), slug_of(body.name)
    rows = [slots.new(clinic_id, slot, now) for slot in time_slots]
    clinic = Clinic.key(clinic_id).item(id=clinic_id, owner_id=owner.id, slug=base, created_at=now, **_given(body))
    clinic.directory_id = clinics_list.publish(clinic, now)
    try:
        _write_new(clinic, base, rows, writes)
    except AppError:
        clinics_list.retire(clinic_id, clinic.directory_id, now)
        raise
    return clinic, rows


def _write_new(clinic: Clinic, base: str, slots: Sequence[ClinicSlot], writes: dict[str, Operation]) -> None:
    """Write a clinic under a slug that is free. Raises AppError when nothing was written: also Unauthorized, Forbidden
    for an owner who is none any more."""
    for attempt in range(_ATTEMPTS):
        clinic.slug = _free_slug(base, attempt)
        try:
            table.write(
                clinic=Create(clinic),
                **clinics_list.registered(clinic),
                slug=Create(ClinicSlug.key(clinic.slug).item(clinic_id=clinic.id)),
                owned=Create(OwnedClinic.key(clinic.owner_id, clinic.id).item(clinic_id=clinic.id)),
                **{f"slot{number}": Create(slot) for number, slot in enumerate(slots)},
                **writes,
            )
        except Refused as refused:
            if "user" in refused.names:
                raise _why_not_onboarded(clinic.owner_id) from None
            if "owner" in refused.names:
                repository.owner(clinic.owner_id)
            table.back_off(attempt)
            continue
        return
    raise Unavailable


def change(clinic_id: str, owner_id: str, body: ClinicChange, now: datetime) -> tuple[Clinic, User]:
    """Change a clinic; what was not sent stays: 1 read. Doctors follow its city, also after a request that crashed.

    Raises Forbidden, NotFound.
    """
    for attempt in range(_ATTEMPTS):
        clinic, owner = repository.owned(clinic_id, owner_id)
        attributes = body.attributes()
        if not attributes or _changed(clinic, attributes, now):
            if clinic.relisting:
                doctors_list.relist(clinic, now)
            return clinic, owner
        table.back_off(attempt)
    raise Unavailable


def _changed(clinic: Clinic, attributes: dict[str, Any], now: datetime) -> bool:
    """Whether the clinic was as it was read, and is changed with its rows in the directory."""
    before = clinic.directory_id
    register, registered = clinics_list.reregistered(clinic, attributes), clinics_list.unchanged(clinic)
    new = {name for name, value in attributes.items() if getattr(clinic, name) != value}
    if "city" in new:
        attributes["relisting"] = ids.new_uuid()
    for name, value in attributes.items():
        setattr(clinic, name, value)
    if new & clinics_list.LISTED:
        attributes["directory_id"] = clinic.directory_id = clinics_list.publish(clinic, now)
    unchanged = registered & (Clinic.directory_id == before) & (Clinic.is_active == True)  # noqa: E712
    write = Update(Clinic.key(clinic.id), repository.setting(Clinic, attributes), unchanged)
    try:
        table.write(clinic=write, **register)
    except Refused:
        if clinic.directory_id != before:
            clinics_list.retire(clinic.id, clinic.directory_id, now, current=before)
        return False
    if clinic.directory_id != before:
        clinics_list.retire(clinic.id, before, now, current=clinic.directory_id)
    return True


def close(clinic_id: str, owner_id: str, now: datetime) -> list[int]:
    """Delete a clinic softly: it vanishes at once, then everybody in it is released.

    Returns the appointments that stand. A request that crashed in between is finished by the next one.
    Raises Forbidden, NotFound (also when it is done).
    """
    clinic, _ = repository.owned(clinic_id, owner_id, deleted=True)
    was_open = clinic.is_active
    if was_open:
        clinic = _hidden(clinic)
    released, standing = members.release_all(clinic, now)
    clinics_list.retire(clinic_id, clinic.directory_id, now)
    if not (was_open or released):
        raise NotFound
    return standing


def _hidden(clinic: Clinic) -> Clinic:
    """The clinic as it is once nobody sees it any more, also when its owner renames it at the same moment."""
    for attempt in range(_ATTEMPTS):
        hidden = Update(Clinic.key(clinic.id), [Clinic.is_active.set(False)], clinics_list.unchanged(clinic))
        try:
            table.write(clinic=hidden, **clinics_list.reregistered(clinic, {"is_active": False}))
        except Refused:
            table.back_off(attempt)
            clinic = table.fetch(Clinic.key(clinic.id)) or clinic
            continue
        return clinic
    raise Unavailable


def _why_not_onboarded(owner_id: str) -> AppError:
    owner = table.fetch(User.key(owner_id))
    if owner is not None and owner.is_complete_onboarding:
        return BadRequest("Onboarding is already complete.")
    return Conflict()


def slug_of(name: str) -> str:
    """The clinic's name for an address: letters a-z, digits and hyphens; `clinic` when nothing of it is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-") or "clinic"


def _free_slug(base: str, attempt: int) -> str:
    """The first free one, or nearly; after losing a race any of the next few, so that a crowd does not meet at each.

    Of `n` taken ones it reads 2 log n windows: further and further ones up to one with room, then halves between.
    """
    full, roomy = -1, 0
    while not (free := repository.free_slugs(base, roomy)):
        full, roomy = roomy, max(1, 2 * roomy)
    while roomy - full > 1:
        middle = (full + roomy) // 2
        if found := repository.free_slugs(base, middle):
            roomy, free = middle, found
        else:
            full = middle
    return random.choice(free[: 2**attempt])  # noqa: S311 - spreads writers, no secret


def _given(body: NewClinic) -> dict[str, Any]:
    sent = {"clinic_type": body.clinic_type, **body.attributes()}
    return {name: value for name, value in sent.items() if value is not None}

"""What owners do with their clinics: list, open, change and close them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.update import Action
from quickcare import ids
from quickcare.accounts import users_list
from quickcare.accounts.account import same_staff_version, still_active
from quickcare.clinic import clinic_change, clinics_list, closing, leftovers
from quickcare.clinic import slots as slots_of_day
from quickcare.clinic.clinic_change import ClinicChange
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.items import (
    Appointment,
    AppointmentPointer,
    Clinic,
    ClinicSlot,
    ClinicSlug,
    Job,
    OwnedClinic,
    User,
)
from quickcare.db.operations import Create, Keeping, Operation, Refused, Update, is_false, keep_nothing
from quickcare.db.table import decide_again
from quickcare.errors import AppError, BadRequest, Conflict, NotFound
from quickcare.observability import logger
from quickcare.timeouts import OutOfTime

from clinics import quota, repository, slots, slugs
from clinics.schemas.clinics import NewClinic
from clinics.schemas.onboarding import OwnerOnboarding
from clinics.schemas.slots import NewSlot


class _OwnerChanged(Conflict):
    """The owner's account is not as it was read."""


def replay(owner_id: str, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a new clinic that is given again: 1 read. Raises Forbidden, NotFound (deleted meanwhile)."""
    repository.owned(body["id"], owner_id)
    return body


def replay_of_onboarding(owner_id: str, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to the last step of a registration that is given again: 1 read. Raises what `replay` raises."""
    repository.owned(body["clinic"]["id"], owner_id)
    return body


def clinics_of(owner_id: str, limit: int, after: str | None) -> tuple[list[Clinic], User, str | None]:
    """A page of the owner's open clinics, their account, and where the page ended: 2 reads.

    Raises Unauthorized, Forbidden for other roles.
    """
    prefix = OwnedClinic.sk.startswith(keys.OWNED_CLINIC_PREFIX)
    (pointers, last), owner = table.parallel(
        lambda: table.page(OwnedClinic, keys.user(owner_id), prefix, limit, after),
        lambda: repository.owner(owner_id),
    )
    clinics = table.fetch_all([Clinic.key(pointer.clinic_id) for pointer in pointers])
    return [clinic for clinic in clinics if clinic and clinic.is_active], owner, last


def onboard(
    owner_id: str,
    body: OwnerOnboarding,
    now: datetime,
    keep: Keeping[[Clinic, User, list[ClinicSlot]]] = keep_nothing,
) -> tuple[Clinic, User, list[ClinicSlot]]:
    """Step 3 of a clinic owner: clinic, slots and the completed flag in one transaction (at most 99 items).

    Raises Forbidden for other roles, BadRequest the second time.
    """
    owner = repository.owner(owner_id)
    if owner.is_complete_onboarding:
        raise BadRequest("Onboarding is already complete.")
    incomplete = is_false(User.is_complete_onboarding) & still_active() & users_list.unchanged(owner)
    actions: list[Action] = [User.is_complete_onboarding.set(True), User.staff_version.add(1)]
    rows = users_list.relisted(owner, {"is_complete_onboarding": True})
    also: dict[str, Operation] = {"user": Update(User.key(owner.id), actions, incomplete), **rows}
    clinic, clinic_slots = _open(
        owner, body, body.time_slots, also, now, lambda clinic, hours: keep(clinic, owner, hours)
    )
    return clinic, owner, clinic_slots


@decide_again
def create(
    owner_id: str, body: NewClinic, now: datetime, keep: Keeping[[Clinic, User]] = keep_nothing
) -> tuple[Clinic, User]:
    """Open one more clinic of an owner: 2 reads. Raises Forbidden for other roles, Conflict when they have as many as
    they may."""
    owner = repository.owner(owner_id)
    # After the owner was read, so that no clinic is missing that was made before the version that the write asks for.
    quota.require_place(owner_id)
    # The version grows, so that an administrator's change of this role, which looked for clinics before this one was
    # made, is refused and looks again; and so does another clinic that the owner opens at the same time.
    still_owner = (User.role_id == owner.role_id) & still_active() & same_staff_version(owner)
    also: dict[str, Operation] = {"owner": Update(User.key(owner.id), [User.staff_version.add(1)], still_owner)}
    try:
        return _open(owner, body, [], also, now, lambda clinic, _: keep(clinic, owner))[0], owner
    except _OwnerChanged:
        raise Refused({"owner"}) from None


def _open(
    owner: User,
    body: NewClinic,
    new_slots: Sequence[NewSlot],
    also: dict[str, Operation],
    now: datetime,
    keep: Keeping[[Clinic, list[ClinicSlot]]],
) -> tuple[Clinic, list[ClinicSlot]]:
    """Write a new clinic with its slots, and do `also` in the same transaction."""
    clinic_id, base = ids.new_uuid(), slugs.slug_of(body.name)
    clinic_slots = [slots.new(clinic_id, slot, now) for slot in new_slots]
    clinic = Clinic.key(clinic_id).item(id=clinic_id, owner_id=owner.id, slug=base, created_at=now, **_given(body))
    clinic.directory_id = clinics_list.publish(clinic, now)
    try:
        _write_new(clinic, base, clinic_slots, also, lambda: keep(clinic, clinic_slots))
    except AppError:
        clinics_list.retire(clinic_id, clinic.directory_id, now)
        raise
    return clinic, clinic_slots


def _given(body: NewClinic) -> dict[str, Any]:
    sent = {"clinic_type": body.clinic_type, **body.attributes()}
    return {name: value for name, value in sent.items() if value is not None}


def _write_new(
    clinic: Clinic, base: str, clinic_slots: Sequence[ClinicSlot], also: dict[str, Operation], keep: Keeping[[]]
) -> None:
    """Write a clinic under a slug that is free.

    Raises AppError when nothing was written: also Unauthorized and Forbidden when the account is no owner's any more.
    """
    # Kept from one try to the next: each lost race lets the next try choose among more slugs.
    lost_races = count()

    @decide_again
    def write() -> None:
        clinic.slug = slugs.choose(base, next(lost_races))
        try:
            table.write(**_new_items(clinic, clinic_slots), **also, **keep())
        except Refused as refused:
            if "user" in refused.names:
                raise _why_not_onboarded(clinic.owner_id) from None
            if "owner" in refused.names:
                repository.owner(clinic.owner_id)
                raise _OwnerChanged from None
            raise

    write()


def _new_items(clinic: Clinic, clinic_slots: Sequence[ClinicSlot]) -> dict[str, Operation]:
    return {
        "clinic": Create(clinic),
        "slug": Create(ClinicSlug.key(clinic.slug).item(clinic_id=clinic.id)),
        "owned": Create(OwnedClinic.key(clinic.owner_id, clinic.id).item(clinic_id=clinic.id)),
        **{f"slot{number}": Create(slot) for number, slot in enumerate(clinic_slots)},
        **clinics_list.registered(clinic),
    }


def _why_not_onboarded(owner_id: str) -> AppError:
    owner = table.fetch(User.key(owner_id))
    if owner is not None and owner.is_complete_onboarding:
        return BadRequest("Onboarding is already complete.")
    return Conflict()


def change(clinic_id: str, owner_id: str, body: ClinicChange, now: datetime) -> tuple[Clinic, User]:
    """Change a clinic; what was not sent stays: 1 read. The directory rows of its doctors follow a new city soon: the
    worker of leftovers gets a job for it, also when an earlier change left some behind.

    Raises Forbidden, NotFound.
    """
    clinic, owner, job = _change(clinic_id, owner_id, body, now)
    leftovers.relay(job)
    return clinic, owner


@decide_again
def _change(clinic_id: str, owner_id: str, body: ClinicChange, now: datetime) -> tuple[Clinic, User, Job | None]:
    clinic, owner = repository.owned(clinic_id, owner_id)
    attributes = body.attributes()
    moves = attributes.get("city", clinic.city) != clinic.city
    job = leftovers.of_clinic(clinic_id, now) if moves or clinic.relisting else None
    also: dict[str, Operation] = {"job": Create(job)} if job else {}
    if attributes:
        clinic_change.change(clinic, attributes, now, table.write, **also)
    elif also:
        table.write(**also)
    return clinic, owner, job


def close(clinic_id: str, owner_id: str, now: datetime) -> list[int]:
    """Delete a clinic softly: it vanishes, and the memberships and invitations in it end, 25 of them in the same
    transaction. The worker of leftovers ends the others, and cancels the appointments that have not begun.

    Returns the ids of the appointments that were live: 5 reads, 2 writes. Raises Forbidden, NotFound (also when
    everything is done already).
    """
    job = _delete(clinic_id, owner_id, now)
    conflicting = _live_appointments(clinic_id, now)
    leftovers.relay(job)  # Only now: the worker would take them out.
    return conflicting


@decide_again
def _delete(clinic_id: str, owner_id: str, now: datetime) -> Job:
    """Write that the clinic is deleted, also when an administrator has closed it, with the job for what is left: 3
    reads, 1 write. One that was deleted by an older release may have members left."""
    (clinic, _), everybody = table.parallel(
        lambda: repository.owned(clinic_id, owner_id, deleted=True), lambda: closing.leaving(clinic_id)
    )
    if clinic.deleted_at is not None and not everybody:
        raise NotFound
    left, job = everybody[: closing.AT_ONCE], leftovers.of_clinic(clinic_id, now)
    actions = [Clinic.is_active.set(False), Clinic.deleted_at.set(clinic.deleted_at or now), *closing.fewer(left)]
    deleted = Update(Clinic.key(clinic_id), actions, clinics_list.unchanged(clinic))
    rows = clinics_list.reregistered(clinic, {"is_active": False})
    table.write(clinic=deleted, job=Create(job), **rows, **closing.endings(left, now))
    return job


def _live_appointments(clinic_id: str, now: datetime) -> list[int]:
    """The ids of a clinic's live appointments from today on, the earliest first: 2 reads. None of them when DynamoDB
    fails, because the clinic is deleted already and the worker finds them by itself."""
    prefix = keys.APPOINTMENT_PREFIX
    within = AppointmentPointer.sk.between(f"{prefix}{slots_of_day.today(now).isoformat()}", f"{prefix}~")
    try:
        pointers = table.query(AppointmentPointer, keys.clinic(clinic_id), within)
        found = table.fetch_all([Appointment.key(int(one.appointment_id)) for one in pointers]) if pointers else []
    except (PynamoDBException, OutOfTime) as error:
        logger.warning("appointments of a deleted clinic are not named", error=type(error).__name__)
        return []
    return [int(one.id) for one in found if one and Status(one.status).is_live]

"""The public directory of doctors: an entry for each doctor who may be listed, and how writes keep it up to date.

Whoever changes what the directory knows (a doctor's profile, name or clinic) writes inside `listing`:

    with doctors_list.listing(doctor, user, clinic, now) as generation:
        table.write(doctor=Update(key, [*actions, *doctors_list.carries(generation)], doctors_list.unchanged(doctor)))

or inside `updating`, when only attributes of the doctor and the user's name change. `doctor`, `user` and `clinic` are
as the write will leave them. The new rows are written before the write inside, and the old rows are deleted after it.
When it is refused, the new rows are deleted instead.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from quickcare import clock, search
from quickcare.clinic import staff
from quickcare.db import keys, operations, table
from quickcare.db.items import Clinic, Doctor, Membership, RosterEntry, User
from quickcare.db.operations import Operation, Refused, Update, set_or_remove, setting
from quickcare.db.table import decide_again
from quickcare.errors import AppError, Conflict, NotFound
from quickcare.roles import Role
from quickcare.search import Directory, Entry, Facts, transacted

FEE, EXPERIENCE = "first_visit_fee", "experience_years"
_MOST_CHANGES = 5  # of one clinic while its doctors are being listed


def _fee(facts: Facts) -> str:
    return search.number(facts["paise"])


def _experience(facts: Facts) -> str:
    return search.number(facts[EXPERIENCE], 3)


def _oldest_first(_: Facts) -> str:
    return ""


DOCTORS = Directory(
    kind="DOCTOR",
    filter_sets=(("clinic",), ("specialty", "city"), ("specialty",), ("city",), ()),
    orders={"": _oldest_first, FEE: _fee, EXPERIENCE: _experience},
)

REGISTER = Directory(
    kind="DOCTOR-REGISTER",
    filter_sets=(("verified",),),
    orders={"created": lambda facts: str(facts["created"])},
    shards=keys.LIST_SHARDS,
)


def register_entry(doctor: Doctor, *, is_verified: bool | None = None) -> Entry:
    """The entry of a doctor's profile in the administrators' register, which they filter by verification."""
    facts = {
        "created": clock.sortable(doctor.created_at),
        "doctor": int(doctor.id),
        "user": doctor.user_id,
        "verified": bool(doctor.is_verified if is_verified is None else is_verified),
    }
    return Entry(entry_id(int(doctor.id)), facts, shards=int(doctor.list_shards or search.SHARDS_BEFORE))


def registered(doctor: Doctor) -> dict[str, Operation]:
    """The register's operations, for the transaction that creates the doctor."""
    return transacted.change(REGISTER, None, register_entry(doctor))


def reregistered(doctor: Doctor, *, is_verified: bool) -> dict[str, Operation]:
    """The register's operations, for the transaction that changes whether a doctor is verified, as it was read."""
    return transacted.change(REGISTER, register_entry(doctor), register_entry(doctor, is_verified=is_verified))


def paise(rupees: Decimal | str) -> int:
    """A fee in hundredths of a rupee."""
    return int(Decimal(rupees) * 100)


def entry_id(doctor_id: int) -> str:
    """The id of a doctor's entry in the directory."""
    # Padded, so that the order of texts is the order of creation. Ids are below 2^53, which has 16 digits.
    return f"{doctor_id:016d}"


def entry(doctor: Doctor, user: User, clinic: Clinic) -> Entry:
    """The entry of a doctor in the directory."""
    facts = {
        "doctor": int(doctor.id),
        "user": user.id,
        "clinic": clinic.id,
        "city": search.fold(clinic.city or "") or None,
        "specialty": doctor.specialty,
        "paise": paise(doctor.first_visit_fee),
        EXPERIENCE: int(doctor.experience_years),
        "video": bool(doctor.offers_video_consultation),
    }
    return Entry(entry_id(int(doctor.id)), facts, search.words(user.name, doctor.specialty))


def carries(generation: str | None) -> list[Action]:
    """The action that gives a doctor's item this generation, or removes it for None."""
    return [set_or_remove(Doctor.directory_id, generation)]


@contextmanager
def listing(doctor: Doctor, user: User, clinic: Clinic | None, now: datetime) -> Iterator[str | None]:
    """Write the doctor's new rows before the write inside, and delete the old ones after it.

    Yields the generation that the write inside has to give the doctor: None when there is no clinic, or the doctor, the
    account or the clinic is not active; the same as before when the directory's entry does not change.
    `doctor.directory_id` must be as it was read. After Refused, and after an AppError that a service made of it, the
    new rows are deleted. After other errors nobody knows what was written, so both generations stay: the one that the
    doctor does not have is ignored, and a later write deletes it.
    """
    before = doctor.directory_id
    if clinic is None or not _may_be_listed(doctor, user, clinic):
        after = None
    elif before is not None and search.says(DOCTORS, entry(doctor, user, clinic), before):
        after = before
    else:
        after = search.publish(DOCTORS, entry(doctor, user, clinic), now)
    try:
        yield after
    except (Refused, AppError):
        if after != before:
            retire(int(doctor.id), after, now, current=before)
        raise
    if after != before:
        retire(int(doctor.id), before, now, current=after)


@contextmanager
def updating(
    doctor: Doctor, user: User, clinic: Clinic | None, attributes: dict[str, Any], now: datetime
) -> Iterator[Update]:
    """`listing` for a doctor whose `attributes` change (None removes one). Yields the update of the doctor."""
    seen = unchanged(doctor)
    actions = setting(Doctor, attributes)
    for name, value in attributes.items():
        setattr(doctor, name, value)
    with listing(doctor, user, clinic, now) as generation:
        yield Update(Doctor.key(int(doctor.id)), [*actions, *carries(generation)], seen)


def doctor_and_clinic(doctor_id: int) -> tuple[Doctor, Clinic | None]:
    """A doctor and their workplace, for `updating`: 2 reads. Raises NotFound."""
    doctor = table.fetch(Doctor.key(doctor_id))
    if doctor is None:
        raise NotFound
    return doctor, table.fetch(Clinic.key(doctor.clinic_id)) if doctor.clinic_id else None


def retire(doctor_id: int, generation: str | None, now: datetime, *, current: str | None = None) -> None:
    """Delete the doctor's rows of one generation. `current` is the one that the doctor has now."""
    search.retire(DOCTORS, entry_id(doctor_id), generation, now, current=current)


def retire_until(doctor_id: int, until: datetime, current: str | None) -> None:
    """Delete the doctor's rows that were written until an instant (see `search.retire_until`)."""
    search.retire_until(DOCTORS, entry_id(doctor_id), until, current=current)


def working_in(clinic_id: str) -> list[int]:
    """The ids of the doctors who work in a clinic now: 3 reads per megabyte of pointers."""
    prefix = RosterEntry.sk.startswith(keys.ROSTER_PREFIX)
    entries = table.query(RosterEntry, keys.clinic(clinic_id), prefix)
    held = table.fetch_all([Membership.key(entry.user_id, clinic_id) for entry in entries])
    active = staff.active_as((Role.DOCTOR,), [membership for membership in held if membership])
    users = table.fetch_all([User.key(membership.user_id) for membership in active])
    return [int(user.doctor_id) for user in users if user and user.doctor_id]


def relist(clinic: Clinic, now: datetime) -> bool:
    """Bring the directory rows of a clinic's doctors up to date after a change of the clinic. Returns whether they are.

    The change has set `relisting`, so that after a crash another call can do this. When a later change set it anew in
    the meantime, this may have written rows from before that change, so all doctors are looked at again.
    """
    # Not `decide_again`: each try after the first begins with the clinic as the later change left it.
    for _ in range(_MOST_CHANGES):
        if not refresh(working_in(clinic.id), now):
            return False
        if clinic.relisting is None:
            return True
        finished = Update(Clinic.key(clinic.id), [Clinic.relisting.remove()], Clinic.relisting == clinic.relisting)
        try:
            table.write(clinic=finished)
        except Refused:
            clinic = table.fetch(Clinic.key(clinic.id)) or clinic
            continue
        return True
    return False


def refresh(doctor_ids: Iterable[int], now: datetime) -> bool:
    """Bring the directory rows of these doctors up to date after a clinic or an account changed.

    It takes at most 4 reads and 5 writes, as many doctors at a time as there are threads. Returns False when a doctor
    was changed by others all the time.
    """
    return all(table.gather([partial(_refreshed, doctor_id, now) for doctor_id in doctor_ids]))


def _refreshed(doctor_id: int, now: datetime) -> bool:
    try:
        _refresh(doctor_id, now)
    except Conflict:
        return False
    return True


@decide_again
def _refresh(doctor_id: int, now: datetime) -> None:
    doctor = table.fetch(Doctor.key(doctor_id))
    if doctor is None:
        return
    if doctor.clinic_id is None:
        user, clinic = table.fetch(User.key(doctor.user_id)), None
    else:
        user, clinic = table.fetch(User.key(doctor.user_id), Clinic.key(doctor.clinic_id))
    if user is None:
        return
    with listing(doctor, user, clinic, now) as generation:
        if generation != doctor.directory_id:
            table.write(doctor=Update(Doctor.key(doctor_id), carries(generation), unchanged(doctor)))


def unchanged(doctor: Doctor) -> Condition:
    """The condition that the doctor still has the clinic and the generation that were read."""
    return operations.unchanged(doctor, "directory_id", "clinic_id")


def _may_be_listed(doctor: Doctor, user: User, clinic: Clinic) -> bool:
    return bool(doctor.clinic_id == clinic.id and doctor.is_active and user.is_active and clinic.is_active)

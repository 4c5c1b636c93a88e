"""Doctors in the public directory: what it knows of one, who may be seen, and how a write keeps it true.

Whoever changes what the directory knows (a doctor's profile, name or clinic) writes inside `listing`:

    with doctor_directory.listing(doctor, user, clinic, now) as generation:
        table.write(doctor=Update(key, [*actions, *doctor_directory.carries(generation)], unchanged(doctor)))

or, where nothing but attributes of the doctor and the user's name change, inside `updating`. `doctor`, `user` and
`clinic` are as that write will leave them. The rows exist before the doctor carries them, and the ones before go after;
when the write is refused, the new ones go instead.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from quickcare import search
from quickcare.clinic import staff
from quickcare.db import keys, operations, table
from quickcare.db.items import Clinic, Doctor, Membership, RosterEntry, User
from quickcare.db.operations import Refused, Update, set_or_remove, setting
from quickcare.errors import AppError, NotFound
from quickcare.roles import Role
from quickcare.search import Directory, Entry, Facts

FEE, EXPERIENCE = "first_visit_fee", "experience_years"
_ATTEMPTS = 5


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


def paise(rupees: Decimal | str) -> int:
    """A fee in hundredths of a rupee."""
    return int(Decimal(rupees) * 100)


def entry_id(doctor_id: int) -> str:
    # Padded, so that text order is the order of creation: ids stay below 2^53, which has 16 digits.
    return f"{doctor_id:016d}"


def entry(doctor: Doctor, user: User, clinic: Clinic) -> Entry:
    """What the directory says of a doctor."""
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
    """The update that makes a doctor carry a generation."""
    return [set_or_remove(Doctor.directory_id, generation)]


@contextmanager
def listing(doctor: Doctor, user: User, clinic: Clinic | None, now: datetime) -> Iterator[str | None]:
    """Prepare the rows that the write inside makes valid, and remove the others. Yields the generation to carry.

    None when the doctor, the account or the clinic is not active, or there is no clinic; the present one when nothing
    changes. `doctor.directory_id` is as it was read. An error other than Refused, and AppError that services make of
    it, leaves both generations, because nobody knows what was written: the one that the doctor does not carry is
    ignored, and removed by a later write.
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
    """`listing` for a doctor whose `attributes` change (None removes one). Yields the doctor's write."""
    seen = unchanged(doctor)
    actions = setting(Doctor, attributes)
    for name, value in attributes.items():
        setattr(doctor, name, value)
    with listing(doctor, user, clinic, now) as generation:
        yield Update(Doctor.key(int(doctor.id)), [*actions, *carries(generation)], seen)


def practice(doctor_id: int) -> tuple[Doctor, Clinic | None]:
    """A doctor and the clinic they work in, for `updating`: 2 reads. Raises NotFound."""
    doctor = table.fetch(Doctor.key(doctor_id))
    if doctor is None:
        raise NotFound
    return doctor, table.fetch(Clinic.key(doctor.clinic_id)) if doctor.clinic_id else None


def retire(doctor_id: int, generation: str | None, now: datetime, *, current: str | None = None) -> None:
    """Remove rows that the doctor does not carry (any more); `current` is what they carry now."""
    search.retire(DOCTORS, entry_id(doctor_id), generation, now, current=current)


def working_in(clinic_id: str) -> list[int]:
    """The ids of the doctors who work in a clinic now: 3 reads per megabyte of pointers."""
    prefix = RosterEntry.sk.startswith(keys.ROSTER_PREFIX)
    entries = table.query(RosterEntry, keys.clinic(clinic_id), prefix)
    held = table.fetch_all([Membership.key(entry.user_id, clinic_id) for entry in entries])
    active = staff.active_as((Role.DOCTOR,), [membership for membership in held if membership])
    users = table.fetch_all([User.key(membership.user_id) for membership in active])
    return [int(user.doctor_id) for user in users if user and user.doctor_id]


def relist(clinic: Clinic, now: datetime) -> None:
    """Let the doctors of a clinic follow its change, which set `relisting` so that after a crash another call can.

    Where a later change came first, what it wrote may have been overwritten here, so all are looked at again.
    """
    for _ in range(_ATTEMPTS):
        if not refresh(working_in(clinic.id), now) or clinic.relisting is None:
            return
        finished = Update(Clinic.key(clinic.id), [Clinic.relisting.remove()], Clinic.relisting == clinic.relisting)
        try:
            table.write(clinic=finished)
        except Refused:
            clinic = table.fetch(Clinic.key(clinic.id)) or clinic
            continue
        return


def refresh(doctor_ids: Iterable[int], now: datetime) -> bool:
    """Make the directory say what the items say, after a clinic or an account changed: a few trips for each doctor.

    Whether it does; a doctor who is changed by others all the time may be left out.
    """
    return all([any(_refreshed(doctor_id, now) for _ in range(_ATTEMPTS)) for doctor_id in doctor_ids])  # noqa: C419


def _refreshed(doctor_id: int, now: datetime) -> bool:
    doctor = table.fetch(Doctor.key(doctor_id))
    if doctor is None:
        return True
    if doctor.clinic_id is None:
        user, clinic = table.fetch(User.key(doctor.user_id)), None
    else:
        user, clinic = table.fetch(User.key(doctor.user_id), Clinic.key(doctor.clinic_id))
    if user is None:
        return True
    try:
        with listing(doctor, user, clinic, now) as generation:
            if generation != doctor.directory_id:
                table.write(doctor=Update(Doctor.key(doctor_id), carries(generation), unchanged(doctor)))
    except Refused:
        return False
    return True


def unchanged(doctor: Doctor) -> Condition:
    """The condition that the doctor still is in the clinic and carries the generation that were read."""
    return operations.unchanged(doctor, "directory_id", "clinic_id")


def _may_be_listed(doctor: Doctor, user: User, clinic: Clinic) -> bool:
    return bool(doctor.clinic_id == clinic.id and doctor.is_active and user.is_active and clinic.is_active)

"""The access patterns of `/api/doctors/`, each with its number of round trips."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from quickcare.clinic import staff
from quickcare.clinic.doctors import is_public
from quickcare.clinic.staff import ACTIVE
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, DayLedger, Doctor, Membership, Schedule, User
from quickcare.db.operations import Create, Put, Refused
from quickcare.errors import Conflict, Forbidden, NotFound, Unauthorized
from quickcare.roles import Role

_ATTEMPTS = 10
R = TypeVar("R")


class Practice(NamedTuple):
    """A doctor with everything their view shows."""

    doctor: Doctor
    user: User
    clinic: Clinic | None
    membership: Membership | None
    schedule: Schedule | None

    @property
    def place(self) -> tuple[Clinic, Membership] | None:
        """Where the doctor works."""
        if self.clinic is None or self.membership is None or self.membership.status != ACTIVE:
            return None
        return self.clinic, self.membership


# Seen by everybody


def public(doctor_id: int) -> Practice:
    """A doctor whom strangers may see: 2 reads. Raises NotFound."""
    doctor, schedule = table.fetch(Doctor.key(doctor_id), Schedule.key(doctor_id))
    if doctor is None or doctor.clinic_id is None:
        raise NotFound
    user, clinic, membership = table.fetch(
        User.key(doctor.user_id), Clinic.key(doctor.clinic_id), Membership.key(doctor.user_id, doctor.clinic_id)
    )
    if user is None or not is_public(doctor, user, membership, clinic):
        raise NotFound
    return Practice(doctor, user, clinic, membership, schedule)


def practices(wanted: Sequence[tuple[int, str, str]]) -> list[Practice | None]:
    """Doctors by id, user and clinic, None for those who may not be seen there: 1 read."""
    found: list[Any] = table.fetch_all([key for ids in wanted for key in _practice_keys(*ids)])
    width = len(Practice._fields)
    rows = [found[start : start + width] for start in range(0, len(found), width)]
    return [
        Practice(doctor, user, clinic, membership, schedule)
        if doctor and user and is_public(doctor, user, membership, clinic)
        else None
        for doctor, user, clinic, membership, schedule in rows
    ]


def _practice_keys(doctor_id: int, user_id: str, clinic_id: str) -> list[Key[Any]]:
    return [
        Doctor.key(doctor_id),
        User.key(user_id),
        Clinic.key(clinic_id),
        Membership.key(user_id, clinic_id),
        Schedule.key(doctor_id),
    ]


def day(doctor_id: int, date: str) -> tuple[Doctor | None, Schedule | None, DayLedger | None]:
    """What the free slots of a day are made of: 1 read."""
    return table.fetch(Doctor.key(doctor_id), Schedule.key(doctor_id), DayLedger.key(doctor_id, date))


# The doctor's own


def own(user_id: str) -> Practice:
    """The calling doctor, working somewhere or not: 2 reads. Raises Forbidden for other roles."""
    user, held = table.parallel(lambda: table.fetch(User.key(user_id)), lambda: staff.memberships(user_id))
    if user is None or not user.is_active:
        raise Unauthorized
    if user.role is not Role.DOCTOR or user.doctor_id is None:
        raise Forbidden
    doctor_id, active = int(user.doctor_id), [m for m in held if m.status == ACTIVE]
    if not active:
        doctor, schedule = table.fetch(Doctor.key(doctor_id), Schedule.key(doctor_id))
        return Practice(_known(doctor), user, None, None, schedule)
    doctor, clinic, schedule = table.fetch(
        Doctor.key(doctor_id), Clinic.key(active[0].clinic_id), Schedule.key(doctor_id)
    )
    return Practice(_known(doctor), user, clinic, active[0], schedule)


def _known(doctor: Doctor | None) -> Doctor:
    if doctor is None:
        raise NotFound
    return doctor


def working(user_id: str) -> tuple[int, str]:
    """The calling doctor's id and clinic: 1 read. Raises Forbidden without an active place as a doctor."""
    user, active = staff.require(user_id, (Role.DOCTOR,))
    if user.doctor_id is None:
        raise Forbidden
    return int(user.doctor_id), str(active[0].clinic_id)


def require_own(user_id: str, doctor_id: int) -> str:
    """The clinic of the calling doctor, who must be this one: 1 read. Raises NotFound, Forbidden."""
    (own_id, clinic_id), doctor = table.parallel(lambda: working(user_id), lambda: table.fetch(Doctor.key(doctor_id)))
    if doctor is None:
        raise NotFound
    if own_id != doctor_id:
        raise Forbidden
    return clinic_id


def schedule(doctor_id: int) -> Schedule | None:
    """1 read."""
    return table.fetch(Schedule.key(doctor_id))


def edit_schedule(doctor_id: int, change: Callable[[Schedule], R]) -> R:
    """Change a schedule as `change` does, under the version that it saw; what it returns: 1 read, 1 write.

    Somebody else's change in between means: read again and decide again.
    """
    for attempt in range(_ATTEMPTS):
        seen = schedule(doctor_id)
        after = seen or Schedule.key(doctor_id).item()
        version = int(after.version)
        result = change(after)
        after.version = version + 1
        try:
            table.write(schedule=Put(after, Schedule.version == version) if seen else Create(after))
        except Refused:
            table.back_off(attempt)
            continue
        return result
    raise Conflict("The timetable is being changed at the same time. Please try again.", retry_after=1)


def live_appointments(doctor_id: int, first: date, last: date | None = None) -> list[tuple[date, dict[str, int]]]:
    """Live appointments of the days from `first` to `last` (both included, open without): time → id. 1 read.

    After a change of the schedule this is complete: a booking that has not committed by then is refused by the version.
    """
    if last and last < first:
        return []  # DynamoDB refuses a range that ends before it begins.
    until = keys.day(last.isoformat()) if last else keys.day("~")
    ledgers = DayLedger.query(
        keys.doctor(doctor_id), DayLedger.sk.between(keys.day(first.isoformat()), until), consistent_read=True
    )
    return [(date.fromisoformat(ledger.sk.removeprefix(keys.day(""))), ledger.times) for ledger in ledgers]

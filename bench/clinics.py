"""Clinics of one owner with random names. Every third one is in Mumbai."""

from collections.abc import Collection, Iterator
from datetime import datetime
from random import Random

from quickcare import search
from quickcare.clinic.clinics_list import CLINICS, entry
from quickcare.db.item import Item
from quickcare.db.items import Clinic, User
from quickcare.roles import Role

from bench.names import CITIES, LAST, uuid

TYPES = ("clinic", "clinic", "clinic", "hospital", "polyclinic", "diagnostic_center")
KINDS = ("Care", "Hospital", "Clinic", "Diagnostics", "Health Centre", "Nursing Home")
OWNER = uuid("owner", 0)


def items(number: int, now: datetime, lists: Collection[str]) -> Iterator[Item]:
    """A clinic and those of its directory rows that are in `lists`."""
    one = clinic(number, now)
    yield one
    yield from (row for row in search.rows_of(CLINICS, entry(one), "first") if row.pk in lists)


def owner(now: datetime) -> User:
    return User.key(OWNER).item(
        id=OWNER, contact=6_900_000_000, name="Owner", role_id=Role.CLINIC_OWNER, password_hash="", date_joined=now
    )


def clinic(number: int, now: datetime) -> Clinic:
    random = Random(number)  # noqa: S311 - a data set
    clinic_id = uuid("clinic", number)
    return Clinic.key(clinic_id).item(
        id=clinic_id,
        owner_id=OWNER,
        name=f"{random.choice(LAST)} {random.choice(KINDS)}",
        slug=f"clinic-{number}",
        clinic_type=random.choice(TYPES),
        city="Mumbai" if number % 3 == 0 else random.choice(CITIES[1:]),
        created_at=now,
        directory_id="first",
    )


def ids(number: int) -> list[str]:
    """What tells the rows of one clinic from those of another."""
    return [uuid("clinic", number)]

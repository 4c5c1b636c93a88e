"""Doctors: common names, few cities, two hundred clinics, and half of them in one specialty."""

from collections.abc import Collection, Iterator
from datetime import datetime
from random import Random

from quickcare import search
from quickcare.clinic.doctors_list import DOCTORS, entry
from quickcare.db.item import Item
from quickcare.db.items import Clinic, Doctor, Membership, User
from quickcare.roles import Role
from quickcare.specialties import SPECIALTIES

from bench.names import CITIES, FIRST, LAST, uuid

CLINICS = 200
IDS = 7_000_000_000_000
CONTACTS = 6_000_000_000


def clinic(number: int, now: datetime) -> Clinic:
    """The clinic with this number. The first cities have the most clinics."""
    clinic_id = uuid("workplace", number)
    city = CITIES[min(Random(number).randrange(8), Random(-number).randrange(8))]  # noqa: S311 - a data set
    return Clinic.key(clinic_id).item(
        id=clinic_id,
        owner_id=uuid("owner", 0),
        name=f"Clinic {number}",
        slug=clinic_id,
        clinic_type="clinic",
        city=city,
        created_at=now,
    )


def workplace(number: int, now: datetime) -> Clinic:
    """The clinic where the doctor with this number works."""
    return clinic(Random(f"workplace of {number}").randrange(CLINICS), now)  # noqa: S311 - a data set


def items(number: int, now: datetime, lists: Collection[str]) -> Iterator[Item]:
    """A doctor with account, membership, and those of its directory rows that are in `lists`."""
    random = Random(number)  # noqa: S311 - a data set
    works_in = workplace(number, now)
    user_id, doctor_id = uuid("doctor", number), IDS + number
    user = User.key(user_id).item(
        id=user_id,
        contact=CONTACTS + number,
        name=f"Dr. {random.choice(FIRST)} {random.choice(LAST)}",
        role_id=Role.DOCTOR,
        password_hash="",
        date_joined=now,
        doctor_id=doctor_id,
    )
    doctor = Doctor.key(doctor_id).item(
        id=doctor_id,
        user_id=user_id,
        clinic_id=works_in.id,
        specialty="general_medicine" if number % 2 else random.choice(SPECIALTIES[1:]),
        first_visit_fee=f"{random.randrange(2, 30) * 50}.00",
        experience_years=random.randrange(40),
        offers_video_consultation=random.random() < 0.3,
        created_at=now,
        updated_at=now,
        directory_id="first",
    )
    yield user
    yield doctor
    yield Membership.key(user_id, works_in.id).item(
        id=user_id, user_id=user_id, clinic_id=works_in.id, member_role="doctor", status="active", created_at=now
    )
    listed = entry(doctor, user, works_in)
    yield from (row for row in search.rows_of(DOCTORS, listed, "first") if row.pk in lists)


def ids(number: int) -> list[str]:
    """What tells the rows of one doctor from those of another."""
    return [uuid("doctor", number), str(CONTACTS + number), str(IDS + number)]

"""Doctors as patients find them: the list with its filters, and one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from quickcare import search
from quickcare.clinic import doctors_list
from quickcare.clinic.doctors import is_public
from quickcare.clinic.doctors_list import DOCTORS, FEE
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Doctor, Membership, Schedule, User
from quickcare.search import Candidate, Found, Query

from doctors import repository
from doctors.repository import DoctorDetails
from doctors.schemas.doctors import DoctorView

# Twelve digits of paise, the width of the order value.
_HIGHEST_FEE = 10**12 - 1


@dataclass(frozen=True)
class DoctorFilters:
    """By what a list of doctors is filtered and ordered; None is no filter.

    Fees are in rupees and are those of a first visit.
    """

    clinic: str | None = None
    specialty: str | None = None
    city: str | None = None
    min_fee: Decimal | None = None
    max_fee: Decimal | None = None
    video: bool | None = None
    search: str | None = None
    ordering: str | None = None

    def query(self) -> Query:
        """The directory's query for these filters."""
        where: dict[str, Any] = {"clinic": self.clinic, "specialty": self.specialty, "video": self.video}
        where["city"] = search.fold(self.city) if self.city else None
        low = None if self.min_fee is None else _paise(self.min_fee, ROUND_CEILING)
        high = None if self.max_fee is None else _paise(self.max_fee, ROUND_FLOOR)
        return Query(
            where={name: value for name, value in where.items() if value is not None},
            text=search.wanted(self.search),
            ranges={} if low is None and high is None else {FEE: (low, high)},
            order=(self.ordering or "").removeprefix("-"),
            descending=(self.ordering or "").startswith("-"),
        )


def find(filters: DoctorFilters, limit: int, after: str | None) -> tuple[list[DoctorView], str | None]:
    """A page of public doctors and where it ended: 2 reads when the directory keeps a list for exactly these filters.

    Without `ordering`, a search is in the order of the words that it found, a fee range in the order of fees, and every
    other list in the order in which the doctors joined.
    """
    return search.page(DOCTORS, filters.query(), limit, after, _load)


def one(doctor_id: int) -> DoctorView:
    """A doctor as strangers see them: 2 reads. Raises NotFound."""
    return DoctorView.of(repository.public(doctor_id))


def _paise(fee: Decimal, rounding: str) -> str:
    return search.number(min(int((fee * 100).to_integral_value(rounding)), _HIGHEST_FEE))


def _load(candidates: Sequence[Candidate]) -> list[Found[DoctorView] | None]:
    """The doctors that the directory's rows name; None for those who may not be seen (any more): 1 read."""
    items: list[Any] = table.fetch_all([key for candidate in candidates for key in _keys(candidate)])
    width = len(DoctorDetails._fields)
    return [_found(*items[start : start + width]) for start in range(0, len(items), width)]


def _keys(candidate: Candidate) -> list[Key[Any]]:
    """The keys of a doctor's details, in the order of DoctorDetails."""
    doctor_id, user_id = int(candidate.facts["doctor"]), str(candidate.facts["user"])
    clinic_id = str(candidate.facts["clinic"])
    return [
        Doctor.key(doctor_id),
        User.key(user_id),
        Clinic.key(clinic_id),
        Membership.key(user_id, clinic_id),
        Schedule.key(doctor_id),
    ]


def _found(
    doctor: Doctor | None,
    user: User | None,
    clinic: Clinic | None,
    membership: Membership | None,
    schedule: Schedule | None,
) -> Found[DoctorView] | None:
    if not (doctor and user and clinic and is_public(doctor, user, membership, clinic)):
        return None
    view = DoctorView.of(DoctorDetails(doctor, user, clinic, membership, schedule))
    return Found(doctor.directory_id, doctors_list.entry(doctor, user, clinic), view)

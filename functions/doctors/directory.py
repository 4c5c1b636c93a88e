"""Doctors as patients find them: the list with its filters, and one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from quickcare import search
from quickcare.clinic import doctors_list
from quickcare.clinic.doctors_list import DOCTORS, FEE
from quickcare.search import Candidate, Found, Query

from doctors import repository
from doctors.repository import Practice
from doctors.schemas import DoctorView

# Twelve digits of paise, the width of the order value.
_HIGHEST_FEE = 10**12 - 1


@dataclass(frozen=True)
class Filters:
    """What a patient asks for; None is no filter. Fees are in rupees and mean the first visit's."""

    clinic: str | None = None
    specialty: str | None = None
    city: str | None = None
    min_fee: Decimal | None = None
    max_fee: Decimal | None = None
    video: bool | None = None
    search: str | None = None
    ordering: str | None = None

    def query(self) -> Query:
        """The same in the directory's terms."""
        where: dict[str, Any] = {"clinic": self.clinic, "specialty": self.specialty, "video": self.video}
        where["city"] = search.fold(self.city) if self.city else None
        low = None if self.min_fee is None else _paise(self.min_fee, ROUND_CEILING)
        high = None if self.max_fee is None else _paise(self.max_fee, ROUND_FLOOR)
        return Query(
            where={name: value for name, value in where.items() if value is not None},
            text=search.words(self.search),
            ranges={} if low is None and high is None else {FEE: (low, high)},
            order=(self.ordering or "").removeprefix("-"),
            descending=(self.ordering or "").startswith("-"),
        )


def find(filters: Filters, limit: int, after: str | None) -> tuple[list[DoctorView], str | None]:
    """A page of public doctors and where it ended: 2 reads for what has a list of its own.

    In the order asked for; else a search by what it found, a fee range by fee, all others by when they joined.
    """
    return search.page(DOCTORS, filters.query(), limit, after, _load)


def view(practice: Practice) -> DoctorView:
    """A doctor as strangers see them."""
    return DoctorView.of(practice.doctor, practice.user, practice.place, practice.schedule)


def _paise(fee: Decimal, rounding: str) -> str:
    return search.number(min(int((fee * 100).to_integral_value(rounding)), _HIGHEST_FEE))


def _load(candidates: Sequence[Candidate]) -> list[Found[DoctorView] | None]:
    wanted = [(int(one.facts["doctor"]), str(one.facts["user"]), str(one.facts["clinic"])) for one in candidates]
    return [_found(practice) for practice in repository.practices(wanted)]


def _found(practice: Practice | None) -> Found[DoctorView] | None:
    if practice is None or practice.clinic is None:
        return None
    entry = doctors_list.entry(practice.doctor, practice.user, practice.clinic)
    return Found(practice.doctor.directory_id, entry, view(practice))

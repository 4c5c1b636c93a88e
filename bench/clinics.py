"""Clinics: what a page of the public list costs as the table grows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from random import Random

from clinics import directory
from quickcare import search
from quickcare.clinic.clinics_list import CLINICS, entry
from quickcare.db import bulk
from quickcare.db.items import Clinic, User
from quickcare.roles import Role
from quickcare.web.views import ClinicView

from bench import dataset
from bench.engine import PAGE, show_growth

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
TYPES = ("clinic", "clinic", "clinic", "hospital", "polyclinic", "diagnostic_center")
KINDS = ("Care", "Hospital", "Clinic", "Diagnostics", "Health Centre", "Nursing Home")
PAGES = {
    "all": (None, None, None),
    "a city": ("Mumbai", None, None),
    "half of all: clinics": (None, "clinic", None),
    "a city's hospitals": ("Mumbai", "hospital", None),
    "search sharma": (None, None, "sharma"),
    "search arm": (None, None, "arm"),
    "a city's clinics, search sharma": ("Mumbai", "clinic", "sharma"),
}
CHUNK = 500


def main(many: int) -> None:
    """Print the figures for a thousand and for this many clinics."""
    pages = {name: partial(_page, filters) for name, filters in PAGES.items()}
    show_growth("clinics", many, load, pages)


def _page(
    filters: tuple[str | None, str | None, str | None], after: str | None
) -> tuple[Sequence[ClinicView], str | None]:
    return directory.browse(*filters, PAGE, after)


def load(first: int, last: int) -> None:
    """Write the clinics with these numbers, their owner and their directory rows."""
    owner = User.key("owner").item(
        id="owner", contact=6_000_000_000, name="Owner", role_id=Role.CLINIC_OWNER, password_hash="", date_joined=NOW
    )
    bulk.put_all([owner])
    for start in range(first, last, CHUNK):
        clinics = [clinic(number) for number in range(start, min(start + CHUNK, last))]
        rows = [row for one in clinics for row in search.rows_of(CLINICS, entry(one), "first")]
        bulk.put_all([*clinics, *rows])


def clinic(number: int) -> Clinic:
    """A clinic with a random name. Every third one is in Mumbai."""
    random = Random(number)  # noqa: S311 - a data set
    return Clinic.key(f"clinic-{number}").item(
        id=f"clinic-{number}",
        owner_id="owner",
        name=f"{random.choice(dataset.LAST)} {random.choice(KINDS)}",
        slug=f"clinic-{number}",
        clinic_type=random.choice(TYPES),
        city="Mumbai" if number % 3 == 0 else random.choice(dataset.CITIES[1:]),
        created_at=NOW,
        directory_id="first",
    )

"""Clinics: what a page of the public list costs as the table grows."""

import time
from datetime import UTC, datetime
from random import Random

from clinics import listing
from quickcare import directory, table
from quickcare.clinic_directory import CLINICS, entry
from quickcare.items import Clinic, User
from quickcare.roles import Role

from bench import dataset
from bench.engine import Consumed, started

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
    for consumed in started():
        there = 0
        for size in (min(1000, many), many):
            load(there, size)
            there = size
            lists(size, consumed)


def lists(size: int, consumed: Consumed) -> None:
    """A first and a second page of 50 of each list."""
    print(f"\n{size:,} clinics, pages of 50{'':26}   calls  capacity    ms")
    for name, (city, kind, search) in PAGES.items():
        after = None
        for page in ("first", "second"):
            consumed.reset()
            begun = time.perf_counter()
            found, after = listing.browse(city, kind, search, 50, after)
            took = (time.perf_counter() - begun) * 1000
            print(f"  {name:40} {page:6} {len(found):3}  {consumed.calls:5}  {consumed.capacity:8.1f}  {took:4.0f}")
            if after is None:
                break


def load(first: int, last: int) -> None:
    """Write the clinics with these numbers, their owner and their directory rows."""
    begun = time.perf_counter()
    owner = User.key("owner").item(
        id="owner", contact=6_000_000_000, name="Owner", role_id=Role.CLINIC_OWNER, password_hash="", date_joined=NOW
    )
    table.put_all([owner])
    for start in range(first, last, CHUNK):
        clinics = [clinic(number) for number in range(start, min(start + CHUNK, last))]
        rows = [row for one in clinics for row in directory.rows_of(CLINICS, entry(one), "first")]
        table.put_all([*clinics, *rows])
    print(f"\nloaded {last - first:,} clinics in {time.perf_counter() - begun:.0f} s")


def clinic(number: int) -> Clinic:
    """Named after somebody; every third lies in Mumbai."""
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

"""Doctors: what a page of the public list costs as the table grows, and how long computing a month of slots takes."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from doctors import directory
from doctors.directory import DoctorFilters
from quickcare.clinic import slots
from quickcare.clinic.doctors_list import DOCTORS
from quickcare.db import bulk
from quickcare.db.items import Schedule

from bench import dataset
from bench.engine import PAGE, show_growth

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
PAGES = {
    "everybody": DoctorFilters(),
    "half of all: general medicine": DoctorFilters(specialty="general_medicine"),
    "a clinic": DoctorFilters(clinic="clinic-7"),
    "a city": DoctorFilters(city="mumbai"),
    "a city's cardiologists": DoctorFilters(city="mumbai", specialty="cardiology"),
    "general medicine by fee": DoctorFilters(specialty="general_medicine", ordering="first_visit_fee"),
    "a city by experience, the most first": DoctorFilters(city="mumbai", ordering="-experience_years"),
    "a city between 300 and 700 rupees": DoctorFilters(city="mumbai", min_fee=Decimal(300), max_fee=Decimal(700)),
    "search sharma": DoctorFilters(search="sharma"),
    "search arm": DoctorFilters(search="arm"),
    "search medicine": DoctorFilters(search="medicine"),
    "video and clinic (no list of its own)": DoctorFilters(clinic="clinic-7", video=True),
}
PARTITIONS = {pk for filters in PAGES.values() for pk in filters.query().source(DOCTORS).partitions}
CHUNK = 500


def main(many: int) -> None:
    """Print the figures for a thousand and for this many doctors."""
    month_of_slots()
    show_growth("doctors", many, load, {name: partial(_page, filters) for name, filters in PAGES.items()})


def _page(filters: DoctorFilters, after: str | None) -> tuple[Sequence[Any], str | None]:
    return directory.find(filters, PAGE, after)


def load(first: int, last: int) -> None:
    """Write the doctors with these numbers."""
    bulk.put_all([dataset.clinic(number, NOW) for number in range(dataset.CLINICS)])
    for start in range(first, last, CHUNK):
        numbers = range(start, min(start + CHUNK, last))
        bulk.put_all([item for number in numbers for item in dataset.items(number, NOW, PARTITIONS)])


def month_of_slots() -> None:
    """Print the CPU time for the free slots of 30 days: two windows a day, a third booked (1 ms at most)."""
    hours = (("09:00", "13:00"), ("16:00", "20:00"))
    windows = [
        {"clinic_id": "c", "day": day, "start_time": start, "end_time": end, "is_active": True}
        | {"slot_duration_minutes": 15, "max_patients": 16}
        for day in slots.DAYS
        for start, end in hours
    ]
    schedule = Schedule.key(1).item(windows=windows, leaves=[])
    booked = [slots.Booked(f"{hour:02d}:{minute:02d}", 15, 1) for hour in (9, 11, 16, 18) for minute in (0, 15, 45)]
    days, rounds = [NOW.date() + timedelta(days=n) for n in range(30)], 200
    begun = time.process_time()
    for _ in range(rounds):
        found = sum(len(slots.of_day(schedule, "c", day).free(booked, NOW)) for day in days)
    took = (time.process_time() - begun) * 1000 / rounds
    print(f"30 days of slots: {found} free slots, {took:.2f} ms of CPU")

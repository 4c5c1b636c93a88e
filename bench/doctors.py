"""Doctors: what a page of the public list costs as the table grows, and how long a month of slots computes.

    python -m bench.doctors --doctors 100000

It starts DynamoDB Local (Java and npm) for itself.
"""

import argparse
import os
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

os.environ |= {"STAGE": "local", "TABLE_NAME": "bench", "AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "ap-south-1"}
os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "POWERTOOLS_LOG_LEVEL": "ERROR"}

from doctors import public
from doctors.public import Filters
from pynamodb.connection import TableConnection
from quickcare import slots, table
from quickcare.doctor_directory import DOCTORS
from quickcare.items import Schedule
from quickcare.table import Item

from bench import dataset
from tests import bench as tables
from tests import dynamodb_local

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
PAGES = {
    "everybody": Filters(),
    "half of all: general medicine": Filters(specialty="general_medicine"),
    "a clinic": Filters(clinic="clinic-7"),
    "a city": Filters(city="mumbai"),
    "a city's cardiologists": Filters(city="mumbai", specialty="cardiology"),
    "general medicine by fee": Filters(specialty="general_medicine", ordering="first_visit_fee"),
    "a city by experience, the most first": Filters(city="mumbai", ordering="-experience_years"),
    "a city between 300 and 700 rupees": Filters(city="mumbai", min_fee=Decimal(300), max_fee=Decimal(700)),
    "search sharma": Filters(search="sharma"),
    "search arm": Filters(search="arm"),
    "search medicine": Filters(search="medicine"),
    "video and clinic (no list of its own)": Filters(clinic="clinic-7", video=True),
}
PARTITIONS = {pk for filters in PAGES.values() for pk in filters.query().source(DOCTORS).partitions}
CHUNK = 500


class Consumed:
    """Calls and read capacity since `reset`."""

    def __init__(self) -> None:
        events = Item._get_connection().connection.client.meta.events
        for operation in ("Query", "BatchGetItem"):
            events.register(f"before-parameter-build.dynamodb.{operation}", self._ask)
            events.register(f"after-call.dynamodb.{operation}", self._add)
        self.reset()

    def reset(self) -> None:
        self.calls, self.capacity = 0, 0.0

    def _ask(self, params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def _add(self, parsed: dict[str, Any], **_: object) -> None:
        used = parsed["ConsumedCapacity"]
        self.calls += 1
        self.capacity += sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--doctors", type=int, default=100_000)
    many = parser.parse_args().doctors
    month_of_slots()
    for url in dynamodb_local.serve():
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
        known = Item._get_connection().connection.get_meta_table("bench")
        Item._connection = TableConnection("bench", region="ap-south-1", host=url, meta_table=known)
        tables.create_table()
        consumed, there = Consumed(), 0
        for size in (min(1000, many), many):
            load(there, size)
            there = size
            lists(size, consumed)


def lists(size: int, consumed: Consumed) -> None:
    """A first and a second page of 50 of each list."""
    print(f"\n{size:,} doctors, pages of 50{'':26}   calls  capacity    ms")
    for name, filters in PAGES.items():
        after = None
        for page in ("first", "second"):
            consumed.reset()
            begun = time.perf_counter()
            found, after = public.find(filters, 50, after)
            took = (time.perf_counter() - begun) * 1000
            print(f"  {name:40} {page:6} {len(found):3}  {consumed.calls:5}  {consumed.capacity:8.1f}  {took:4.0f}")
            if after is None:
                break


def load(first: int, last: int) -> None:
    """Write the doctors with these numbers."""
    begun = time.perf_counter()
    table.put_all([dataset.clinic(number, NOW) for number in range(dataset.CLINICS)])
    for start in range(first, last, CHUNK):
        numbers = range(start, min(start + CHUNK, last))
        table.put_all([item for number in numbers for item in dataset.items(number, NOW, PARTITIONS)])
    print(f"\nloaded {last - first:,} doctors in {time.perf_counter() - begun:.0f} s")


def month_of_slots() -> None:
    """CPU time of 30 days of a doctor with two windows a day, each a third booked (DESIGN: at most 1 ms)."""
    hours = (("09:00", "13:00"), ("16:00", "20:00"))
    windows = [
        {"clinic_id": "c", "day": day, "start_time": start, "end_time": end, "is_active": True}
        | {"slot_duration_minutes": 15, "max_patients": 16}
        for day in slots.DAYS
        for start, end in hours
    ]
    schedule = Schedule.key(1).item(windows=windows, leaves=[])
    taken = {f"{hour:02d}:{minute:02d}": 1 for hour in (9, 11, 16, 18) for minute in (0, 15, 45)}
    days, rounds = [NOW.date() + timedelta(days=n) for n in range(30)], 200
    begun = time.process_time()
    for _ in range(rounds):
        found = sum(len(slots.of_day(schedule, "c", day).free(taken, NOW)) for day in days)
    took = (time.process_time() - begun) * 1000 / rounds
    print(f"30 days of slots: {found} free slots, {took:.2f} ms of CPU")


if __name__ == "__main__":
    main()

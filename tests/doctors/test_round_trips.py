"""How many trips a request takes, and that they stay the same as the table grows."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from doctors.directory import DoctorFilters
from quickcare import clock, ids, search
from quickcare.clinic.doctors_list import DOCTORS, entry
from quickcare.db import bulk
from quickcare.db.item import Item
from quickcare.db.items import Clinic, Doctor, Membership, User
from quickcare.roles import Role

from tests import round_trips
from tests.api import Api
from tests.conftest import FakeClock
from tests.doctors.conftest import MONDAY, Ward
from tests.people import People

MANY = int(os.environ.get("LISTED", "500"))  # 5,000 in `make proof`
CLINIC = "0c1d9f52-6c1b-4f0e-9a8e-2b7f6a1d3c44"
LISTS = {
    "": DoctorFilters(),
    "specialty=cardiology": DoctorFilters(specialty="cardiology"),
    "city=jaipur": DoctorFilters(city="jaipur"),
    "specialty=cardiology&city=jaipur": DoctorFilters(specialty="cardiology", city="jaipur"),
    "ordering=first_visit_fee": DoctorFilters(ordering="first_visit_fee"),
    "specialty=cardiology&ordering=-experience_years": DoctorFilters(
        specialty="cardiology", ordering="-experience_years"
    ),
    "city=jaipur&min_fee=300&max_fee=700": DoctorFilters(city="jaipur", min_fee=Decimal(300), max_fee=Decimal(700)),
    "search=sharma": DoctorFilters(search="sharma"),
}
PARTITIONS = {pk for filters in LISTS.values() for pk in filters.query().source(DOCTORS).partitions}
NAMES = ("Sharma", "Iyer", "Khan", "Patel", "Reddy", "Das", "Singh", "Nair", "Gupta", "Bose")
SPECIALTIES = ("cardiology", "dermatology", "ent", "urology")


@pytest.mark.parametrize(
    ("method", "path", "reads", "writes"),
    [
        ("GET", "/api/doctors/", 2, 0),
        ("GET", "/api/doctors/{id}/", 2, 0),
        ("GET", "/api/doctors/{id}/availability/", 2, 0),
        ("GET", f"/api/doctors/{{id}}/availability/slots/?date={MONDAY}", 2, 0),
        ("GET", "/api/doctors/me/", 2, 0),
        ("GET", "/api/doctors/me/leaves/", 2, 0),
    ],
)
def test_each_read_stays_within_its_round_trips(
    ward: Ward, api: Api, method: str, path: str, reads: int, writes: int
) -> None:
    ward.add()
    with round_trips.counted() as trips:
        answer = api.call(method, path.format(id=ward.doctor_id), token=ward.doctor.access)

    # The authorizer's read of the session is not the function's.
    needs_token = "/me/" in path
    assert (answer.status, trips.reads - needs_token, trips.writes) == (200, reads, writes)


@dataclass
class Cost:
    """What DynamoDB counted: calls, items and read capacity."""

    calls: int = 0
    items: int = 0
    capacity: float = 0

    def add(self, parsed: dict[str, Any], **_: object) -> None:
        used = parsed["ConsumedCapacity"]
        self.calls += 1
        self.items += len(parsed.get("Items", [])) + sum(map(len, parsed.get("Responses", {}).values()))
        self.capacity += sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))


@pytest.fixture
def cost(real_dynamodb: None, api: Api) -> Iterator[Cost]:
    counted = Cost()
    events = Item._get_connection().connection.client.meta.events
    for operation in ("Query", "BatchGetItem"):
        events.register(f"after-call.dynamodb.{operation}", counted.add)
    yield counted
    for operation in ("Query", "BatchGetItem"):
        events.unregister(f"after-call.dynamodb.{operation}", counted.add)


def test_lists_cost_the_same_with_100_and_many_doctors(api: Api, people: People, time: FakeClock, cost: Cost) -> None:
    figures = []
    for first, last in ((0, 100), (100, MANY)):
        populate(first, last)
        figures.append([_cost_of(api, cost, query) for query in LISTS])

    for query, few, many in zip(LISTS, *figures, strict=True):
        print(f"{query or '(all)':50} 100: {few}  {MANY:,}: {many}")  # noqa: T201 - the figures of the proof
        # Ten shards, one batch; at most eleven rows from each shard, ten doctors of five items.
        assert many.calls <= 11
        assert many.items <= 10 * 11 + 50
        assert many.capacity <= 2 * few.capacity


def _cost_of(api: Api, cost: Cost, query: str) -> Cost:
    cost.calls, cost.items, cost.capacity = 0, 0, 0
    answer = api.get(f"/api/doctors/?limit=10&{query}")
    assert len(answer.json["results"]) == 10
    return replace(cost)


def populate(first: int, last: int) -> None:
    """Doctors with these numbers in one clinic, with the rows of the lists that are measured."""
    clinic = Clinic.key(CLINIC).item(
        id=CLINIC, owner_id="o", name="C", slug="c", clinic_type="clinic", city="Jaipur", created_at=clock.now()
    )
    items: list[Item] = [clinic]
    for number in range(first, last):
        items += doctor(number, clinic)
    bulk.put_all(items)


def doctor(number: int, clinic: Clinic) -> list[Item]:
    now, user_id = clock.now(), ids.new_uuid()
    user = User.key(user_id).item(
        id=user_id,
        contact=9000000000 + number,
        name=f"Dr. {NAMES[number % 10]}",
        role_id=Role.DOCTOR,
        password_hash="",
        date_joined=now,
        doctor_id=number + 1,
    )
    made = Doctor.key(number + 1).item(
        id=number + 1,
        user_id=user_id,
        clinic_id=clinic.id,
        specialty=SPECIALTIES[0] if number % 2 else SPECIALTIES[number // 2 % 4],
        first_visit_fee=f"{number % 13 * 100}.00",
        experience_years=number % 40,
        created_at=now,
        updated_at=now,
        directory_id="g",
    )
    membership = Membership.key(user_id, clinic.id).item(
        id=user_id, user_id=user_id, clinic_id=clinic.id, member_role="doctor", status="active", created_at=now
    )
    rows = search.rows_of(DOCTORS, entry(made, user, clinic), "g")
    return [user, made, membership, *(row for row in rows if row.pk in PARTITIONS)]

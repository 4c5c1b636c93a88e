"""Sequential DynamoDB round trips of the clinics API; lists cost the same however many there are."""

import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from quickcare import search
from quickcare.clinic import clinics_list
from quickcare.db import bulk
from quickcare.db.item import Item
from quickcare.db.items import Clinic, DirectoryRow

from tests import leftovers, round_trips
from tests.api import Api, authorize
from tests.clinics.conftest import Add
from tests.people import People, Person

Cost = Callable[..., tuple[int, int]]
CITIES = ("Jaipur", "Kochi", "Pune", "Indore", "Surat")
MANY = int(os.environ.get("LISTED", "200"))  # 5,000 in `make proof`
NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)


@pytest.fixture
def cost(api: Api) -> Cost:
    """Reads and writes of a call by somebody whom the authorizer let pass before."""

    def measure(method: str, path: str, body: Any = None, token: str = "") -> tuple[int, int]:
        identity = authorize(token)
        with round_trips.counted() as trips:
            answer = api.call(method, path, body, identity=identity)
        assert answer.status < 300, answer
        return trips.reads, trips.writes

    return measure


def test_lists_and_details_take_two_reads(people: People, clinic: Any, path: str, add: Add, cost: Cost) -> None:
    # GIVEN a clinic with a doctor
    member, token = add(people.charlie, clinic["id"]).json["id"], people.charlie.access
    # WHEN its owner and strangers read
    # THEN nobody waits for more than two round trips
    assert cost("GET", f"{path}/") == (2, 0)
    assert cost("GET", f"{path}/slots/") == (1, 0)
    assert cost("GET", f"{path}/admission-docs/") == (1, 0)
    assert cost("GET", "/api/clinics/", token=token) == (2, 0)
    assert cost("GET", f"{path}/members/", token=token) == (2, 0)
    assert cost("GET", f"{path}/members/{member}/", token=token) == (2, 0)
    assert cost("GET", "/api/clinics/my/memberships/", token=token)[0] <= 2


def test_a_clinic_moves_and_closes_in_the_same_time_with_any_doctors(
    people: People, clinic: Any, path: str, add: Add, cost: Cost
) -> None:
    # GIVEN a clinic with one doctor, and then with four
    charlie, moves = people.charlie, []
    for contacts, city in (([9988776655], "Udaipur"), ([9988776656, 9988776657, 9988776658], "Kochi")):
        for contact in contacts:
            assert add(charlie, clinic["id"], contact).status == 201
        # WHEN it moves to another city
        moves.append(cost("PUT", f"{path}/", {"city": city}, charlie.access))
    # THEN nobody waits for its doctors, whose rows in the directory the worker writes
    assert moves == [(2, 6), (2, 6)]
    # AND its end is one transaction; the fifth read is of appointments, of which there are none
    assert cost("DELETE", f"{path}/", token=charlie.access) == (4, 2)


def test_the_worker_takes_the_same_time_for_any_doctors(people: People, clinic: Any, path: str, add: Add) -> None:
    # GIVEN a clinic with four doctors that moves, and one with four that is deleted
    for contact in range(9988776655, 9988776659):
        assert add(people.charlie, clinic["id"], contact).status == 201
    found, api = [], Api()
    for method, body in (("PUT", {"city": "Kochi"}), ("DELETE", None)):
        leftovers.received()
        assert api.call(method, f"{path}/", body, token=people.charlie.access).status == 200
        with round_trips.counted() as trips:
            leftovers.work_off()
        found.append((trips.reads, trips.writes))
    assert found == [(9, 6), (9, 2)]


def a_clinic(number: int, owner: Person) -> Clinic:
    # The same ids each time: one page in thousands takes a third trip, by how its ids are spread over the shards.
    clinic_id, city = str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))), CITIES[number % len(CITIES)]
    kind = ("clinic", "hospital")[number % 2]
    name = f"Clinic {number:05d} {'Care' if number % (MANY // 5) else 'Sharma'}"
    item = Clinic.key(clinic_id).item(
        id=clinic_id, owner_id=owner.id, slug=clinic_id, name=name, city=city, clinic_type=kind, created_at=NOW
    )
    item.directory_id = "bulk"
    return item


def open_many(owner: Person, numbers: range) -> None:
    """Clinics with their directory rows, as `publish` would write them, in bulk."""
    items: list[Item] = []
    for number in numbers:
        clinic = a_clinic(number, owner)
        items += [clinic, *search.rows_of(clinics_list.CLINICS, clinics_list.entry(clinic), "bulk")]
    bulk.put_all(items)


QUERIES = ("", "city=jaipur", "type=hospital", "city=kochi&type=clinic", "search=sharma", "search=harm")


@pytest.mark.usefixtures("real_dynamodb")
@pytest.mark.timeout(600)
def test_browsing_costs_the_same_at_ten_and_at_many(
    api: Api, people: People, cost: Cost, capsys: pytest.CaptureFixture[str]
) -> None:
    # GIVEN ten clinics, then many more
    charlie, measured = people.charlie, {}
    for start, stop in ((0, 10), (10, MANY)):
        open_many(charlie, range(start, stop))
        # WHEN they are browsed, a page of twenty
        for query in QUERIES:
            url = f"/api/clinics/public/?limit=20&{query}"
            with round_trips.capacity() as used:
                assert cost("GET", url) == (2, 0), (stop, query)
            measured[stop, query] = (sum(used), len(api.get(url).json["results"]))
    # THEN each takes two round trips, and what it reads depends on the page only
    with capsys.disabled():
        for (stop, query), (units, results) in measured.items():
            line = f"  {stop:>5} clinics, {query or 'no filter':<22} {results:>3} results {units:>6.1f} RCU"
            print(line)  # noqa: T201 - the figures are what the test is for
    assert [measured[MANY, query][1] for query in QUERIES] == [20, 20, 20, 20, 5, 5]
    assert all(measured[MANY, query][0] < 150 for query in QUERIES)


@pytest.mark.usefixtures("moto")
def test_a_big_city_is_not_one_partition(people: People) -> None:
    # GIVEN two hundred clinics of one city
    clinics = [a_clinic(number * len(CITIES), people.charlie) for number in range(200)]
    # WHEN their rows are made
    rows: list[DirectoryRow] = []
    for clinic in clinics:
        rows += search.rows_of(clinics_list.CLINICS, clinics_list.entry(clinic), "bulk")
    # THEN no partition holds more than a quarter of any list
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row.pk] = sizes.get(row.pk, 0) + 1
    assert max(size for pk, size in sizes.items() if "FIND" not in pk) <= 50

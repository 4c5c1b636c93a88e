"""GET and POST /api/clinics/"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from clinics import slugs
from clinics.slugs import SLUGS_PER_READ
from quickcare.db import bulk, table
from quickcare.db.items import ClinicSlug
from quickcare.db.operations import Operation
from quickcare.errors import Conflict

from tests import faults
from tests.api import Api
from tests.clinics.conftest import CLINIC, Open
from tests.people import People, Person


def test_owner_opens_one_more_clinic(api: Api, people: People) -> None:
    answer = api.post("/api/clinics/", CLINIC, token=people.charlie.access)
    assert answer.status == 201
    assert answer.json["owner"] == {"id": people.charlie.id, "name": "Charlie Shah"}
    assert (answer.json["doctor_count"], answer.json["staff_count"], answer.json["member_count"]) == (0, 0, 0)
    assert answer.json["is_active"]


def test_owner_sees_their_own_clinics_only(api: Api, people: People, clinic: Any, elsewhere: Any) -> None:
    assert api.get("/api/clinics/", token=people.charlie.access).json == [clinic]


def test_the_next_page_goes_on_where_the_last_one_ended(api: Api, people: People, open_clinic: Open) -> None:
    # GIVEN three clinics
    made = {open_clinic(people.charlie)["id"] for _ in range(3)}
    # WHEN they are read two by two
    first = api.get("/api/clinics/?limit=2", token=people.charlie.access)
    url = first.headers["Link"].split(">")[0].removeprefix("<https://api.example.com/test")
    second = api.get(url, token=people.charlie.access)
    # THEN each is there once
    assert (len(first.json), len(second.json)) == (2, 1)
    assert {clinic["id"] for clinic in [*first.json, *second.json]} == made
    assert "Link" not in second.headers


def test_logo_may_be_as_long_as_the_document_says(api: Api, people: People) -> None:
    for length, status in ((500, 201), (501, 400)):
        logo = "https://cdn.example.com/".ljust(length, "x")
        assert api.post("/api/clinics/", {**CLINIC, "logo": logo}, token=people.charlie.access).status == status


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_roles_are_403_and_strangers_401(api: Api, people: People, method: str) -> None:
    assert api.call(method, "/api/clinics/", CLINIC, token=people.alice.access).status == 403
    assert api.call(method, "/api/clinics/", CLINIC, token=people.lata.access).status == 403
    assert api.call(method, "/api/clinics/", CLINIC).status == 401


@pytest.mark.parametrize("wrong", [{"name": " "}, {"clinic_type": "shop"}, {"description": "x" * 2001}, {"logo": 5}])
def test_bad_input_is_400(api: Api, people: People, wrong: dict[str, Any]) -> None:
    answer = api.post("/api/clinics/", {**CLINIC, **wrong}, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, list(wrong))


def test_equal_names_get_numbered_slugs(people: People, edith: Person, open_clinic: Open) -> None:
    slugs = [open_clinic(owner, name="Apollo & Söhne")["slug"] for owner in (people.charlie, edith, people.charlie)]
    assert slugs == ["apollo-sohne", "apollo-sohne-1", "apollo-sohne-2"]


def test_a_clinic_that_could_not_be_made_leaves_nothing_in_the_directory(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN so many other writers that the clinic's transaction is given up
    owner, write = people.charlie, table.write

    def crowded(**operations: Operation) -> None:
        if "slug" in operations:
            raise Conflict
        write(**operations)

    monkeypatch.setattr(table, "write", crowded)
    # WHEN it is made
    assert api.post("/api/clinics/", CLINIC, token=owner.access).status == 409
    # THEN there is no trace of it
    assert [item for item in faults.items() if item["pk"].startswith("DIRECTORY#CLINIC")] == []


@pytest.mark.parametrize(("taken", "most"), [(1, 1), (49, 1), (50, 2), (125, 3), (10_000, 18), (1_000_000, 31)])
def test_a_free_number_is_found_in_a_few_reads(
    people: People, open_clinic: Open, monkeypatch: pytest.MonkeyPatch, taken: int, most: int
) -> None:
    # GIVEN so many clinics of one name
    reads: list[int] = []

    def free_slugs(base: str, group: int) -> list[str]:
        reads.append(group)
        return [f"{base}-{n}" for n in range(group * SLUGS_PER_READ, (group + 1) * SLUGS_PER_READ) if n >= taken]

    monkeypatch.setattr(slugs, "free_slugs", free_slugs)
    # WHEN one more is made
    slug = open_clinic(people.charlie, name="सिटी केयर")["slug"]
    # THEN it has the next number, though not every taken one was read
    assert slug == f"clinic-{taken}"
    assert len(reads) <= most


def test_a_number_is_free_beyond_those_of_one_read(people: People, open_clinic: Open) -> None:
    taken = ["clinic", *(f"clinic-{number}" for number in range(1, 130))]
    bulk.put_all([ClinicSlug.key(slug).item(clinic_id="another") for slug in taken])
    assert open_clinic(people.charlie, name="सिटी केयर")["slug"] == "clinic-130"


@pytest.mark.usefixtures("real_dynamodb")
def test_equal_names_at_once_get_different_slugs(people: People, edith: Person, open_clinic: Open) -> None:
    # GIVEN two owners with the same idea
    owners = [people.charlie, edith] * 10
    # WHEN twenty clinics of one name are made at once
    with ThreadPoolExecutor(20) as pool:
        slugs = list(pool.map(lambda owner: open_clinic(owner)["slug"], owners))
    # THEN each has a slug of its own
    assert len(set(slugs)) == 20
    assert "city-care-clinic" in slugs

"""PUT /api/clinics/<clinic_id>/"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.api import Api
from tests.people import People, Person


def test_only_what_is_sent_changes(api: Api, people: People, clinic: Any, path: str) -> None:
    answer = api.put(f"{path}/", {"description": "Open all night"}, token=people.charlie.access)
    assert (answer.status, answer.json) == (200, {**clinic, "description": "Open all night"})
    assert api.get(f"{path}/").json == answer.json


def test_nothing_sent_changes_nothing(api: Api, people: People, clinic: Any, path: str) -> None:
    assert api.put(f"{path}/", {}, token=people.charlie.access).json == clinic


def test_null_clears_a_field(api: Api, people: People, clinic: Any, path: str) -> None:
    assert api.put(f"{path}/", {"phone": None}, token=people.charlie.access).json["phone"] is None
    assert api.get(f"{path}/").json["phone"] is None


def test_a_new_name_and_city_are_found_and_the_old_ones_not(api: Api, people: People, clinic: Any, path: str) -> None:
    # GIVEN a clinic in Jaipur that moves and is renamed; its address stays
    api.put(f"{path}/", {"name": "Lotus", "city": "Udaipur"}, token=people.charlie.access)
    # WHEN it is looked for
    found = {query: api.get(f"/api/clinics/public/?{query}").json["results"] for query in _QUERIES}
    # THEN by what it is now
    assert [len(found[query]) for query in _QUERIES] == [0, 1, 0, 1]
    assert found["city=udaipur"][0]["slug"] == clinic["slug"]


_QUERIES = ("city=jaipur", "city=udaipur", "search=city", "search=lotus")


@pytest.mark.parametrize("wrong", [{"name": None}, {"name": ""}, {"clinic_type": None}, {"clinic_type": "spa"}])
def test_bad_input_is_400(api: Api, people: People, path: str, wrong: dict[str, Any]) -> None:
    answer = api.put(f"{path}/", wrong, token=people.charlie.access)
    assert (answer.status, list(answer.json)) == (400, list(wrong))


def test_what_is_not_the_owners_to_change_is_ignored(api: Api, people: People, clinic: Any, path: str) -> None:
    sent = {"id": str(uuid4()), "slug": "x", "is_active": False, "doctor_count": 9, "owner": people.alice.id}
    assert api.put(f"{path}/", sent, token=people.charlie.access).json == clinic


def test_somebody_elses_is_403(api: Api, people: People, edith: Person, path: str) -> None:
    assert api.put(f"{path}/", {"name": "Mine"}, token=edith.access).status == 403
    assert api.put(f"{path}/", {"name": "Mine"}, token=people.alice.access).status == 403
    assert api.put(f"{path}/", {"name": "Mine"}).status == 401


def test_unknown_is_404(api: Api, people: People) -> None:
    assert api.put(f"/api/clinics/{uuid4()}/", {"name": "X"}, token=people.charlie.access).status == 404


@pytest.mark.usefixtures("real_dynamodb")
def test_renames_at_once_leave_one_name_in_the_directory(api: Api, people: People, path: str) -> None:
    # GIVEN eight renames at once
    names, token = [f"Lotus number{n}" for n in range(8)], people.charlie.access
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: api.put(f"{path}/", {"name": name}, token=token), names))
    # WHEN each name is looked for
    found = [api.get(f"/api/clinics/public/?search={name.replace(' ', '+')}").json["results"] for name in names]
    # THEN only the one that the clinic has now is found, once
    now = api.get(f"{path}/").json["name"]
    assert [[one["name"] for one in results] for results in found] == [[now] if name == now else [] for name in names]
    assert len(api.get("/api/clinics/public/").json["results"]) == 1

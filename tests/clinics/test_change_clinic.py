"""PUT /api/clinics/<clinic_id>/"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from quickcare import clock
from quickcare.clinic import leftovers as jobs

from tests import faults, leftovers, round_trips
from tests.api import Api
from tests.clinics.conftest import Add
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


def doctors_in(api: Api, city: str) -> int:
    return len(api.get(f"/api/doctors/?city={city}").json["results"])


def test_the_doctors_follow_a_new_city(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    add(people.charlie, clinic["id"])
    assert api.put(f"{path}/", {"city": "Udaipur"}, token=people.charlie.access).status == 200
    assert leftovers.work_off() == 1
    assert (doctors_in(api, "jaipur"), doctors_in(api, "udaipur")) == (0, 1)


@pytest.mark.parametrize("again", [{"city": "Udaipur"}, {"description": "Open all night"}, {}])
def test_any_change_lets_doctors_follow_who_were_left_behind(
    api: Api, people: People, clinic: Any, path: str, add: Add, again: dict[str, Any]
) -> None:
    # GIVEN a clinic that moved, and whose doctors no job will let follow
    add(people.charlie, clinic["id"])
    assert api.put(f"{path}/", {"city": "Udaipur"}, token=people.charlie.access).status == 200
    assert len(leftovers.received()) == 1
    assert doctors_in(api, "udaipur") == 0
    # WHEN the owner sends it again, or changes anything
    assert api.put(f"{path}/", again, token=people.charlie.access).status == 200
    leftovers.work_off()
    # THEN they are found, and nothing is left to do
    assert (doctors_in(api, "jaipur"), doctors_in(api, "udaipur")) == (0, 1)
    assert "relisting" not in faults.items(kind="Clinic")[0]


def test_a_move_that_was_written_is_no_failure(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    # GIVEN a clinic with a doctor, and a queue that takes no job
    add(people.charlie, clinic["id"])
    with faults.failing("sqs", "SendMessage"), faults.failing("dynamodb", "Query"):
        # WHEN it moves
        answer = api.put(f"{path}/", {"city": "Udaipur"}, token=people.charlie.access)
    # THEN its owner is told so, and the sweep lets the doctor follow
    assert (answer.status, answer.json["city"]) == (200, "Udaipur")
    for job in jobs.pending(clock.now() + timedelta(hours=1), 10):
        assert jobs.relay(job)
    assert leftovers.work_off() == 1
    assert (doctors_in(api, "jaipur"), doctors_in(api, "udaipur")) == (0, 1)


def test_a_doctor_who_cannot_follow_leaves_the_job_in_the_queue(
    api: Api, people: People, clinic: Any, path: str, add: Add
) -> None:
    add(people.charlie, clinic["id"])
    api.put(f"{path}/", {"city": "Udaipur"}, token=people.charlie.access)
    (job,) = leftovers.received()
    with faults.failing("dynamodb", "BatchWriteItem"):
        assert leftovers.work([job]) == [job["messageId"]]
    assert doctors_in(api, "udaipur") == 0
    assert leftovers.work([job]) == []
    assert doctors_in(api, "udaipur") == 1


def test_doctors_are_not_looked_at_while_the_city_stays(
    api: Api, people: People, clinic: Any, path: str, add: Add
) -> None:
    add(people.charlie, clinic["id"])
    changes = {"name": "Lotus", "clinic_type": "hospital", "city": clinic["city"]}
    with round_trips.counted() as trips:
        assert api.put(f"{path}/", changes, token=people.charlie.access).status == 200
    assert not [call for call in trips.calls if "DOCTOR#" in call.body]


@pytest.mark.usefixtures("real_dynamodb")
def test_moves_at_once_leave_the_doctors_where_the_clinic_is(
    api: Api, people: People, clinic: Any, path: str, add: Add
) -> None:
    # GIVEN a doctor whose clinic moves to and fro eight times at once
    add(people.charlie, clinic["id"])
    cities = ["Udaipur", "Jaipur"] * 4
    answers = faults.at_once(8, lambda n: api.put(f"{path}/", {"city": cities[n]}, token=people.charlie.access).status)
    assert answers == [200] * 8
    records = leftovers.received()
    assert faults.at_once(len(records), lambda n: leftovers.work([records[n]])) == [[]] * len(records)
    # THEN the doctor is found in the city where it is now
    now = api.get(f"{path}/").json["city"]
    assert {city: doctors_in(api, city) for city in cities} == {city: int(city == now) for city in cities}
    assert "relisting" not in faults.items(kind="Clinic")[0]


@pytest.mark.parametrize("wrong", [{"name": None}, {"name": ""}, {"clinic_type": None}, {"clinic_type": "spa"}])
def test_bad_input_is_400(api: Api, people: People, path: str, wrong: dict[str, Any]) -> None:
    answer = api.put(f"{path}/", wrong, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, list(wrong))


def test_what_is_not_the_owners_to_change_is_ignored(api: Api, people: People, clinic: Any, path: str) -> None:
    sent = {"id": str(uuid4()), "slug": "x", "is_active": False, "doctor_count": 9, "owner": people.alice.id}
    assert api.put(f"{path}/", sent, token=people.charlie.access).json == clinic


def test_somebody_elses_clinic_is_403(api: Api, people: People, edith: Person, path: str) -> None:
    assert api.put(f"{path}/", {"name": "Mine"}, token=edith.access).status == 403
    assert api.put(f"{path}/", {"name": "Mine"}, token=people.alice.access).status == 403
    assert api.put(f"{path}/", {"name": "Mine"}).status == 401


def test_an_unknown_clinic_is_404(api: Api, people: People) -> None:
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

"""GET /api/clinics/<clinic_id>/members/<member_id>/"""

from typing import Any
from uuid import uuid4

from tests.api import Api
from tests.clinics.conftest import Add
from tests.people import People, Person


def test_owner_sees_a_member(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    added = add(people.charlie, clinic["id"]).json
    added.pop("_info")
    answer = api.get(f"{path}/members/{added['id']}/", token=people.charlie.access)
    assert (answer.status, answer.json) == (200, added)


def test_a_member_of_another_clinic_is_404(
    api: Api, people: People, edith: Person, elsewhere: Any, path: str, add: Add
) -> None:
    other = add(edith, elsewhere["id"]).json["id"]
    assert api.get(f"{path}/members/{other}/", token=people.charlie.access).status == 404


def test_unknown_and_malformed_ids_are_404(api: Api, people: People, path: str) -> None:
    for member_id in (uuid4(), "1", "x" * 3000):
        assert api.get(f"{path}/members/{member_id}/", token=people.charlie.access).status == 404


def test_a_member_of_somebody_elses_clinic_is_403(
    api: Api, people: People, edith: Person, clinic: Any, path: str, add: Add
) -> None:
    member = f"{path}/members/{add(people.charlie, clinic['id']).json['id']}/"
    assert api.get(member, token=edith.access).status == 403
    assert api.get(member, token=people.alice.access).status == 403
    assert api.get(member).status == 401

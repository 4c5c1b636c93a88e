"""GET /api/clinics/<clinic_id>/members/"""

from typing import Any
from uuid import uuid4

import pytest

from tests.api import Api
from tests.clinics.conftest import Add
from tests.people import People, Person

DOCTOR, LAB, GONE = 9000000001, 9000000002, 9000000003


@pytest.fixture
def members(api: Api, people: People, clinic: Any, path: str, add: Add) -> str:
    """A doctor, a lab member, a receptionist who left, and Alice, who is invited."""
    add(people.charlie, clinic["id"], DOCTOR, "doctor")
    add(people.charlie, clinic["id"], LAB, "lab_member")
    gone = add(people.charlie, clinic["id"], GONE, "receptionist").json["id"]
    add(people.charlie, clinic["id"], people.alice.contact, "receptionist")
    api.delete(f"{path}/members/{gone}/", token=people.charlie.access)
    return f"{path}/members/"


def contacts(answer: Any) -> set[int]:
    return {member["user"]["contact"] for member in answer.json}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {DOCTOR, LAB}),
        ("?status=active", {DOCTOR, LAB}),
        ("?status=inactive", {GONE}),
        ("?status=pending", {9876500001}),
        ("?status=", {DOCTOR, LAB, GONE, 9876500001}),
        ("?role=doctor", {DOCTOR}),
        ("?role=", {DOCTOR, LAB}),
        ("?role=receptionist", set()),
        ("?role=receptionist&status=", {GONE, 9876500001}),
    ],
)
def test_owner_sees_members_by_role_and_status(
    api: Api, people: People, members: str, query: str, expected: set[int]
) -> None:
    answer = api.get(members + query, token=people.charlie.access)
    assert (answer.status, contacts(answer)) == (200, expected)


def test_pages_show_each_member_once(api: Api, people: People, members: str) -> None:
    # GIVEN four members of any status
    seen, url = [], f"{members}?status=&limit=3"
    # WHEN the pages are followed to the end
    while url:
        answer = api.get(url, token=people.charlie.access)
        seen += [member["id"] for member in answer.json]
        url = answer.headers.get("Link", "").split(">")[0].removeprefix("<https://api.example.com/test")
    # THEN each was on one page
    assert len(seen) == len(set(seen)) == 4


def test_the_owner_sees_nothing_personal_of_an_invited_patient(api: Api, people: People, members: str) -> None:
    # GIVEN Alice, who has an e-mail address and a blood group in her account, and an invitation
    api.put("/api/users/me/", {"email": "alice@example.com", "blood_group": "B+"}, token=people.alice.access)
    # WHEN the owner looks
    [alice] = api.get(f"{members}?status=pending", token=people.charlie.access).json
    # THEN they see her name, but nothing personal
    assert (alice["user"]["email"], alice["user"]["blood_group"]) == (None, None)
    assert alice["user"]["name"] == "Alice Rao"


@pytest.mark.parametrize("query", ["?role=owner", "?status=gone", "?limit=0", "?limit=x", "?cursor=x"])
def test_bad_filters_are_400(api: Api, people: People, members: str, query: str) -> None:
    assert api.get(members + query, token=people.charlie.access).status == 400


def test_members_of_somebody_elses_clinic_are_403(api: Api, people: People, edith: Person, members: str) -> None:
    assert api.get(members, token=edith.access).status == 403
    assert api.get(members, token=people.alice.access).status == 403
    assert api.get(members).status == 401


def test_unknown_clinic_is_404(api: Api, people: People) -> None:
    assert api.get(f"/api/clinics/{uuid4()}/members/", token=people.charlie.access).status == 404

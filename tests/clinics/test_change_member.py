"""PUT /api/clinics/<clinic_id>/members/<member_id>/"""

from typing import Any
from uuid import uuid4

import pytest

from tests.api import Api
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.people import People, Person, log_in


@pytest.fixture
def member(people: People, clinic: Any, add: Add) -> Any:
    """A doctor of Charlie's clinic."""
    return add(people.charlie, clinic["id"]).json


@pytest.fixture
def url(path: str, member: Any) -> str:
    return f"{path}/members/{member['id']}/"


def test_only_what_is_sent_changes(api: Api, people: People, member: Any, url: str) -> None:
    changes = {"department": "Cardiology", "notes": "Mornings only", "joined_at": "2026-01-15"}
    answer = api.put(url, changes, token=people.charlie.access)
    member.pop("_info")
    assert (answer.status, answer.json) == (200, {**member, **changes, "conflicting_appointments": []})
    assert api.get(url, token=people.charlie.access).json == {**member, **changes}


def test_null_clears_a_field_and_an_empty_body_changes_nothing(api: Api, people: People, url: str) -> None:
    api.put(url, {"department": "Cardiology"}, token=people.charlie.access)
    assert api.put(url, {}, token=people.charlie.access).json["department"] == "Cardiology"
    assert api.put(url, {"department": None}, token=people.charlie.access).json["department"] is None
    assert api.get(url, token=people.charlie.access).json["department"] is None


def test_another_role_changes_rights_and_counters(api: Api, people: People, url: str, path: str) -> None:
    # GIVEN a doctor who becomes receptionist
    token = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    lookup = f"/api/users/patient/lookup/?contact={people.alice.contact}"
    assert api.get(lookup, token=token).status == 200
    # WHEN the owner changes the role
    answer = api.put(url, {"member_role": "receptionist"}, token=people.charlie.access)
    # THEN they have no doctor's rights any more, at once
    assert answer.json["user"]["roles"]["name"] == "IS_RECEPTIONIST"
    assert api.get(lookup, token=token).status == 403
    assert (api.get(path).json["doctor_count"], api.get(path).json["staff_count"]) == (0, 1)


def test_inactive_removes_and_active_brings_back(api: Api, people: People, url: str, path: str) -> None:
    gone = api.put(url, {"status": "inactive"}, token=people.charlie.access).json
    assert (gone["status"], gone["left_at"]) == ("inactive", "2026-03-01")
    assert api.get(path).json["staff_count"] == 0
    back = api.put(url, {"status": "active"}, token=people.charlie.access).json
    assert (back["status"], back["left_at"]) == ("active", None)
    assert api.get(path).json["doctor_count"] == 1


def test_coming_back_from_another_clinic_is_409(
    api: Api, people: People, edith: Person, elsewhere: Any, url: str, add: Add
) -> None:
    api.put(url, {"status": "inactive"}, token=people.charlie.access)
    add(edith, elsewhere["id"])
    answer = api.put(url, {"status": "active"}, token=people.charlie.access)
    assert answer.status == 409
    assert '"Apollo Clinic"' in answer.json["message"]


def test_a_second_role_is_409(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, path: str, add: Add
) -> None:
    # GIVEN a receptionist of two clinics
    first = add(people.charlie, clinic["id"], role="receptionist").json["id"]
    token = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    second = add(edith, elsewhere["id"], role="receptionist").json["id"]
    assert api.post(f"/api/clinics/my/memberships/{second}/accept/", token=token).status == 200
    # WHEN one of the clinics makes them a doctor
    answer = api.put(f"{path}/members/{first}/", {"member_role": "doctor"}, token=people.charlie.access)
    # THEN the answer names the other clinic
    assert answer.status == 409
    assert '"Apollo Clinic"' in answer.json["message"]


def test_an_owner_cannot_accept_for_somebody(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    answer = api.put(f"{path}/members/{invited}/", {"status": "active"}, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, ["status"])


def test_a_patient_who_declined_is_invited_again(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    api.post(f"/api/clinics/my/memberships/{invited}/decline/", token=people.alice.access)
    answer = api.put(f"{path}/members/{invited}/", {"status": "active"}, token=people.charlie.access)
    assert (answer.status, answer.json["status"]) == (200, "pending")


@pytest.mark.parametrize(
    "wrong", [{"status": "pending"}, {"status": "gone"}, {"member_role": "owner"}, {"joined_at": "x"}, {"notes": 5}]
)
def test_bad_input_is_400(api: Api, people: People, url: str, wrong: dict[str, Any]) -> None:
    answer = api.put(url, wrong, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, list(wrong))


def test_a_member_of_somebody_elses_clinic_is_403(api: Api, people: People, edith: Person, url: str) -> None:
    assert api.put(url, {"notes": "x"}, token=edith.access).status == 403
    assert api.put(url, {"notes": "x"}, token=people.alice.access).status == 403
    assert api.put(url, {"notes": "x"}).status == 401


def test_an_unknown_member_is_404(api: Api, people: People, path: str) -> None:
    assert api.put(f"{path}/members/{uuid4()}/", {}, token=people.charlie.access).status == 404

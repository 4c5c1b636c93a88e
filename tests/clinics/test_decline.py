"""POST /api/clinics/my/memberships/<member_id>/decline/"""

from typing import Any
from uuid import uuid4

from tests.api import Api
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.people import People, log_in


def decline(member_id: str) -> str:
    return f"/api/clinics/my/memberships/{member_id}/decline/"


def test_a_patient_who_declines_stays_a_patient(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    answer = api.post(decline(invited), token=people.alice.access)
    assert (answer.status, answer.json["status"]) == (200, "inactive")
    assert api.get("/api/users/me/", token=people.alice.access).json["roles"]["name"] == "IS_PATIENT"
    assert api.get("/api/clinics/my/memberships/", token=people.alice.access).json == []
    assert api.get(path).json["staff_count"] == 0


def test_declining_twice_or_after_accepting_is_400(api: Api, people: People, clinic: Any, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    statuses = [api.post(decline(invited), token=people.alice.access).status for _ in range(2)]
    assert statuses == [200, 400]
    add(people.charlie, clinic["id"])
    token = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    [membership] = api.get("/api/clinics/my/memberships/", token=token).json
    assert api.post(decline(membership["id"]), token=token).status == 400


def test_the_clinic_may_invite_again(api: Api, people: People, clinic: Any, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    api.post(decline(invited), token=people.alice.access)
    again = add(people.charlie, clinic["id"], people.alice.contact)
    assert (again.status, again.json["id"], again.json["status"]) == (200, invited, "pending")


def test_somebody_elses_and_unknown_invitations_are_404(api: Api, people: People, clinic: Any, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    assert api.post(decline(invited), token=people.bob.access).status == 404
    assert api.post(decline(str(uuid4())), token=people.alice.access).status == 404
    assert api.post(decline(invited)).status == 401

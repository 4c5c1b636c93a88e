"""POST /api/clinics/my/memberships/<member_id>/accept/"""

from typing import Any
from uuid import uuid4

from tests.api import Api, authorize
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.people import PASSWORD, People, Person, log_in


def accept(member_id: str) -> str:
    return f"/api/clinics/my/memberships/{member_id}/accept/"


def test_a_patient_becomes_staff(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    # GIVEN Alice, who is invited as a doctor
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    # WHEN she accepts
    answer = api.post(accept(invited), token=people.alice.access)
    # THEN she is one, with fresh tokens, and counted
    assert (answer.status, answer.json["status"]) == (200, "active")
    assert answer.json["invite_accepted_at"] == "2026-03-01T06:00:00.000Z"
    me = api.get("/api/users/me/", token=answer.json["access"]).json
    assert (me["roles"]["name"], me["name"]) == ("IS_DOCTOR", "Alice Rao")
    assert api.post("/api/users/token/refresh/", {"refresh": answer.json["refresh"]}).status == 200
    assert (api.get(path).json["doctor_count"], api.get(path).json["staff_count"]) == (1, 1)
    lookup = api.get(f"/api/users/patient/lookup/?contact={people.bob.contact}", token=answer.json["access"])
    assert lookup.status == 200


def test_accepting_keeps_the_password(api: Api, people: People, clinic: Any, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    api.post(accept(invited), token=people.alice.access)
    assert log_in(api, people.alice.contact, PASSWORD)


def test_a_doctor_can_accept_only_one_of_two_invitations(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, add: Add
) -> None:
    one = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    other = add(edith, elsewhere["id"], people.alice.contact).json["id"]
    assert api.post(accept(one), token=people.alice.access).status == 200
    answer = api.post(accept(other), token=people.alice.access)
    assert answer.status == 409
    assert answer.json["message"].startswith('This doctor is already an active member of "City Care Clinic".')


def test_a_second_membership_needs_the_same_role(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, add: Add
) -> None:
    # GIVEN a receptionist, whom another clinic invites into the laboratory
    add(people.charlie, clinic["id"], role="receptionist")
    token = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    invited = add(edith, elsewhere["id"], role="lab_member").json["id"]
    # WHEN they accept
    answer = api.post(accept(invited), token=token)
    # THEN they are told where they have another role
    assert answer.status == 409
    assert '"City Care Clinic"' in answer.json["message"]


def test_accepting_twice_is_400(api: Api, people: People, clinic: Any, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    statuses = [api.post(accept(invited), token=people.alice.access).status for _ in range(2)]
    assert statuses == [200, 400]


def test_somebody_elses_and_unknown_invitations_are_404(api: Api, people: People, clinic: Any, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    assert api.post(accept(invited), token=people.bob.access).status == 404
    assert api.post(accept(invited), token=people.charlie.access).status == 404
    assert api.post(accept(str(uuid4())), token=people.alice.access).status == 404
    assert api.post(accept("x" * 3000), token=people.alice.access).status == 404
    assert api.post(accept(invited)).status == 401


def test_an_ended_session_cannot_start_another(api: Api, people: People, clinic: Any, add: Add) -> None:
    # GIVEN an invited patient who logged out, while API Gateway still has the authorizer's answer
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    identity = authorize(people.alice.access)
    api.post("/api/users/logout/", {"refresh": people.alice.refresh}, people.alice.access)
    # WHEN / THEN
    assert api.post(accept(invited), identity=identity).status == 401

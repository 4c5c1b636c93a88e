"""DELETE /api/clinics/<clinic_id>/"""

from typing import Any
from uuid import uuid4

import pytest
from clinics import members

from tests.api import Api
from tests.clinics.conftest import MONDAY, NEWCOMER, Add, password_sent_to
from tests.people import People, Person, log_in


def test_a_deleted_clinic_vanishes_at_once(api: Api, people: People, path: str) -> None:
    # GIVEN a public clinic
    api.post(f"{path}/slots/", MONDAY, token=people.charlie.access)
    # WHEN its owner deletes it
    answer = api.delete(f"{path}/", token=people.charlie.access)
    # THEN nobody sees it any more
    assert (answer.status, answer.json["conflicting_appointments"]) == (200, [])
    assert [api.get(f"{path}/{under}").status for under in ("", "slots/", "admission-docs/")] == [404] * 3
    assert api.get("/api/clinics/public/").json["results"] == []
    assert api.get("/api/clinics/public/?search=care").json["results"] == []
    assert api.get("/api/clinics/", token=people.charlie.access).json == []


def test_its_doctor_can_join_another_clinic(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, path: str, add: Add
) -> None:
    add(people.charlie, clinic["id"])
    api.delete(f"{path}/", token=people.charlie.access)
    assert add(edith, elsewhere["id"]).json["status"] == "active"


def test_its_staff_lose_their_rights_and_its_invitations_end(
    api: Api, people: People, clinic: Any, path: str, add: Add
) -> None:
    # GIVEN a doctor and an invited patient
    add(people.charlie, clinic["id"])
    doctor = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    # WHEN the clinic is deleted
    api.delete(f"{path}/", token=people.charlie.access)
    # THEN neither has anything to do with it
    lookup = api.get(f"/api/users/patient/lookup/?contact={people.alice.contact}", token=doctor)
    assert lookup.status == 403
    assert api.get("/api/clinics/my/memberships/", token=doctor).json == []
    assert api.post(f"/api/clinics/my/memberships/{invited}/accept/", token=people.alice.access).status == 400


def test_the_next_try_finishes_what_a_crash_left_undone(
    api: Api,
    people: People,
    edith: Person,
    clinic: Any,
    elsewhere: Any,
    path: str,
    add: Add,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # GIVEN a deletion that died before it released the doctor
    add(people.charlie, clinic["id"])
    with monkeypatch.context() as crash:
        crash.setattr(members, "release_all", _crash)
        assert api.delete(f"{path}/", token=people.charlie.access).status == 500
    assert api.get(f"{path}/").status == 404
    # WHEN the owner tries again
    answer = api.delete(f"{path}/", token=people.charlie.access)
    # THEN the doctor is free
    assert answer.status == 200
    assert add(edith, elsewhere["id"]).status == 201


def _crash(*_: object) -> bool:
    raise RuntimeError


def test_deleting_twice_is_404(api: Api, people: People, path: str) -> None:
    api.delete(f"{path}/", token=people.charlie.access)
    assert api.delete(f"{path}/", token=people.charlie.access).status == 404


def test_nothing_can_be_added_to_a_deleted_clinic(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    api.delete(f"{path}/", token=people.charlie.access)
    assert add(people.charlie, clinic["id"]).status == 404
    assert api.post(f"{path}/slots/", MONDAY, token=people.charlie.access).status == 404
    assert api.put(f"{path}/", {"name": "Back"}, token=people.charlie.access).status == 404


def test_somebody_elses_clinic_is_403(api: Api, people: People, edith: Person, path: str) -> None:
    assert api.delete(f"{path}/", token=edith.access).status == 403
    assert api.delete(f"{path}/", token=people.alice.access).status == 403
    assert api.delete(f"{path}/").status == 401
    assert api.get(f"{path}/").status == 200


def test_an_unknown_clinic_is_404(api: Api, people: People) -> None:
    assert api.delete(f"/api/clinics/{uuid4()}/", token=people.charlie.access).status == 404

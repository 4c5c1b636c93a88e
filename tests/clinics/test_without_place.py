"""Staff who work in no clinic have a patient's rights, whatever role the account shows (docs/contract.md: Staff)."""

from typing import Any

import pytest

from tests import faults, round_trips
from tests.api import Answer, Api, authorize
from tests.bench import sms_to
from tests.clinics.conftest import Add
from tests.documents.filing import announcement
from tests.people import People, log_in
from tests.practice import MONDAY, Practice

SOMEBODY = 9988776644


class Former:
    """Somebody whom Charlie employs, and who may leave."""

    def __init__(self, api: Api, member: Any) -> None:
        self.api, self.member, self.id = api, member["id"], member["user"]["id"]
        self.token = log_in(api, SOMEBODY, sms_to(SOMEBODY)[0].split("password: ")[1][:8])["access"]

    def leave(self) -> None:
        assert self.api.delete(f"/api/clinics/my/memberships/{self.member}/", self.token).status == 200

    def book(self, practice: Practice, time: str = "09:00") -> Answer:
        body = {"doctor": practice.doctor_id, "appointment_date": MONDAY, "appointment_time": time}
        return self.api.post("/api/appointments/my/", body, self.token)

    def upload(self, **fields: Any) -> Answer:
        return self.api.post("/api/documents/", announcement(**fields), self.token)


@pytest.fixture(params=["receptionist", "lab_member", "doctor"])
def former(request: pytest.FixtureRequest, api: Api, people: People, clinic: Any, add: Add) -> Former:
    return Former(api, add(people.charlie, clinic["id"], SOMEBODY, request.param).json)


LISTS = (
    "/api/appointments/my/",
    "/api/appointments/my/clinics/",
    "/api/documents/",
    "/api/documents/consent/mine/",
    "/api/documents/access-log/",
)


def test_who_works_has_none_of_them(api: Api, former: Former, practice: Practice) -> None:
    assert former.book(practice).status == 403
    assert former.upload().status in (400, 403)
    assert api.patch("/api/users/onboarding/patient/step3/", {}, former.token).status == 403
    assert api.put("/api/users/me/medical-profile/", {"allergies": "Nuts"}, former.token).status == 403
    assert faults.items(kind="Appointment") == faults.items(kind="Document") == []


def test_who_left_books_uploads_and_completes_step_3_once(
    api: Api, people: People, former: Former, practice: Practice
) -> None:
    former.leave()
    assert former.book(practice).status == 201
    document = former.upload()
    assert (document.status, document.json["uploaded_by_role"]) == (201, "patient")
    assert document.json["owner"]["id"] == former.id
    step3 = [api.patch("/api/users/onboarding/patient/step3/", {"age": 40}, former.token).status for _ in range(2)]
    assert step3 == [200, 400]
    assert api.put("/api/users/me/medical-profile/", {"allergies": "Nuts"}, former.token).status == 200


def test_who_left_reads_a_patients_lists_while_they_are_empty(api: Api, former: Former) -> None:
    former.leave()
    assert [api.get(path, former.token).json for path in LISTS] == [[]] * len(LISTS)
    assert api.get("/api/appointments/my/1/", former.token).status == 404
    assert api.get("/api/users/me/medical-profile/", former.token).status == 404


def test_doctors_find_who_left_and_file_for_them(api: Api, people: People, former: Former) -> None:
    path, dora = f"/api/users/patient/lookup/?contact={SOMEBODY}", people.dora.access
    assert api.get(path, dora).status == 404
    former.leave()
    assert api.get(path, dora).json["id"] == former.id
    filed = api.post("/api/documents/", announcement(patient_id=former.id), dora)
    assert (filed.status, filed.json["uploaded_by_role"]) == (201, "doctor")


def test_who_left_files_nothing_for_others(people: People, former: Former) -> None:
    former.leave()
    assert former.upload(patient_id=people.alice.id).status == 403
    assert former.upload(patient_id=former.id).status == 201


def test_who_comes_back_is_staff_again(people: People, clinic: Any, former: Former, add: Add, api: Api) -> None:
    role = api.get("/api/users/me/", former.token).json["roles"]["name"].removeprefix("IS_").lower()
    former.leave()
    kept = former.upload().json["id"]
    assert add(people.charlie, clinic["id"], SOMEBODY, role).json["status"] == "active"
    assert former.upload().status in (400, 403)
    # What is theirs stays theirs.
    assert api.get(f"/api/documents/{kept}/", former.token).status == 200


def test_a_patients_booking_costs_what_it_did(people: People, practice: Practice, former: Former, api: Api) -> None:
    identity = authorize(people.alice.access)
    body = {"doctor": practice.doctor_id, "appointment_date": MONDAY, "appointment_time": "09:00"}
    with round_trips.counted() as trips:
        assert api.post("/api/appointments/my/", body, identity=identity).status == 201
    assert trips.reads == 2
    former.leave()
    with round_trips.counted() as trips:
        assert api.post("/api/appointments/my/", body | {"appointment_time": "09:15"}, former.token).status == 201
    assert trips.reads == 4  # the authorizer's, and one more for the memberships

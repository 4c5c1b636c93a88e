"""PATCH /api/users/onboarding/member/complete/"""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import Doctor

from tests import faults
from tests.api import Api, authorize
from tests.people import PASSWORD, People

PATH = "/api/users/onboarding/member/complete/"
# The example that client apps were built from.
BODY = {
    "name": "Dr. Suresh Yadav",
    "gender": "male",
    "age": 35,
    "email": "suresh@example.com",
    "specialty": "Cardiology",
    "qualification": "MBBS, MD",
    "experience_years": 10,
    "address_area": "Vaishali Nagar",
    "landmark": "Water tank",
    "town": "Jaipur",
    "state": "Rajasthan",
    "pincode": "302021",
}


def doctor_of(people: People) -> Doctor:
    (user,) = (item for item in faults.items(kind="User") if item["id"] == people.dora.id)
    doctor = table.fetch(Doctor.key(int(user["doctor_id"])))
    assert doctor
    return doctor


def test_doctor_completes_the_profile(api: Api, people: People) -> None:
    answer = api.patch(PATH, BODY, people.dora.access)
    assert answer.status == 200
    assert (answer.json["user"]["is_partial_onboarding"], answer.json["user"]["is_complete_onboarding"]) == (True, True)
    assert answer.json["user"]["name"] == "Dr. Suresh Yadav"
    assert authorize(answer.json["access"])
    assert answer.json["refresh"]
    doctor = doctor_of(people)
    assert (doctor.specialty, doctor.qualification, doctor.experience_years) == ("cardiology", "MBBS, MD", 10)


def test_the_work_address_is_written(api: Api, people: People) -> None:
    api.patch(PATH, BODY, people.dora.access)
    (address,) = api.get("/api/users/address/", people.dora.access).json
    assert (address["address_type"], address["area"], address["landmark"]) == ("work", "Vaishali Nagar", "Water tank")
    assert address["is_current"] is True


def test_the_login_no_longer_asks_for_the_profile(api: Api, people: People) -> None:
    api.patch(PATH, {}, people.dora.access)
    answer = api.post("/api/users/login/", {"contact": people.dora.contact, "password": PASSWORD})
    assert "onboarding_required" not in answer.json


def test_every_field_is_optional(api: Api, people: People) -> None:
    answer = api.patch(PATH, {}, people.lata.access)
    assert (answer.status, answer.json["user"]["name"]) == (200, people.lata.name)


@pytest.mark.parametrize(
    "sent",
    [
        {"specialty": "Cardiology"},
        {"specialty": "Front desk"},
        {"specialty": ""},
        {"specialty": None, "qualification": 5},
        {"experience_years": "", "languages": ["Hindi"]},
    ],
)
def test_the_doctors_fields_are_ignored_for_others(api: Api, people: People, sent: dict[str, Any]) -> None:
    assert api.patch(PATH, sent, people.lata.access).status == 200


@pytest.mark.parametrize("specialty", ["general medicine", "GENERAL-MEDICINE", "General_Medicine"])
def test_a_specialty_may_be_written_in_any_form(api: Api, people: People, specialty: str) -> None:
    api.patch(PATH, {"specialty": specialty}, people.dora.access)
    assert doctor_of(people).specialty == "general_medicine"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("specialty", "witchcraft"),
        ("specialty", 7),
        ("experience_years", -1),
        ("experience_years", True),
        ("name", ""),
        ("name", "x" * 101),
        ("email", "x"),
        ("qualification", "x" * 256),
        ("biography", "x" * 2001),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(api: Api, people: People, field: str, value: object) -> None:
    token, before = people.dora.access, faults.items()
    answer = api.patch(PATH, BODY | {field: value}, token)
    assert (answer.status, answer.fields) == (400, [field])
    assert faults.items() == before


def test_completing_twice_is_400(api: Api, people: People) -> None:
    api.patch(PATH, {}, people.dora.access)
    answer = api.patch(PATH, {}, people.dora.access)
    assert (answer.status, answer.json) == (400, {"message": "Onboarding is already complete."})


@pytest.mark.parametrize("person", ["alice", "charlie"])
def test_others_than_staff_are_403(api: Api, people: People, person: str) -> None:
    assert api.patch(PATH, BODY, getattr(people, person).access).status == 403


def test_without_a_token_it_is_401(api: Api) -> None:
    assert api.patch(PATH, BODY).status == 401


def test_a_session_that_ended_while_the_authorizers_answer_is_cached_is_401(api: Api, people: People) -> None:
    identity = authorize(people.dora.access)
    api.post("/api/users/logout/", {"refresh": people.dora.refresh}, people.dora.access)
    assert api.patch(PATH, {}, identity=identity).status == 401

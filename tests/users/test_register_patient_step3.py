"""PATCH /api/users/onboarding/patient/step3/"""

from typing import Any

import pytest

from tests import faults
from tests.api import Api
from tests.people import People

PATH = "/api/users/onboarding/patient/step3/"
# The example that client apps were built from.
BODY = {
    "gender": "male",
    "age": 28,
    "email": "rahul@example.com",
    "blood_group": "B+",
    "address_area": "Near City Hospital",
    "house_no": "12A",
    "town": "Jaipur",
    "state": "Rajasthan",
    "pincode": "302001",
    "allergies": "Penicillin",
    "chronic_conditions": "None",
    "current_medications": "None",
    "past_surgeries": "Appendectomy 2020",
    "family_history": "Diabetes (father)",
    "height_cm": 175,
    "weight_kg": 70.5,
    "emergency_contact_name": "Priya Sharma",
    "emergency_contact_number": 9123456789,
}


def test_profile_medical_facts_and_home_address_are_kept(api: Api, people: People) -> None:
    answer = api.patch(PATH, BODY, people.alice.access)
    assert answer.status == 200
    assert answer.json["message"] == "Registration complete! Welcome to QuickCare."
    user, medical = answer.json["user"], answer.json["medical_profile"]
    assert {name: user[name] for name in ("gender", "age", "email", "blood_group")} == {
        name: BODY[name] for name in ("gender", "age", "email", "blood_group")
    }
    assert (user["is_partial_onboarding"], user["is_complete_onboarding"]) == (True, True)
    assert (medical["weight_kg"], medical["height_cm"], medical["allergies"]) == ("70.50", 175, "Penicillin")
    assert api.get("/api/users/me/", people.alice.access).json == user
    assert api.get("/api/users/me/medical-profile/", people.alice.access).json == medical
    (address,) = api.get("/api/users/address/", people.alice.access).json
    assert address | {"id": 0} == {
        "id": 0,
        "area": "Near City Hospital",
        "house_no": "12A",
        "landmark": None,
        "town": "Jaipur",
        "state": "Rajasthan",
        "pincode": "302001",
        "country": "India",
        "address_type": "home",
        "user": people.alice.id,
        "is_current": True,
    }


def test_every_field_is_optional(api: Api, people: People) -> None:
    answer = api.patch(PATH, {}, people.alice.access)
    assert (answer.status, answer.json["medical_profile"]) == (200, None)
    assert answer.json["user"]["is_complete_onboarding"] is True
    assert api.get("/api/users/address/", people.alice.access).json == []


def test_medical_facts_sent_as_null_make_no_profile(api: Api, people: People) -> None:
    assert api.patch(PATH, {"allergies": None}, people.alice.access).json["medical_profile"] is None


def test_completing_twice_is_400(api: Api, people: People) -> None:
    api.patch(PATH, {}, people.alice.access)
    answer = api.patch(PATH, {"age": 99}, people.alice.access)
    assert (answer.status, answer.json) == (400, {"message": "Onboarding is already complete."})
    assert api.get("/api/users/me/", people.alice.access).json["age"] == 18


@pytest.mark.parametrize("person", ["charlie", "dora", "lata"])
def test_other_roles_are_403(api: Api, people: People, person: str) -> None:
    assert api.patch(PATH, BODY, getattr(people, person).access).status == 403


def test_without_a_token_it_is_401(api: Api) -> None:
    assert api.patch(PATH, BODY).status == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gender", "unknown"),
        ("gender", 1),
        ("age", -1),
        ("age", 151),
        ("age", "old"),
        ("age", True),
        ("age", 1e30),
        ("email", "rahul"),
        ("blood_group", "C+"),
        ("town", "x" * 256),
        ("town", 17),
        ("allergies", "x" * 2001),
        ("allergies", "a\x00b"),
        ("height_cm", 0),
        ("height_cm", 301),
        ("weight_kg", 0),
        ("weight_kg", "1000"),
        ("weight_kg", "heavy"),
        ("weight_kg", 70.123),
        ("weight_kg", True),
        ("emergency_contact_number", 100),
        ("emergency_contact_number", "91234/56789"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(api: Api, people: People, field: str, value: Any) -> None:
    token, before = people.alice.access, faults.items()
    answer = api.patch(PATH, BODY | {field: value}, token)
    assert (answer.status, answer.fields) == (400, [field])
    assert faults.items() == before


def test_the_body_cannot_give_rights(api: Api, people: People) -> None:
    body = {"role_id": 1, "roles": {"id": 1}, "contact": 9999999999, "id": "x", "is_active": False, "name": "Root"}
    user = api.patch(PATH, body, people.alice.access).json["user"]
    assert (user["roles"]["id"], user["contact"], user["id"]) == (3, people.alice.contact, people.alice.id)
    assert user["name"] == people.alice.name


def test_an_older_medical_profile_keeps_what_is_not_sent(api: Api, people: People) -> None:
    api.put("/api/users/me/medical-profile/", {"allergies": "Dust", "height_cm": 160}, people.alice.access)
    medical = api.patch(PATH, {"height_cm": 161}, people.alice.access).json["medical_profile"]
    assert (medical["allergies"], medical["height_cm"]) == ("Dust", 161)

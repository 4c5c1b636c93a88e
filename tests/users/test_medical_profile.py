"""GET /api/users/me/medical-profile/ and PUT /api/users/me/medical-profile/"""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update
from quickcare.roles import Role

from tests import faults
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People

PATH = "/api/users/me/medical-profile/"


def test_a_profile_that_was_never_written_is_404(api: Api, people: People) -> None:
    answer = api.get(PATH, people.alice.access)
    assert (answer.status, list(answer.json)) == (404, ["message"])


def test_put_creates_it(api: Api, people: People) -> None:
    answer = api.put(PATH, {"allergies": "Dust", "weight_kg": "70.5", "height_cm": 175}, people.alice.access)
    assert answer.status == 200
    assert answer.json == {
        "allergies": "Dust",
        "chronic_conditions": None,
        "current_medications": None,
        "past_surgeries": None,
        "family_history": None,
        "emergency_contact_name": None,
        "emergency_contact_number": None,
        "height_cm": 175,
        "weight_kg": "70.50",
        "created_at": "2026-03-01T06:00:00.000Z",
        "updated_at": "2026-03-01T06:00:00.000Z",
    }
    assert api.get(PATH, people.alice.access).json == answer.json


def test_only_what_is_sent_changes(api: Api, people: People, time: FakeClock) -> None:
    api.put(PATH, {"allergies": "Dust", "height_cm": 175}, people.alice.access)
    time.advance(minutes=5)
    answer = api.put(PATH, {"height_cm": 176, "emergency_contact_number": "9123456789"}, people.alice.access)
    assert (answer.json["allergies"], answer.json["height_cm"]) == ("Dust", 176)
    assert answer.json["emergency_contact_number"] == 9123456789
    assert (answer.json["created_at"], answer.json["updated_at"]) == (
        "2026-03-01T06:00:00.000Z",
        "2026-03-01T06:05:00.000Z",
    )
    assert api.get(PATH, people.alice.access).json == answer.json


def test_null_clears_a_field(api: Api, people: People) -> None:
    api.put(PATH, {"allergies": "Dust", "weight_kg": 70}, people.alice.access)
    answer = api.put(PATH, {"allergies": None, "weight_kg": None}, people.alice.access)
    assert (answer.json["allergies"], answer.json["weight_kg"]) == (None, None)


def test_empty_body_makes_an_empty_profile(api: Api, people: People) -> None:
    assert api.put(PATH, {}, people.alice.access).status == 200
    assert api.get(PATH, people.alice.access).status == 200


@pytest.mark.parametrize("person", ["charlie", "dora", "lata"])
def test_only_patients_have_one(api: Api, people: People, person: str) -> None:
    token = getattr(people, person).access
    assert api.get(PATH, token).status == 403
    assert api.put(PATH, {"allergies": "Dust"}, token).status == 403


def test_a_patient_who_becomes_staff_keeps_the_profile(api: Api, people: People) -> None:
    api.put(PATH, {"allergies": "Dust"}, people.alice.access)
    table.write(user=Update(User.key(people.alice.id), [User.role_id.set(Role.DOCTOR)]))
    assert api.put(PATH, {"allergies": "Pollen"}, people.alice.access).status == 200
    assert api.get(PATH, people.alice.access).json["allergies"] == "Pollen"


def test_without_a_token_it_is_401(api: Api) -> None:
    assert api.get(PATH).status == 401
    assert api.put(PATH, {}).status == 401


def test_each_patient_has_their_own_profile(api: Api, people: People) -> None:
    api.put(PATH, {"allergies": "Dust"}, people.alice.access)
    assert api.get(PATH, people.bob.access).status == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("allergies", "x" * 2001),
        ("allergies", "a\x00"),
        ("family_history", 7),
        ("emergency_contact_name", "x" * 101),
        ("emergency_contact_number", 5),
        ("height_cm", 0),
        ("height_cm", True),
        ("weight_kg", "NaN"),
        ("weight_kg", "Infinity"),
        ("weight_kg", 1e30),
        ("weight_kg", "1e-30"),
        ("weight_kg", "70,5"),
        ("weight_kg", True),
        ("weight_kg", -1),
    ],
)
def test_a_bad_field_is_named(api: Api, people: People, field: str, value: Any) -> None:
    token = people.alice.access
    answer = api.put(PATH, {"height_cm": 170, field: value}, token)
    assert (answer.status, answer.fields) == (400, [field])
    assert faults.items(kind="MedicalProfile") == []


@pytest.mark.parametrize(("sent", "shown"), [(70, "70.00"), ("70.5", "70.50"), (70.55, "70.55"), ("1E+2", "100.00")])
def test_weights_have_two_decimal_places(api: Api, people: People, sent: Any, shown: str) -> None:
    assert api.put(PATH, {"weight_kg": sent}, people.alice.access).json["weight_kg"] == shown

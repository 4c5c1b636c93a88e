"""GET /api/users/me/ and PUT /api/users/me/"""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update

from tests import faults
from tests.api import Api, authorize
from tests.people import People

PATH = "/api/users/me/"


@pytest.mark.parametrize("path", [PATH, PATH.rstrip("/")])
@pytest.mark.parametrize("person", ["alice", "charlie", "dora", "lata"])
def test_people_see_their_own_account(api: Api, people: People, person: str, path: str) -> None:
    somebody = getattr(people, person)
    answer = api.get(path, somebody.access)
    assert answer.status == 200
    assert (answer.json["id"], answer.json["name"], answer.json["contact"]) == (
        somebody.id,
        somebody.name,
        somebody.contact,
    )


def test_no_secret_is_shown(api: Api, people: People) -> None:
    assert not [name for name in api.get(PATH, people.alice.access).json if "password" in name or "epoch" in name]


def test_without_a_token_it_is_401(api: Api) -> None:
    assert api.get(PATH).status == 401
    assert api.put(PATH, {"age": 30}).status == 401


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_account_deactivated_while_the_authorizers_answer_is_cached_is_401(
    api: Api, people: People, method: str
) -> None:
    identity = authorize(people.alice.access)
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert api.call(method, PATH, {"age": 30}, identity=identity).status == 401


def test_only_what_is_sent_changes(api: Api, people: People) -> None:
    api.put(PATH, {"email": "alice@example.com", "age": 30, "gender": "female"}, people.alice.access)
    changes = {"name": "आशा राव", "blood_group": "AB-", "avatar": "https://example.com/a.png"}
    answer = api.put(PATH, changes, people.alice.access)
    assert answer.status == 200
    assert answer.json == api.get(PATH, people.alice.access).json
    wanted = {"email": "alice@example.com", "age": 30, "gender": "female", "name": "आशा राव", "blood_group": "AB-"}
    assert wanted.items() <= answer.json.items()


@pytest.mark.usefixtures("real_dynamodb")
def test_an_email_that_grows_very_long_when_folded_is_kept(api: Api, people: People) -> None:
    email = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 64 + "@a.b"
    answer = api.put(PATH, {"email": email}, people.alice.access)
    assert (answer.status, answer.json["email"]) == (200, email)
    assert api.put(PATH, {"email": "alice@example.com"}, people.alice.access).status == 200


def test_null_clears_a_field(api: Api, people: People) -> None:
    api.put(PATH, {"email": "alice@example.com", "gender": "female"}, people.alice.access)
    answer = api.put(PATH, {"email": None, "gender": None}, people.alice.access)
    assert (answer.json["email"], answer.json["gender"]) == (None, None)


@pytest.mark.parametrize("body", [{}, {"unknown": 1}])
def test_a_body_without_fields_changes_nothing(api: Api, people: People, body: Any) -> None:
    token, before = people.alice.access, faults.items()
    assert api.put(PATH, body, token).status == 200
    assert faults.items() == before


@pytest.mark.parametrize(
    "body",
    [
        {"id": "00000000-0000-4000-8000-000000000000"},
        {"roles": {"id": 1, "name": "IS_SUPERADMIN"}},
        {"role_id": 1},
        {"contact": 9999999999},
        {"is_partial_onboarding": False},
        {"is_complete_onboarding": True},
        {"is_active": False},
        {"password": "stolen horse 1"},
        {"password_hash": "x"},
        {"session_epoch": 9},
        {"date_joined": "2020-01-01T00:00:00Z"},
        {"pk": "USER#x"},
    ],
    ids=lambda body: next(iter(body)),
)
def test_what_cannot_be_changed_is_ignored(api: Api, people: People, body: Any) -> None:
    token, before = people.alice.access, faults.items()
    assert api.put(PATH, body, token).status == 200
    assert faults.items() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", "x" * 101),
        ("name", 7),
        ("email", "x"),
        ("email", 7),
        ("age", -1),
        ("age", 1.5),
        ("age", None),
        ("age", "9" * 5000),
        ("gender", "MALE"),
        ("blood_group", "0+"),
        ("avatar", "x" * 256),
        ("avatar", ["a"]),
    ],
)
def test_a_bad_field_is_named(api: Api, people: People, field: str, value: Any) -> None:
    token, before = people.alice.access, faults.items()
    answer = api.put(PATH, {"age": 30, field: value}, token)
    assert (answer.status, answer.fields) == (400, [field])
    assert faults.items() == before

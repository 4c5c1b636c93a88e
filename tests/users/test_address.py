"""GET, POST /api/users/address/ and GET, PUT, DELETE /api/users/address/<id>/"""

from typing import Any

import pytest

from tests import faults
from tests.api import Answer, Api
from tests.people import People

PATH = "/api/users/address/"
JAIPUR = {"area": "Vaishali Nagar", "house_no": "12A", "town": "Jaipur", "state": "Rajasthan", "pincode": "302021"}


def add(api: Api, token: str, **fields: Any) -> int:
    answer = api.post(PATH, JAIPUR | fields, token)
    assert answer.status == 201, answer
    return int(answer.json["id"])


def one(api: Api, token: str, address_id: object) -> Answer:
    return api.get(f"{PATH}{address_id}/", token)


def current(api: Api, token: str) -> list[int]:
    return [address["id"] for address in api.get(PATH, token).json if address["is_current"]]


# Add


def test_an_added_address_can_be_read(api: Api, people: People) -> None:
    answer = api.post(PATH, JAIPUR | {"landmark": "Water tank", "address_type": "work"}, people.alice.access)
    assert answer.status == 201
    assert answer.json | {"id": 0} == {
        "id": 0,
        "area": "Vaishali Nagar",
        "house_no": "12A",
        "landmark": "Water tank",
        "town": "Jaipur",
        "state": "Rajasthan",
        "pincode": "302021",
        "country": "India",
        "address_type": "work",
        "user": people.alice.id,
        "is_current": True,
    }
    assert 0 < answer.json["id"] < 2**53
    assert one(api, people.alice.access, answer.json["id"]).json == answer.json


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("area", "x" * 256),
        ("area", 7),
        ("town", "a\nb"),
        ("pincode", "12345678901"),
        ("address_type", "office"),
        ("is_current", "perhaps"),
        ("is_current", 7),
    ],
)
def test_a_bad_field_is_named(api: Api, people: People, field: str, value: Any) -> None:
    token = people.alice.access
    answer = api.post(PATH, JAIPUR | {field: value}, token)
    assert (answer.status, answer.fields) == (400, [field])
    assert api.put(f"{PATH}{add(api, token)}/", {field: value}, token).status == 400


@pytest.mark.parametrize("body", [{}, {"country": "India"}, {"is_current": True, "address_type": "home"}])
def test_an_address_without_any_place_is_400(api: Api, people: People, body: Any) -> None:
    answer = api.post(PATH, body, people.alice.access)
    assert (answer.status, list(answer.json)) == (400, ["message"])


# List


def test_the_list_has_the_callers_addresses_only_oldest_first(api: Api, people: People) -> None:
    ids = [add(api, people.alice.access, town=f"Town {number}") for number in range(3)]
    add(api, people.bob.access)
    assert sorted(address["id"] for address in api.get(PATH, people.alice.access).json) == sorted(ids)
    assert [address["id"] for address in api.get(PATH, people.alice.access).json] == sorted(ids)


def test_the_list_may_be_empty(api: Api, people: People) -> None:
    assert api.get(PATH, people.alice.access).json == []


# One is current


def test_the_first_address_is_current_and_the_next_are_not(api: Api, people: People) -> None:
    first = add(api, people.alice.access)
    add(api, people.alice.access)
    assert current(api, people.alice.access) == [first]


def test_a_new_current_address_replaces_the_old_one(api: Api, people: People) -> None:
    add(api, people.alice.access)
    second = add(api, people.alice.access, is_current=True)
    assert current(api, people.alice.access) == [second]


def test_the_first_address_need_not_be_current(api: Api, people: People) -> None:
    add(api, people.alice.access, is_current=False)
    assert current(api, people.alice.access) == []


def test_a_change_makes_an_address_current_or_not(api: Api, people: People) -> None:
    first, second = add(api, people.alice.access), add(api, people.alice.access)
    answer = api.put(f"{PATH}{second}/", {"is_current": True}, people.alice.access)
    assert (answer.status, answer.json["is_current"]) == (200, True)
    assert current(api, people.alice.access) == [second]
    assert api.put(f"{PATH}{first}/", {"is_current": False}, people.alice.access).json["is_current"] is False
    assert current(api, people.alice.access) == [second]
    assert api.put(f"{PATH}{second}/", {"is_current": False}, people.alice.access).json["is_current"] is False
    assert current(api, people.alice.access) == []


def test_after_the_current_address_is_deleted_the_next_new_one_is_current(api: Api, people: People) -> None:
    first = add(api, people.alice.access)
    add(api, people.alice.access)
    api.delete(f"{PATH}{first}/", people.alice.access)
    assert current(api, people.alice.access) == []
    third = add(api, people.alice.access)
    assert current(api, people.alice.access) == [third]


# Change and delete


def test_only_what_is_sent_changes(api: Api, people: People) -> None:
    address_id = add(api, people.alice.access)
    answer = api.put(f"{PATH}{address_id}/", {"town": "Ajmer", "house_no": None}, people.alice.access)
    assert answer.status == 200
    assert (answer.json["town"], answer.json["house_no"], answer.json["area"]) == ("Ajmer", None, "Vaishali Nagar")
    assert one(api, people.alice.access, address_id).json == answer.json


def test_owner_and_id_cannot_be_changed(api: Api, people: People) -> None:
    address_id = add(api, people.alice.access)
    answer = api.put(f"{PATH}{address_id}/", {"user": people.bob.id, "id": 7, "town": "Ajmer"}, people.alice.access)
    assert (answer.json["id"], answer.json["user"]) == (address_id, people.alice.id)


def test_a_deleted_address_is_gone(api: Api, people: People) -> None:
    address_id = add(api, people.alice.access)
    answer = api.delete(f"{PATH}{address_id}/", people.alice.access)
    assert (answer.status, answer.json) == (204, None)
    assert one(api, people.alice.access, address_id).status == 404
    assert not {item["kind"] for item in faults.items()} & {"Address", "CurrentAddress"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_somebody_elses_address_is_404_and_stays(api: Api, people: People, method: str) -> None:
    address_id = add(api, people.alice.access)
    answer = api.call(method, f"{PATH}{address_id}/", {"town": "Ajmer"}, token=people.bob.access)
    assert (answer.status, list(answer.json)) == (404, ["message"])
    assert one(api, people.alice.access, address_id).json["town"] == "Jaipur"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "address_id", ["17", "0", "-1", "1.5", "abc", "9" * 16, "9" * 400, "9" * 5000, "%00", "CURRENT"]
)
def test_unknown_and_malformed_ids_are_404(api: Api, people: People, method: str, address_id: str) -> None:
    answer = api.call(method, f"{PATH}{address_id}/", {"town": "Ajmer"}, token=people.alice.access)
    assert (answer.status, answer.json) == (404, {"message": "Not found."})
    assert faults.items(kind="Address") == []


@pytest.mark.usefixtures("real_dynamodb")
def test_an_id_longer_than_a_key_is_404(api: Api) -> None:
    """DynamoDB refuses keys over 1,024 bytes, moto does not."""
    identity = {"user_id": "somebody", "session_id": "x"}
    assert api.get(f"{PATH}{'9' * 2000}/", identity=identity).status == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", PATH), ("POST", PATH), ("GET", PATH + "1/"), ("DELETE", PATH + "1/")]
)
def test_without_a_token_it_is_401(api: Api, method: str, path: str) -> None:
    assert api.call(method, path, JAIPUR).status == 401

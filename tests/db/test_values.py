"""Items are made of what is stored, and stored, as pynamodb does it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pynamodb.attributes import MapAttribute
from pynamodb.exceptions import AttributeDeserializationError, AttributeNullError
from pynamodb.expressions.operand import Value
from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.db.items import Clinic, DayLedger, PatientCalendar, PatientClinic, Schedule, User
from quickcare.db.values import PlainMap
from quickcare.roles import Role

from tests.people import People
from tests.practice import Practice

NOW = datetime(2026, 3, 1, 6, 0, 0, 123456, tzinfo=UTC)


def _stored() -> list[dict[str, Any]]:
    connection = Item._get_connection()
    found: list[dict[str, Any]] = connection.scan(consistent_read=True)["Items"]
    return found


def _by_pynamodb(stored: dict[str, Any]) -> Any:
    return Item._instantiate(stored)


def shown(item: Item) -> dict[str, str]:
    """The values with their types; maps have no equality."""
    return {name: repr(value) for name, value in item.attribute_values.items()}


def test_every_item_of_a_practice_has_the_values_that_pynamodb_reads(people: People, practice: Practice) -> None:
    practice.booked(people.alice)
    kinds = set()
    for stored in _stored():
        ours, theirs = Item.from_raw_data(stored), _by_pynamodb(stored)
        assert type(ours) is type(theirs)
        assert shown(ours) == shown(theirs)
        assert ours.serialize() == theirs._container_serialize() == stored
        kinds.add(type(ours))
    assert {User, Clinic, Schedule, DayLedger, PatientCalendar} <= kinds
    assert len(kinds) > 15


def test_values_of_each_type_are_read_and_what_is_not_there_has_its_default() -> None:
    window = {"M": {"id": {"N": "-1"}, "fee": {"N": "2.5"}, "on": {"BOOL": True}, "note": {"NULL": True}}}
    stored = {"pk": {"S": "a"}, "sk": {"S": "b"}, "kind": {"S": "Schedule"}, "windows": {"L": [window, {"L": []}]}}
    read = Item.from_raw_data(stored)
    assert isinstance(read, Schedule)
    assert read.windows == [{"id": -1, "fee": 2.5, "on": True, "note": None}, []] == _by_pynamodb(stored).windows
    assert read.leaves == []
    assert read.version == 0
    assert read.leaves is not Schedule.from_raw_data(stored).leaves


def test_null_is_no_value_and_unknown_attributes_are_left_out() -> None:
    stored = {"pk": {"S": "a"}, "sk": {"S": "b"}, "kind": {"S": "User"}, "email": {"NULL": True}, "new": {"S": "x"}}
    read = User.from_raw_data(stored)
    assert read.email is None
    assert shown(read) == shown(_by_pynamodb(stored))


def test_another_kind_than_the_one_asked_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="Cannot instantiate a Clinic"):
        Clinic.from_raw_data({"pk": {"S": "a"}, "sk": {"S": "b"}, "kind": {"S": "User"}})


@pytest.mark.parametrize(
    ("key", "attributes"),
    [
        (PatientCalendar.key("p"), {"live": {"1": {"minutes": 15, "fee": 2.5, "on": True}}, "version": 2}),
        (PatientCalendar.key("p"), {}),
        (PatientClinic.key("p", "c"), {"patient_id": "p", "clinic_id": "c", "owner_id": "o", "appointments": 1}),
        (Schedule.key(1), {"leaves": [{"id": 1}]}),
        (User.key("u"), {"id": "u", "contact": 9876543210, "name": "A", "role_id": Role.DOCTOR, "date_joined": NOW}),
    ],
)
def test_a_new_item_is_what_pynamodb_makes(key: Key[Item], attributes: dict[str, Any]) -> None:
    ours, theirs = key.item(**attributes), key.model(key.pk, key.sk, **attributes)
    assert shown(ours) == shown(theirs)
    ours.ttl = theirs.ttl = NOW
    if isinstance(ours, User):
        assert ours.list_shards == keys.LIST_SHARDS
        with pytest.raises(AttributeNullError, match="password_hash"):
            ours.serialize()
        ours.password_hash = theirs.password_hash = "x"  # type: ignore[attr-defined]  # both are users
    assert ours.serialize() == theirs._container_serialize()


def test_items_have_maps_and_lists_of_their_own() -> None:
    one, other = PatientCalendar.key("p").item(), PatientCalendar.key("p").item()
    one.live["1"] = {}
    assert dict(other.live) == {}
    Schedule.key(1).item().leaves.append({})
    assert Schedule.key(1).item().leaves == []


MAPS: list[dict[str, Any]] = [
    {},
    {"10:00": 2**60, "10:15": -1},
    {"1": {"date": "2026-03-01", "minutes": 15, "fee": 2.5, "on": False, "of": {"a": {}}}, "text": "é"},
]


@pytest.mark.parametrize("value", MAPS)
def test_maps_are_stored_and_read_as_pynamodb_does_it(value: dict[str, Any]) -> None:
    theirs: Any = MapAttribute(**value)  # type: ignore[no-untyped-call]  # untyped in pynamodb
    stored = PlainMap().serialize(value)
    assert stored == theirs.serialize(theirs)
    assert PlainMap().deserialize(stored) == value == theirs.deserialize(stored)
    assert Value(value, PlainMap()).value == {"M": stored}


@pytest.mark.parametrize("value", [None, [1], NOW, b"1"])
def test_what_no_map_has_is_an_error(value: object) -> None:
    with pytest.raises(TypeError, match="no map has a"):
        PatientCalendar.key("p").item(live={"1": value}).serialize()


def test_a_new_item_has_no_attribute_that_its_class_lacks() -> None:
    with pytest.raises(ValueError, match="Schedule has no attribute window"):
        Schedule.key(1).item(window=[])


def test_another_type_than_the_one_declared_is_an_error() -> None:
    with pytest.raises((AttributeDeserializationError, KeyError)):
        User.from_raw_data({"pk": {"S": "a"}, "sk": {"S": "b"}, "kind": {"S": "User"}, "contact": {"S": "98"}})

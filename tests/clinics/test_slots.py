"""GET, POST /api/clinics/<clinic_id>/slots/ and PUT, DELETE …/<slot_id>/"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from clinics import slots as opening_hours
from clinics.schemas.slots import SlotChange
from quickcare.db import keys
from quickcare.db.items import ClinicSlot

from tests.api import Api, authorize
from tests.clinics.conftest import MONDAY
from tests.faults import at_once
from tests.people import People, Person
from tests.torn import Tear


@pytest.fixture
def slots(path: str) -> str:
    return f"{path}/slots/"


@pytest.fixture
def slot(api: Api, people: People, slots: str) -> Any:
    """Monday, 9 to 13."""
    return api.post(slots, MONDAY, token=people.charlie.access).json


@pytest.fixture
def url(slots: str, slot: Any) -> str:
    return f"{slots}{slot['id']}/"


def test_everybody_sees_the_slots_in_order(api: Api, people: People, slots: str) -> None:
    # GIVEN slots that were added in any order
    for day, start in ((4, "08:00"), (0, "14:00:00"), (0, "09:00")):
        body = {"day_of_week": day, "start_time": start, "end_time": "20:00"}
        assert api.post(slots, body, token=people.charlie.access).status == 201
    # WHEN a stranger looks
    shown = api.get(slots).json
    # THEN they come by day and start
    assert [(s["day_name"], s["start_time"]) for s in shown] == [
        ("Monday", "09:00:00"),
        ("Monday", "14:00:00"),
        ("Friday", "08:00:00"),
    ]


def test_a_new_slot_has_defaults(slot: Any) -> None:
    expected = {**MONDAY, "day_name": "Monday", "start_time": "09:00:00", "end_time": "13:00:00", "is_active": True}
    expected |= {"slot_duration_minutes": 15, "max_appointments": 20}
    assert {name: slot[name] for name in expected} == expected


def test_the_next_page_goes_on_where_the_last_one_ended(api: Api, people: People, slots: str) -> None:
    for day in range(3):
        api.post(slots, {**MONDAY, "day_of_week": day}, token=people.charlie.access)
    first = api.get(f"{slots}?limit=2")
    second = api.get(first.headers["Link"].split(">")[0].removeprefix("<https://api.example.com/test"))
    assert [s["day_of_week"] for s in [*first.json, *second.json]] == [0, 1, 2]


def test_a_second_slot_with_the_same_day_and_start_is_409(api: Api, people: People, slots: str, slot: Any) -> None:
    assert slot["id"]
    answer = api.post(slots, {**MONDAY, "end_time": "10:00"}, token=people.charlie.access)
    assert (answer.status, list(answer.json)) == (409, ["message"])


@pytest.mark.usefixtures("real_dynamodb")
def test_of_twenty_equal_slots_at_once_one_is_made(api: Api, people: People, slots: str) -> None:
    token = people.charlie.access
    answers = at_once(20, lambda _: api.post(slots, MONDAY, token=token).status)
    assert sorted(answers, key=str) == [201] + [409] * 19


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day_of_week": 7}, "day_of_week"),
        ({"day_of_week": -1}, "day_of_week"),
        ({"day_of_week": True}, "day_of_week"),
        ({"start_time": "25:00"}, "start_time"),
        ({"start_time": "09:00:30"}, "start_time"),
        ({"end_time": None}, "end_time"),
        ({"end_time": "09:00"}, "message"),
        ({"end_time": "08:59"}, "message"),
        ({"slot_duration_minutes": 0}, "slot_duration_minutes"),
        ({"slot_duration_minutes": 1000}, "slot_duration_minutes"),
        ({"max_appointments": 0}, "max_appointments"),
    ],
)
def test_bad_input_is_400(api: Api, people: People, slots: str, wrong: dict[str, Any], field: str) -> None:
    answer = api.post(slots, {**MONDAY, **wrong}, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, [field])


def test_only_what_is_sent_changes(api: Api, people: People, slots: str, slot: Any, url: str) -> None:
    answer = api.put(url, {"max_appointments": 5}, token=people.charlie.access)
    assert (answer.status, answer.json) == (200, {**slot, "max_appointments": 5})
    assert api.get(slots).json == [answer.json]


def test_a_slot_moves_and_keeps_its_id(api: Api, people: People, slots: str, slot: Any, url: str) -> None:
    answer = api.put(url, {"day_of_week": 2, "start_time": "10:00"}, token=people.charlie.access)
    assert answer.json == {**slot, "day_of_week": 2, "day_name": "Wednesday", "start_time": "10:00:00"}
    assert api.get(slots).json == [answer.json]
    assert api.post(slots, MONDAY, token=people.charlie.access).status == 201


def test_moving_onto_another_slot_is_409(api: Api, people: People, slots: str, url: str) -> None:
    api.post(slots, {**MONDAY, "day_of_week": 1}, token=people.charlie.access)
    assert api.put(url, {"day_of_week": 1}, token=people.charlie.access).status == 409
    assert len(api.get(slots).json) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day_of_week": 7}, "day_of_week"),
        ({"end_time": "08:00"}, "message"),
        ({"start_time": "13:00"}, "message"),
        ({"slot_duration_minutes": 1000}, "slot_duration_minutes"),
        ({"is_active": "maybe"}, "is_active"),
    ],
)
def test_bad_changes_are_400(api: Api, people: People, url: str, wrong: dict[str, Any], field: str) -> None:
    answer = api.put(url, wrong, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, [field])


def test_a_deactivated_slot_is_gone_until_it_is_activated(api: Api, people: People, slots: str, url: str) -> None:
    assert api.delete(url, token=people.charlie.access).status == 200
    assert api.get(slots).json == []
    assert api.delete(url, token=people.charlie.access).status == 404
    assert api.put(url, {"is_active": True}, token=people.charlie.access).json["is_active"]
    assert len(api.get(slots).json) == 1


def test_a_new_slot_takes_the_place_of_a_deactivated_one(api: Api, people: People, slots: str, url: str) -> None:
    api.delete(url, token=people.charlie.access)
    assert api.post(slots, MONDAY, token=people.charlie.access).status == 201
    assert api.put(url, {"is_active": True}, token=people.charlie.access).status == 404


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Lets something happen between the next read of a slot and its write."""

    def arrange(act: Callable[[], Any]) -> None:
        read, coming = opening_hours.own_slot, [act]

        def read_and_let_it_happen(*ids: str) -> ClinicSlot:
            slot = read(*ids)
            while coming:
                coming.pop()()
            return slot

        monkeypatch.setattr(opening_hours, "own_slot", read_and_let_it_happen)

    return arrange


@pytest.mark.parametrize("change", [{"max_appointments": 5}, {"start_time": "10:00"}, {"day_of_week": 3}])
def test_a_change_does_not_undo_what_happens_meanwhile(
    api: Api, people: People, slots: str, slot: Any, url: str, meanwhile: Any, change: dict[str, Any]
) -> None:
    # GIVEN a slot that is changed and deactivated between a change's read and its write
    def deactivate() -> None:
        assert api.put(url, {"end_time": "15:00"}, token=people.charlie.access).status == 200
        assert api.delete(url, token=people.charlie.access).status == 200

    meanwhile(deactivate)
    # WHEN the change is made
    answer = api.put(url, change, token=people.charlie.access)
    # THEN all three hold
    assert (answer.status, answer.json["is_active"], answer.json["end_time"]) == (200, False, "15:00:00")
    assert change.items() <= {**answer.json, "start_time": answer.json["start_time"][:5]}.items()
    assert api.get(slots).json == []


@pytest.mark.parametrize("change", [{"max_appointments": 5}, {"start_time": "10:00"}, {"day_of_week": 3}])
def test_a_slot_that_is_changed_meanwhile_is_deactivated(
    api: Api, people: People, slots: str, slot: Any, url: str, meanwhile: Any, change: dict[str, Any]
) -> None:
    meanwhile(lambda: api.put(url, change, token=people.charlie.access))
    assert api.delete(url, token=people.charlie.access).status == 200
    assert api.get(slots).json == []
    assert api.delete(url, token=people.charlie.access).status == 404


@pytest.mark.parametrize(("method", "status"), [("PUT", 200), ("DELETE", 200)])
def test_a_slot_that_moves_past_the_reading_of_all_is_found(
    api: Api, people: People, clinic: Any, slots: str, url: str, tear: Tear, method: str, status: int
) -> None:
    # GIVEN a slot before another one, whose place was read already
    owner, later = people.charlie, {**MONDAY, "day_of_week": 1}
    moving = api.post(slots, later, token=owner.access).json["id"]
    identity = authorize(owner.access)
    # WHEN the later one moves to the front of the week
    body = SlotChange.model_validate({"day_of_week": 0, "start_time": "06:00"})
    tear(lambda: opening_hours.change(clinic["id"], moving, owner.id, body), after=keys.CLINIC_SLOT_PREFIX)
    answer = api.call(method, f"{slots}{moving}/", {"end_time": "14:00"}, token=owner.access, identity=identity)
    # THEN it is no 404
    assert (answer.status, tear.is_done) == (status, True)


@pytest.mark.parametrize("change", [{"max_appointments": 5}, {"day_of_week": 3}])
def test_a_slot_of_a_clinic_that_is_deleted_meanwhile_is_404(
    api: Api, people: People, path: str, slot: Any, url: str, meanwhile: Any, change: dict[str, Any]
) -> None:
    meanwhile(lambda: api.delete(f"{path}/", token=people.charlie.access))
    assert api.put(url, change, token=people.charlie.access).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_unknown_slots_and_clinics_are_404(api: Api, people: People, slots: str, method: str) -> None:
    token = people.charlie.access
    assert api.call(method, f"{slots}{uuid4()}/", {}, token=token).status == 404
    assert api.call(method, f"{slots}7/", {}, token=token).status == 404
    assert api.call(method, f"/api/clinics/{uuid4()}/slots/{uuid4()}/", {}, token=token).status == 404
    assert api.get(f"/api/clinics/{uuid4()}/slots/").status == 404


def test_slots_of_somebody_elses_clinic_are_403(api: Api, people: People, edith: Person, slots: str, url: str) -> None:
    for token, status in ((edith.access, 403), (people.alice.access, 403), ("", 401)):
        assert api.post(slots, MONDAY, token=token).status == status
        assert api.put(url, {}, token=token).status == status
        assert api.delete(url, token=token).status == status


def test_a_slot_of_another_clinic_is_404(
    api: Api, people: People, edith: Person, elsewhere: Any, url: str, slot: Any
) -> None:
    there = f"/api/clinics/{elsewhere['id']}/slots/{slot['id']}/"
    assert api.put(there, {}, token=edith.access).status == 404
    assert api.delete(there, token=edith.access).status == 404

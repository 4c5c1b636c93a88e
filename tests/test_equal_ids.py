"""Ids of one millisecond are equal once in a thousand: whatever comes second gets another one."""

from collections.abc import Callable
from itertools import chain, count
from typing import Any

import pytest
from quickcare import ids

from tests import faults
from tests.api import Answer, Api
from tests.doctors.conftest import Ward, ward
from tests.people import People
from tests.practice import MONDAY, TUESDAY

__all__ = ["ward"]
FIRST = 198_000_000_000_000
Post = Callable[[int], Answer]


@pytest.fixture
def equal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the first two ids are equal."""

    def begin() -> None:
        numbers = chain([FIRST, FIRST], count(FIRST + 1))
        monkeypatch.setattr(ids, "new_int", lambda _: next(numbers))

    return begin


def posts(ward: Ward, people: People, api: Api) -> dict[str, Post]:
    """What is made with such an id, by the kind of item: `post(0)` and `post(1)` make two of them."""

    def appointment(number: int) -> Answer:
        body = {"doctor": ward.doctor_id, "appointment_date": MONDAY, "appointment_time": f"09:{15 * number:02d}"}
        return api.post("/api/appointments/my/", body, people.alice.access)

    def doctor(number: int) -> Answer:
        body = {"contact": 9988776650 + number, "name": "Nina Rao", "member_role": "doctor"}
        return api.post(f"/api/clinics/{ward.clinic_id}/members/", body, ward.owner.access)

    return {
        "Address": lambda _: api.post("/api/users/address/", {"town": "Jaipur"}, people.alice.access),
        "Appointment": appointment,
        "Doctor": doctor,
        "window": lambda number: ward.try_add(day=("tuesday", "friday")[number]),
        "leave": lambda number: ward.leave((MONDAY, TUESDAY)[number]),
    }


def made(kind: str) -> list[int]:
    """The ids of all items of a kind, or of what is in the doctor's schedule."""
    schedules: list[dict[str, Any]] = faults.items(kind="Schedule")
    inside = {"window": "windows", "leave": "leaves"}
    of = (
        [one for schedule in schedules for one in schedule[inside[kind]]] if kind in inside else faults.items(kind=kind)
    )
    return [int(one["id"]) for one in of]


@pytest.mark.parametrize("kind", ["Address", "Appointment", "Doctor", "window", "leave"])
def test_the_second_of_two_equal_ids_is_another(
    kind: str, ward: Ward, people: People, api: Api, equal: Callable[[], None]
) -> None:
    # GIVEN a doctor with a free morning
    if kind == "Appointment":
        ward.add()
    post, before = posts(ward, people, api)[kind], made(kind)
    # WHEN two things get the same id
    equal()
    assert [post(number).status for number in range(2)] == [201, 201]
    # THEN both are there, each under its own
    assert sorted(one for one in made(kind) if one not in before) == [FIRST, FIRST + 1]

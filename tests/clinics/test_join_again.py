"""A doctor who joins a clinic again finds their windows there, inactive (docs/contract.md: Timetable)."""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import Doctor, Schedule, User
from quickcare.db.operations import Put

from tests.api import Api
from tests.clinics.conftest import NEWCOMER, Add
from tests.people import People, Person


def window(number: int, clinic_id: str, **fields: Any) -> dict[str, Any]:
    times = {"day": "monday", "start_time": "09:00", "end_time": "10:00", "slot_duration_minutes": 15}
    return {"id": number, "clinic_id": clinic_id, "max_patients": 10, "is_active": True, **times, **fields}


@pytest.fixture
def doctor_id(people: People, clinic: Any, add: Add) -> int:
    """A doctor of Charlie's clinic."""
    user = table.fetch(User.key(add(people.charlie, clinic["id"]).json["user"]["id"]))
    assert user
    return int(user.doctor_id)


def leave(api: Api, owner: Person, clinic_id: str) -> None:
    (member,) = api.get(f"/api/clinics/{clinic_id}/members/", owner.access).json
    assert api.delete(f"/api/clinics/{clinic_id}/members/{member['id']}/", owner.access).status == 200


def windows(doctor_id: int) -> list[tuple[int, bool]]:
    schedule = table.fetch(Schedule.key(doctor_id))
    assert schedule
    return [(int(one["id"]), one["is_active"]) for one in schedule.windows]


def test_they_come_back_inactive(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, doctor_id: int, add: Add
) -> None:
    # GIVEN windows in both clinics
    both = [window(1, clinic["id"]), window(2, elsewhere["id"])]
    table.write(schedule=Put(Schedule.key(doctor_id).item(windows=both, version=4)))
    # WHEN the doctor goes to the other clinic
    leave(api, people.charlie, clinic["id"])
    add(edith, elsewhere["id"])
    assert windows(doctor_id) == [(1, True), (2, False)]
    # AND comes back
    leave(api, edith, elsewhere["id"])
    add(people.charlie, clinic["id"], NEWCOMER)
    # THEN those of the clinic that they joined offer nothing until they are switched on
    assert windows(doctor_id) == [(2, False), (1, False)]
    schedule, doctor = table.fetch(Schedule.key(doctor_id), Doctor.key(doctor_id))
    assert (schedule and schedule.version, doctor and doctor.clinic_id) == (6, clinic["id"])


def test_the_newest_200_of_former_clinics_are_kept(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, doctor_id: int, add: Add
) -> None:
    many = [window(number, clinic["id"]) for number in range(1, 251)]
    table.write(schedule=Put(Schedule.key(doctor_id).item(windows=[*many, window(300, elsewhere["id"])])))
    leave(api, people.charlie, clinic["id"])
    add(edith, elsewhere["id"])
    assert [number for number, _ in windows(doctor_id)] == [*range(51, 251), 300]

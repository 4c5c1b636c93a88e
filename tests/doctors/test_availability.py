"""GET and POST /api/doctors/<id>/availability/"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.api import Api
from tests.doctors.conftest import MORNING, Ward, doctor_id_of
from tests.people import People


def test_a_new_window_gets_the_doctors_clinic_and_the_default_length(ward: Ward) -> None:
    answer = ward.try_add(day="Monday", start_time="09:00", end_time="13:00:00")

    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "doctor": ward.doctor_id,
        "clinic": ward.clinic_id,
        "day": "monday",
        "start_time": "09:00:00",
        "end_time": "13:00:00",
        "slot_duration_minutes": 15,
        "max_patients": 10,
        "is_active": True,
        "outside_clinic_hours": False,
    }


def test_everybody_sees_the_windows_in_the_order_of_the_week(ward: Ward, api: Api) -> None:
    tuesday = ward.add(day="tuesday")
    late, early = ward.add(start_time="15:00", end_time="16:00"), ward.add()
    ids = [window["id"] for window in (early, late, tuesday)]

    assert [window["id"] for window in api.get(ward.availability).json] == ids
    assert len(api.get(f"{ward.availability}?clinic_id={ward.clinic_id}").json) == 3
    assert api.get(f"{ward.availability}?clinic_id={uuid4()}").json == []


def test_windows_come_in_pages(ward: Ward, api: Api) -> None:
    windows = [ward.add(day=day) for day in ("monday", "friday", "sunday")]

    first = api.get(f"{ward.availability}?limit=2")
    link = first.headers["Link"].split(">")[0].removeprefix("<https://api.example.com/test")

    assert [one["id"] for one in [*first.json, *api.get(link).json]] == [one["id"] for one in windows]


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"end_time": "09:00"}, 400, "end_time"),
        ({"end_time": "08:00"}, 400, "end_time"),
        ({"start_time": "9 am"}, 400, "start_time"),
        ({"start_time": "09:00:30"}, 400, "start_time"),
        ({"end_time": "25:00"}, 400, "end_time"),
        ({"day": "funday"}, 400, "day"),
        ({"day": 0}, 400, "day"),
        ({"slot_duration_minutes": 0}, 400, "slot_duration_minutes"),
        ({"slot_duration_minutes": 1000}, 400, "slot_duration_minutes"),
        ({"max_patients": 0}, 400, "max_patients"),
        ({"clinic": "7"}, 400, "clinic"),
        ({"clinic": str(uuid4())}, 400, "clinic"),
    ],
)
def test_a_bad_value_is_400_on_its_field(ward: Ward, fields: dict[str, Any], status: int, field: str) -> None:
    answer = ward.try_add(**fields)

    assert (answer.status, answer.fields) == (status, [field])


@pytest.mark.parametrize(
    ("start", "end", "status"), [("09:30", "10:30", 409), ("08:00", "12:00", 409), ("10:00", "11:00", 201)]
)
def test_windows_of_a_day_do_not_overlap(ward: Ward, start: str, end: str, status: int) -> None:
    ward.add()

    assert ward.try_add(start_time=start, end_time=end).status == status


def test_an_inactive_window_overlaps_nothing(ward: Ward) -> None:
    ward.add(is_active=False)

    assert ward.try_add().status == 201


def test_only_the_doctor_themself_may_add(ward: Ward, people: People) -> None:
    other = ward.colleague("Erik Paul", 9876510009)

    assert ward.try_add(people.alice.access).status == 403
    assert ward.try_add(people.charlie.access).status == 403
    assert ward.try_add(other.access).status == 403
    assert ward.api.post(ward.availability, {}, "").status == 401
    assert ward.api.post("/api/doctors/1/availability/", MORNING, other.access).status == 404


def test_the_same_idempotency_key_adds_one_window(ward: Ward, api: Api) -> None:
    body = {"day": "monday", "start_time": "09:00", "end_time": "10:00"}

    answers = [api.post(ward.availability, body, ward.doctor.access, headers={"Idempotency-Key": "k"}) for _ in "ab"]

    assert answers[0].json == answers[1].json
    assert len(api.get(ward.availability).json) == 1


def test_of_two_overlapping_windows_added_at_once_one_wins(real_dynamodb: None, ward: Ward) -> None:
    assert doctor_id_of(ward.doctor) == ward.doctor_id
    for hour in range(9, 14):
        times = [(f"{hour:02d}:00", f"{hour:02d}:45"), (f"{hour:02d}:30", f"{hour:02d}:59")]
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda t: ward.try_add(start_time=t[0], end_time=t[1]).status, times))
        assert sorted(answers) == [201, 409]

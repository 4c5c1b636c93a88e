"""Ends at midnight, hours over midnight, windows shorter than a slot, half a day of leave, the clinic's own hours."""

from typing import Any

import pytest

from tests.api import Api
from tests.doctors.conftest import MONDAY, Ward
from tests.practice import plan, window

EVENING: dict[str, Any] = {"start_time": "22:00", "end_time": "23:00", "slot_duration_minutes": 30}


@pytest.mark.parametrize("end", ["00:00", "24:00", "00:00:00", "24:00:00"])
def test_a_day_can_end_at_midnight(ward: Ward, end: str) -> None:
    made = ward.add(**{**EVENING, "end_time": end})
    assert made["end_time"] == "00:00:00"
    assert ward.slots().json["available_slots"] == ["22:00", "22:30", "23:00", "23:30"]


def test_a_window_over_midnight_is_refused_with_what_to_do(ward: Ward) -> None:
    answer = ward.try_add(**{**EVENING, "end_time": "02:00"})
    assert answer.status == 400
    assert "two windows" in answer.json["end_time"][0]


@pytest.mark.parametrize("end", ["24:01", "25:00", "24:00:01", "9:00", "", None, 24])
def test_other_ends_are_no_time(ward: Ward, end: object) -> None:
    answer = ward.try_add(**{**EVENING, "end_time": end})
    assert answer.status == 400
    assert "end_time" in answer.json


def test_a_window_shorter_than_its_slot_is_refused(ward: Ward) -> None:
    answer = ward.try_add(**{**EVENING, "end_time": "22:20"})
    assert answer.status == 400
    assert "slot_duration_minutes" in answer.json


@pytest.mark.parametrize("change", [{"end_time": "22:10"}, {"slot_duration_minutes": 90}])
def test_a_change_that_makes_a_window_too_short_is_refused(ward: Ward, change: dict[str, object]) -> None:
    made = ward.add(**EVENING)
    answer = ward.change(made["id"], **change)
    assert answer.status == 400
    assert "slot_duration_minutes" in answer.json


def test_windows_of_former_clinics_do_not_count(ward: Ward) -> None:
    plan(ward.doctor_id, "b5f0a1a8-3f5e-4b8e-9a53-0a6f6a3f9f0e", tuple(window() for _ in range(40)))
    assert ward.try_add(**EVENING).status == 201


@pytest.mark.parametrize(
    ("hours", "outside"),
    [
        ([], False),  # a clinic that has named no hours
        ([("09:00", "24:00")], False),
        ([("09:00", "22:30"), ("22:30", "23:00")], False),
        ([("09:00", "22:30")], True),
        ([("22:30", "23:00")], True),
        ([("09:00", "22:15"), ("22:30", "23:00")], True),
    ],
)
def test_hours_outside_the_clinics_own_are_allowed_and_told(
    api: Api, ward: Ward, hours: list[tuple[str, str]], outside: bool
) -> None:
    for start, end in hours:
        slot = {"day_of_week": 0, "start_time": start, "end_time": end}
        assert api.post(f"/api/clinics/{ward.clinic_id}/slots/", slot, ward.owner.access).status == 201
    made = ward.add(**EVENING)
    assert made["outside_clinic_hours"] is outside
    assert ward.change(made["id"], max_patients=3).json["outside_clinic_hours"] is outside


def test_half_a_day_of_leave_keeps_the_other_half(ward: Ward) -> None:
    ward.add(start_time="09:00", end_time="11:00", slot_duration_minutes=30)
    leave = ward.leave(MONDAY, start_time="10:00", end_time="24:00")
    assert (leave.status, leave.json["start_time"], leave.json["end_time"]) == (201, "10:00:00", "00:00:00")
    assert ward.slots().json["available_slots"] == ["09:00", "09:30"]


@pytest.mark.parametrize(
    ("times", "named"),
    [
        ({"start_time": "10:00"}, "end_time"),
        ({"end_time": "10:00"}, "start_time"),
        ({"start_time": "10:00", "end_time": "10:00"}, "end_time"),
        ({"start_time": "10:00", "end_time": "09:00"}, "end_time"),
    ],
)
def test_half_a_day_needs_both_times_in_order(ward: Ward, times: dict[str, str], named: str) -> None:
    answer = ward.leave(MONDAY, **times)
    assert answer.status == 400
    assert named in answer.json


def test_a_leave_of_the_whole_day_has_no_times(ward: Ward) -> None:
    ward.add()
    leave = ward.leave(MONDAY)
    assert (leave.json["start_time"], leave.json["end_time"]) == (None, None)
    assert ward.slots().json["available_slots"] == []


def test_ids_are_read_in_any_case(api: Api, ward: Ward) -> None:
    assert ward.try_add(clinic=ward.clinic_id.upper()).status == 201
    assert api.get(f"/api/clinics/{ward.clinic_id.upper()}/").json["id"] == ward.clinic_id
    assert ward.slots(query=f"&clinic_id={ward.clinic_id.upper()}").json["available_slots"]

"""Ends at midnight, hours over midnight, windows shorter than a slot, half a day of leave, the clinic's own hours."""

import pytest

from tests.api import Api
from tests.practice import MONDAY, Practice, window

HOURS = {"day": "monday", "start_time": "22:00", "end_time": "23:00", "slot_duration_minutes": 30}


def add(practice: Practice, **fields: object) -> tuple[int, dict[str, object]]:
    path = f"/api/doctors/{practice.doctor_id}/availability/"
    answer = practice.api.post(path, {**HOURS, **fields}, practice.doctor.access)
    return answer.status, answer.json


def free(practice: Practice, date: str = MONDAY) -> list[str]:
    found: list[str] = practice.api.get(
        f"/api/doctors/{practice.doctor_id}/availability/slots/?date={date}"
    ).json["available_slots"]
    return found


@pytest.mark.parametrize("end", ["00:00", "24:00", "00:00:00", "24:00:00"])
def test_a_day_can_end_at_midnight(practice: Practice, end: str) -> None:
    practice.plan()
    status, made = add(practice, end_time=end)
    assert (status, made["end_time"]) == (201, "00:00:00")
    assert free(practice) == ["22:00", "22:30", "23:00", "23:30"]
    assert practice.book(practice.owner, appointment_time="23:30").status == 403  # an owner is no patient


def test_a_window_over_midnight_is_refused_with_what_to_do(practice: Practice) -> None:
    status, body = add(practice, end_time="02:00")
    assert status == 400
    assert "two windows" in str(body["end_time"])


@pytest.mark.parametrize("end", ["24:01", "25:00", "24:00:01", "9:00", "", None, 24])
def test_other_ends_are_no_time(practice: Practice, end: object) -> None:
    assert add(practice, end_time=end)[0] == 400


def test_a_window_shorter_than_its_slot_is_refused(practice: Practice) -> None:
    practice.plan()
    status, body = add(practice, end_time="22:20")
    assert status == 400
    assert "slot_duration_minutes" in body


def test_a_change_that_makes_a_window_too_short_is_refused(practice: Practice) -> None:
    practice.plan()
    _, made = add(practice)
    path = f"/api/doctors/{practice.doctor_id}/availability/"
    answer = practice.api.put(path, {"slot_id": made["id"], "end_time": "22:10"}, practice.doctor.access)
    assert answer.status == 400
    assert "slot_duration_minutes" in answer.json


def test_windows_of_former_clinics_do_not_count(practice: Practice) -> None:
    elsewhere = [window(clinic_id="b5f0a1a8-3f5e-4b8e-9a53-0a6f6a3f9f0e") for _ in range(40)]
    practice.plan(*elsewhere)
    assert add(practice)[0] == 201


def test_hours_outside_the_clinics_own_are_allowed_and_told(api: Api, practice: Practice) -> None:
    practice.plan()
    assert add(practice)[1]["outside_clinic_hours"] is False  # The clinic has named no hours.
    slot = {"day_of_week": 0, "start_time": "09:00", "end_time": "22:30"}
    assert api.post(f"/api/clinics/{practice.clinic_id}/slots/", slot, practice.owner.access).status == 201
    inside = add(practice, start_time="09:00", end_time="22:00")[1]
    practice.plan()
    outside = add(practice)[1]
    assert (inside["outside_clinic_hours"], outside["outside_clinic_hours"]) == (False, True)


def test_half_a_day_of_leave_keeps_the_other_half(practice: Practice) -> None:
    practice.plan(window("09:00", "11:00", slot_duration_minutes=30))
    leave = {"start_date": MONDAY, "end_date": MONDAY, "start_time": "10:00", "end_time": "24:00"}
    answer = practice.api.post("/api/doctors/me/leaves/", leave, practice.doctor.access)
    assert (answer.status, answer.json["start_time"], answer.json["end_time"]) == (201, "10:00:00", "00:00:00")
    assert free(practice) == ["09:00", "09:30"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"start_time": "10:00"}, "end_time"),
        ({"end_time": "10:00"}, "start_time"),
        ({"start_time": "10:00", "end_time": "10:00"}, "end_time"),
        ({"start_time": "10:00", "end_time": "09:00"}, "end_time"),
    ],
)
def test_half_a_day_needs_both_times_in_order(practice: Practice, fields: dict[str, str], named: str) -> None:
    leave = {"start_date": MONDAY, "end_date": MONDAY, **fields}
    answer = practice.api.post("/api/doctors/me/leaves/", leave, practice.doctor.access)
    assert answer.status == 400
    assert named in answer.json


def test_a_leave_of_the_whole_day_has_no_times(practice: Practice) -> None:
    leave = {"start_date": MONDAY, "end_date": MONDAY}
    answer = practice.api.post("/api/doctors/me/leaves/", leave, practice.doctor.access)
    assert (answer.json["start_time"], answer.json["end_time"]) == (None, None)
    assert free(practice) == []

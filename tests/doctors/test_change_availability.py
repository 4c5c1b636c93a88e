"""PUT and DELETE /api/doctors/<id>/availability/"""

import pytest

from tests.api import Api
from tests.doctors.conftest import MONDAY, TUESDAY, Ward
from tests.people import People


def test_a_change_keeps_what_is_not_sent(ward: Ward, api: Api) -> None:
    window = ward.add()

    answer = ward.change(window["id"], end_time="12:00", max_patients=3)

    assert answer.json == {
        **window,
        "end_time": "12:00:00",
        "max_patients": 3,
        "conflicting_appointments": [],
    }
    assert api.get(ward.availability).json[0]["end_time"] == "12:00:00"


def test_appointments_outside_a_shortened_window_stand_and_are_listed(ward: Ward, people: People) -> None:
    window = ward.add()
    kept, outside = ward.book(people.alice, "09:00"), ward.book(people.bob, "09:45")

    answer = ward.change(window["id"], end_time="09:30")

    assert answer.json["conflicting_appointments"] == [outside]
    live = ward.api.get(f"/api/appointments/my/{outside}/", people.bob.access).json["status"]
    assert (live, kept != outside) == ("pending", True)


def test_moving_a_window_to_another_day_lists_all_appointments_of_the_old_day(ward: Ward, people: People) -> None:
    window = ward.add()
    booked = ward.book(people.alice)

    assert ward.change(window["id"], day="tuesday").json["conflicting_appointments"] == [booked]
    assert ward.slots(MONDAY).json["available_slots"] == []
    assert len(ward.slots(TUESDAY).json["available_slots"]) == 4


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"start_time": "11:00"}, 400, "end_time"),
        ({"day": None}, 400, "day"),
        ({"start_time": None}, 400, "start_time"),
        ({"slot_duration_minutes": 4}, 400, "slot_duration_minutes"),
        ({"slot_id": "x"}, 400, "slot_id"),
        ({"start_time": "14:00", "end_time": "16:00"}, 409, "message"),
    ],
)
def test_a_bad_change_is_refused(ward: Ward, fields: dict[str, object], status: int, field: str) -> None:
    window = ward.add()
    ward.add(start_time="15:00", end_time="17:00")

    answer = ward.api.put(ward.availability, {"slot_id": window["id"], **fields}, ward.doctor.access)

    assert (answer.status, answer.fields) == (status, [field])


def test_a_deleted_window_is_gone(ward: Ward, api: Api) -> None:
    window = ward.add()

    assert api.delete(f"{ward.availability}?slot_id={window['id']}", ward.doctor.access).status == 204
    assert api.get(ward.availability).json == []
    assert api.delete(f"{ward.availability}?slot_id={window['id']}", ward.doctor.access).status == 404


def test_appointments_in_a_deleted_window_stand_and_are_listed(ward: Ward, api: Api, people: People) -> None:
    window = ward.add()
    booked, cancelled = ward.book(people.alice), ward.book(people.bob, "09:15")
    api.patch(f"/api/appointments/my/{cancelled}/", {"status": "cancelled"}, people.bob.access)

    answer = api.delete(f"{ward.availability}?slot_id={window['id']}", ward.doctor.access)

    assert (answer.status, answer.json["conflicting_appointments"]) == (200, [booked])
    assert api.get(f"/api/appointments/my/{booked}/", people.alice.access).json["status"] == "pending"


def test_a_doctor_changes_only_their_own_windows(ward: Ward, api: Api, people: People) -> None:
    window = ward.add()
    other = ward.colleague("Erik Paul", 9876510009)
    theirs = f"/api/doctors/{ward.doctor_id}/availability/?slot_id={window['id']}"

    assert api.delete(theirs, other.access).status == 403
    assert api.put(ward.availability, {"slot_id": window["id"]}, other.access).status == 403
    assert api.delete(theirs, people.alice.access).status == 403
    assert api.delete(ward.availability, ward.doctor.access).status == 400
    assert ward.change(5).status == 404
    assert api.delete(theirs).status == 401

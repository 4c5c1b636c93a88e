"""GET and POST /api/doctors/me/leaves/, DELETE /api/doctors/me/leaves/<id>/"""

from uuid import uuid4

import pytest
from quickcare.db.items import Membership

from tests.api import Api
from tests.doctors.conftest import MONDAY, TUESDAY, Ward
from tests.people import People
from tests.practice import change_item

LEAVES = "/api/doctors/me/leaves/"


def test_a_leave_is_shown_and_takes_the_slots_away(ward: Ward, api: Api) -> None:
    ward.add()

    answer = ward.leave(MONDAY, TUESDAY, reason="Conference")

    expected = {"doctor": ward.doctor_id, "clinic": None, "start_date": MONDAY, "end_date": TUESDAY}
    assert answer.status == 201
    assert answer.json | expected | {"reason": "Conference", "conflicting_appointments": []} == answer.json
    assert api.get(LEAVES, ward.doctor.access).json[0]["id"] == answer.json["id"]
    assert ward.slots().json["message"] == "Doctor is on leave on this date."


def test_live_appointments_in_a_leave_stand_and_are_listed(ward: Ward, api: Api, people: People) -> None:
    ward.add()
    ward.add(day="tuesday")
    late, early, other_day = (
        ward.book(people.alice, "09:30"),
        ward.book(people.bob),
        ward.book(people.alice, day=TUESDAY),
    )

    answer = ward.leave(MONDAY)

    assert answer.json["conflicting_appointments"] == [early, late]
    assert other_day not in answer.json["conflicting_appointments"]
    assert api.get(f"/api/appointments/my/{early}/", people.bob.access).json["status"] == "pending"


def test_leaves_come_in_pages_the_latest_first(ward: Ward, api: Api) -> None:
    made = [ward.leave(day).json["id"] for day in ("2026-05-01", "2026-07-01", "2026-06-01")]

    first = api.get(f"{LEAVES}?limit=2", ward.doctor.access)
    link = first.headers["Link"].split(">")[0].removeprefix("<https://api.example.com/test")

    assert [leave["id"] for leave in first.json] == [made[1], made[2]]
    assert [leave["id"] for leave in api.get(link, ward.doctor.access).json] == [made[0]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start_date": TUESDAY, "end_date": MONDAY}, "end_date"),
        ({"start_date": MONDAY, "end_date": "2027-03-04"}, "end_date"),
        ({"start_date": MONDAY}, "end_date"),
        ({"start_date": "2.3.2026", "end_date": MONDAY}, "start_date"),
        ({"start_date": MONDAY, "end_date": MONDAY, "clinic": str(uuid4())}, "clinic"),
        ({"start_date": MONDAY, "end_date": MONDAY, "reason": "x" * 256}, "reason"),
    ],
)
def test_a_bad_value_is_400_on_its_field(ward: Ward, api: Api, body: dict[str, object], field: str) -> None:
    answer = api.post(LEAVES, body, ward.doctor.access)

    assert (answer.status, answer.fields) == (400, [field])


def test_a_leave_can_last_a_year(ward: Ward) -> None:
    assert ward.leave("2026-03-02", "2027-03-02").status == 201


def test_deleting_a_leave_gives_the_slots_back(ward: Ward, api: Api) -> None:
    ward.add()
    leave = ward.leave(MONDAY).json["id"]

    assert api.delete(f"{LEAVES}{leave}/", ward.doctor.access).status == 204
    assert len(ward.slots().json["available_slots"]) == 4
    assert api.delete(f"{LEAVES}{leave}/", ward.doctor.access).status == 404
    assert api.delete(f"{LEAVES}abc/", ward.doctor.access).status == 404


def test_somebody_elses_leave_is_404(ward: Ward, api: Api) -> None:
    leave = ward.leave(MONDAY).json["id"]
    other = ward.colleague("Erik Paul", 9876510009)

    assert api.delete(f"{LEAVES}{leave}/", other.access).status == 404
    assert api.get(LEAVES, other.access).json == []


def test_others_and_doctors_without_a_membership_are_403(ward: Ward, api: Api, people: People) -> None:
    assert api.get(LEAVES, people.alice.access).status == 403
    assert api.post(LEAVES, {"start_date": MONDAY, "end_date": MONDAY}, people.lata.access).status == 403
    change_item(Membership.key(ward.doctor.id, ward.clinic_id), {"status": "inactive"})
    assert ward.leave(MONDAY).status == 403
    assert api.get(LEAVES).status == 401


def test_a_leave_in_the_past_lists_no_appointments(real_dynamodb: None, ward: Ward) -> None:
    # AWS's engine refuses a range of days that ends before it begins, moto does not.
    answer = ward.leave("2026-02-01", "2026-02-02")
    assert (answer.status, answer.json["conflicting_appointments"]) == (201, [])

"""GET /api/appointments/clinic/<id>/dashboard/"""

import pytest
from quickcare.db.items import User
from quickcare.roles import Role

from tests.api import Answer, Api
from tests.people import People, register
from tests.practice import MONDAY, TUESDAY, Practice, change_item

NONE = {"pending": 0, "confirmed": 0, "completed": 0, "cancelled": 0, "no_show": 0, "total": 0}


@pytest.fixture
def day(practice: Practice, people: People) -> list[int]:
    """Three appointments on Monday by time: confirmed, cancelled, pending; one on Tuesday."""
    booked = [practice.booked(people.alice, appointment_time=time) for time in ("10:00", "09:15", "09:00")][::-1]
    practice.booked(people.alice, appointment_date=TUESDAY)
    practice.move(booked[0], "confirmed")
    practice.move(booked[1], "cancelled")
    return booked


def dashboard(practice: Practice, query: str = f"?date={MONDAY}", token: str = "") -> Answer:
    path = f"/api/appointments/clinic/{practice.clinic_id}/dashboard/{query}"
    return practice.api.get(path, token or practice.owner.access)


def test_the_day_is_ordered_by_time_and_has_a_summary(practice: Practice, day: list[int]) -> None:
    shown = dashboard(practice).json
    assert (shown["clinic"], shown["date"]) == ("City Care", MONDAY)
    assert shown["summary"] == NONE | {"pending": 1, "confirmed": 1, "cancelled": 1, "total": 3}
    assert [one["id"] for one in shown["appointments"]] == day


def test_the_summary_ignores_the_filters(practice: Practice, day: list[int]) -> None:
    for query, found in (("status=confirmed", day[:1]), ("doctor_id=5", []), ("status=&doctor_id=", day)):
        shown = dashboard(practice, f"?date={MONDAY}&{query}").json
        assert (shown["summary"]["total"], [one["id"] for one in shown["appointments"]]) == (3, found)
    assert len(dashboard(practice, f"?date={MONDAY}&doctor_id={practice.doctor_id}").json["appointments"]) == 3


def test_without_a_date_it_is_today(practice: Practice, day: list[int]) -> None:
    shown = dashboard(practice, "").json
    assert (shown["date"], shown["summary"], shown["appointments"]) == ("2026-03-01", NONE, [])


def test_pages_follow_each_other(practice: Practice, day: list[int]) -> None:
    first = dashboard(practice, f"?date={MONDAY}&limit=2")
    second = dashboard(practice, "?" + first.headers["Link"].partition("?")[2].partition(">")[0])
    assert [one["id"] for one in first.json["appointments"] + second.json["appointments"]] == day
    assert (second.json["summary"], "Link" in second.headers) == (first.json["summary"], False)


@pytest.mark.parametrize("query", ["?date=x", "?status=x", "?doctor_id=x", "?limit=0"])
def test_a_bad_value_is_refused(practice: Practice, query: str) -> None:
    assert dashboard(practice, query).status == 400


def test_a_former_owner_sees_nothing(practice: Practice, day: list[int], people: People) -> None:
    change_item(User.key(people.charlie.id), {"role_id": int(Role.PATIENT)})
    assert dashboard(practice).status == 403


def test_another_owners_clinic_is_forbidden(practice: Practice, people: People, api: Api) -> None:
    other = register(api, "Omar Ali", 9876500010, "clinic")
    for who in (other, people.alice, people.dora):
        assert dashboard(practice, token=who.access).status == 403


@pytest.mark.parametrize("unknown", ["3f0c9a52-6c1e-4c0b-9d53-8f2f6a1f7b10", "not-an-id"])
def test_an_unknown_clinic_is_not_found(people: People, api: Api, unknown: str) -> None:
    assert api.get(f"/api/appointments/clinic/{unknown}/dashboard/", people.charlie.access).status == 404


def test_a_removed_doctors_appointments_stay(practice: Practice, day: list[int]) -> None:
    practice.set_doctor(clinic_id=None)
    assert dashboard(practice).json["summary"]["total"] == 3

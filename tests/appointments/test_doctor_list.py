"""GET /api/appointments/doctor/"""

import pytest
from quickcare.db.item import Key
from quickcare.db.items import Membership

from tests.api import Api
from tests.people import People
from tests.practice import MONDAY, TUESDAY, Practice, change_item

PATH = "/api/appointments/doctor/"
WEDNESDAY = "2026-03-04"


@pytest.fixture
def week(practice: Practice, people: People) -> dict[str, int]:
    """One appointment a day; Tuesday's is confirmed."""
    booked = {day: practice.booked(people.alice, appointment_date=day) for day in (TUESDAY, WEDNESDAY, MONDAY)}
    practice.move(booked[TUESDAY], "confirmed")
    return booked


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [WEDNESDAY, TUESDAY, MONDAY]),
        (f"?date={TUESDAY}", [TUESDAY]),
        (f"?from_date={TUESDAY}", [WEDNESDAY, TUESDAY]),
        (f"?to_date={TUESDAY}", [TUESDAY, MONDAY]),
        (f"?from_date={MONDAY}&to_date={TUESDAY}", [TUESDAY, MONDAY]),
        (f"?from_date={TUESDAY}&to_date={MONDAY}", []),
        ("?status=confirmed", [TUESDAY]),
        (f"?status=pending&from_date={TUESDAY}", [WEDNESDAY]),
        ("?date=&status=&from_date=&to_date=", [WEDNESDAY, TUESDAY, MONDAY]),
        ("?date=2025-01-01", []),
    ],
)
def test_the_list_is_filtered_by_days_and_status_newest_first(
    practice: Practice, week: dict[str, int], api: Api, query: str, days: list[str]
) -> None:
    found = api.get(f"{PATH}{query}", practice.doctor.access).json
    assert [one["id"] for one in found] == [week[day] for day in days]


@pytest.mark.parametrize("query", ["?date=2026-02-30", "?from_date=soon", "?to_date=1", "?status=lost"])
def test_a_bad_value_names_itself(practice: Practice, api: Api, query: str) -> None:
    answer = api.get(f"{PATH}{query}", practice.doctor.access)
    assert (answer.status, answer.fields) == (400, [query[1:].split("=")[0]])


def test_a_page_links_to_the_next(practice: Practice, week: dict[str, int], api: Api) -> None:
    first = api.get(f"{PATH}?limit=2&from_date={MONDAY}", practice.doctor.access)
    query = first.headers["Link"].partition("?")[2].partition(">")[0]
    second = api.get(f"{PATH}?{query}", practice.doctor.access)
    assert [one["id"] for one in first.json + second.json] == [week[day] for day in (WEDNESDAY, TUESDAY, MONDAY)]
    assert "Link" not in second.headers


def test_only_doctors_with_an_active_membership_have_the_list(practice: Practice, people: People, api: Api) -> None:
    for who in (people.alice, people.charlie, people.lata):
        assert api.get(PATH, who.access).status == 403
    for membership in Membership.query(f"USER#{people.dora.id}", Membership.sk.startswith("MEMBERSHIP#")):
        change_item(Key(Membership, membership.pk, membership.sk), {"status": "inactive"})
    assert api.get(PATH, people.dora.access).status == 403


def test_a_last_day_before_the_first_finds_nothing(real_dynamodb: None, people: People, api: Api) -> None:
    # AWS's engine refuses such a range, moto does not.
    answer = api.get(f"{PATH}?from_date={TUESDAY}&to_date={MONDAY}", people.dora.access)
    assert (answer.status, answer.json) == (200, [])

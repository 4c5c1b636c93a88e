"""GET /api/appointments/my/"""

import pytest
from quickcare.db.items import User
from quickcare.roles import Role

from tests.api import Api
from tests.people import People
from tests.practice import MONDAY, TUESDAY, Practice, change_item

PATH = "/api/appointments/my/"


def test_the_newest_date_and_time_come_first(practice: Practice, people: People, api: Api) -> None:
    for date, time in ((MONDAY, "09:15"), (TUESDAY, "09:00"), (MONDAY, "09:00")):
        practice.booked(people.alice, appointment_date=date, appointment_time=time)
    found = api.get(PATH, people.alice.access).json
    assert [(one["appointment_date"], one["appointment_time"]) for one in found] == [
        (TUESDAY, "09:00:00"),
        (MONDAY, "09:15:00"),
        (MONDAY, "09:00:00"),
    ]


def test_an_entry_is_the_whole_appointment(practice: Practice, people: People, api: Api) -> None:
    booked = practice.book(people.alice).json
    assert api.get(PATH, people.alice.access).json == [booked]


def test_nobody_sees_somebody_elses_appointments(practice: Practice, people: People, api: Api) -> None:
    practice.booked(people.alice)
    assert api.get(PATH, people.bob.access).json == []


@pytest.mark.parametrize(("query", "count"), [("?status=cancelled", 1), ("?status=pending", 2), ("?status=", 3)])
def test_the_status_filters(practice: Practice, people: People, api: Api, query: str, count: int) -> None:
    first, *_ = [practice.booked(people.alice, appointment_time=time) for time in ("09:00", "09:15", "09:30")]
    practice.cancel(people.alice, first)
    assert len(api.get(f"{PATH}{query}", people.alice.access).json) == count


@pytest.mark.parametrize("query", ["?status=lost", "?limit=0", "?limit=x", "?cursor=x"])
def test_a_bad_value_is_refused(practice: Practice, people: People, api: Api, query: str) -> None:
    assert api.get(f"{PATH}{query}", people.alice.access).status == 400


@pytest.mark.parametrize("query", ["?limit=2", "?limit=2&status=pending"])
def test_pages_follow_each_other_to_the_end(practice: Practice, people: People, api: Api, query: str) -> None:
    ids = [practice.booked(people.alice, appointment_time=f"09:{minute}") for minute in ("00", "15", "30", "45")]
    seen, link = [], f"https://x/{PATH}{query}"
    while link:
        answer = api.get(PATH + "?" + link.split("?")[1], people.alice.access)
        seen += [one["id"] for one in answer.json]
        link = answer.headers.get("Link", "").partition(">")[0].strip("<")
    assert seen == ids[::-1]


def test_somebody_who_never_was_a_patient_has_no_list(practice: Practice, people: People, api: Api) -> None:
    for who in (people.charlie, people.dora, people.lata):
        assert api.get(PATH, who.access).status == 403


def test_a_patient_who_became_staff_keeps_their_appointments(practice: Practice, people: People, api: Api) -> None:
    appointment_id = practice.booked(people.alice)
    change_item(User.key(people.alice.id), {"role_id": Role.RECEPTIONIST})
    assert [one["id"] for one in api.get(PATH, people.alice.access).json] == [appointment_id]
    assert practice.cancel(people.alice, appointment_id).status == 200

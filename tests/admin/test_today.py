"""The panel's first page: the numbers of the last days, and what needs attention."""

import re

import pytest
from quickcare import clock, tally
from quickcare.accounts import users_list
from quickcare.clinic import clinics_list
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, User
from quickcare.db.operations import Update
from quickcare.tally import Counted

from tests import faults, round_trips
from tests.admin.browser import Browser, Shown
from tests.admin.conftest import SUPERADMIN, logged_in
from tests.admin.test_messages import given_up
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People
from tests.practice import MONDAY, Practice


def numbers(page: Shown) -> dict[str, int]:
    """What each figure of the page says of today."""
    found = re.findall(r'<strong class="number">(\d+)</strong> ([\w-]+(?: \w+)?)', page.html)
    return {name: int(number) for number, name in found}


def bars(page: Shown, name: str) -> list[int]:
    """The seven numbers that a chart tells those who see no bars."""
    (said,) = re.findall(rf'aria-label="{name}: ([^"]*)"', page.html)
    return [int(part.split()[1]) for part in said.split(", ")]


def list_account_of(practice: Practice) -> None:
    """The practice's doctor was written without the rows of the users' list."""
    user = table.fetch(User.key(practice.doctor.id))
    assert user
    table.write(**users_list.listed(user))


def test_what_happens_is_counted(admin: Browser, practice: Practice, people: People, api: Api) -> None:
    assert people.bob.id
    assert people.alice.id
    before = numbers(admin.get("today"))
    # GIVEN a booking that was cancelled, one that took place, and one that was missed
    practice.cancel(people.alice, practice.booked(people.alice))
    for who, time, end in ((people.alice, "09:15", "completed"), (people.bob, "09:30", "no_show")):
        booked = practice.booked(who, appointment_time=time)
        practice.move(booked, "confirmed")
        assert practice.move(booked, end).status == 200
    # AND somebody who registers, and codes for somebody and for nobody
    for contact in (people.alice.contact, 9876512345):
        assert api.post("/api/users/password/reset/", {"contact": contact}).status == 200
    # THEN the page has each of them
    after = numbers(admin.get("today"))
    grown = {name: number - before[name] for name, number in after.items() if number != before[name]}
    assert grown == {"Bookings": 3, "Visits": 1, "No-shows": 1, "Cancellations": 1, "Codes": 1}


def test_a_registration_is_counted(admin: Browser, api: Api) -> None:
    before = numbers(admin.get("today"))
    assert People(api).alice.id
    after = numbers(admin.get("today"))
    assert after["Registrations"] > before["Registrations"]
    assert after["Codes"] > before["Codes"]


def test_each_day_has_its_bar(superadmin: Browser, time: FakeClock) -> None:
    tally.count(Counted.BOOKED, time.now)
    time.advance(days=2)
    for _ in range(3):
        tally.count(Counted.BOOKED, time.now)
    page = logged_in(SUPERADMIN).get("today")
    assert bars(page, "Bookings") == [0, 0, 0, 0, 1, 0, 3]
    assert numbers(page)["Bookings"] == 3


def test_counts_are_spread_over_partitions_and_kept_for_sixty_days(moto: None, time: FakeClock) -> None:
    for _ in range(50):
        tally.count(Counted.BOOKED, time.now)
    items = faults.items(kind="DayCounts")
    assert len({item["pk"] for item in items}) > 10
    midnight = time.now.replace(hour=0, minute=0)
    assert {item["ttl"] for item in items} == {clock.epoch(midnight) + 60 * 86400}


def test_a_count_that_fails_fails_nothing(moto: None, time: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("quickcare.db.transaction.send", refuse)
    tally.count(Counted.BOOKED, time.now)
    monkeypatch.undo()
    assert faults.items(kind="DayCounts") == []


def test_failed_messages_need_attention_until_they_are_sent_again(admin: Browser, time: FakeClock) -> None:
    assert "Nothing." in admin.get("today").text
    item = given_up(time)
    page = admin.get("today")
    assert "1 failed within a day" in page.text
    assert numbers(page)["Failed messages"] == 1
    admin.submit(admin.get("messages?state=failed"), f"messages/{item.message_id}/again")
    assert "failed within a day" not in admin.get("today").text


def test_doctors_and_clinics_who_are_not_verified_need_attention(admin: Browser, practice: Practice) -> None:
    list_account_of(practice)
    clinic = table.fetch(Clinic.key(practice.clinic_id))
    assert clinic
    table.write(
        **clinics_list.registered(clinic),
        doctor=Update(Doctor.key(practice.doctor_id), [Doctor.is_verified.set(False)]),
        clinic=Update(Clinic.key(practice.clinic_id), [Clinic.is_verified.set(False)]),
    )
    page = admin.get("today")
    assert "Doctors not verified Dora Iyer" in page.text
    assert "Clinics not verified City Care" in page.text


def test_appointments_in_a_leave_need_attention(admin: Browser, practice: Practice, people: People) -> None:
    list_account_of(practice)
    practice.booked(people.alice)
    practice.booked(people.bob, appointment_time="10:00")
    assert "in a leave" not in admin.get("today").text
    # GIVEN a leave of the first hour
    leave = {"start_date": MONDAY, "end_date": MONDAY, "start_time": "09:00", "end_time": "09:30"}
    assert practice.api.post("/api/doctors/me/leaves/", leave, practice.doctor.access).status == 201
    # THEN the one in it is named, with a link to the day
    page = admin.get("today")
    assert "Dora Iyer : 1 appointment, from 2 Mar" in page.text
    (link,) = page.links("1 appointment, from 2 Mar")
    assert "Alice Rao" in admin.get(link).text


def test_the_page_takes_two_reads(admin: Browser, practice: Practice, people: People, time: FakeClock) -> None:
    practice.booked(people.alice)
    given_up(time)
    admin.get("today")
    with round_trips.counted() as trips:
        assert admin.get("today").status == 200
    assert (trips.reads <= 2, trips.writes) == (True, 0)


def test_the_panel_begins_here(superadmin: Browser) -> None:
    assert superadmin.get("").location == "/test/admin/today"

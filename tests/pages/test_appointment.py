"""GET and POST /l/<code>: the pages of a reminder and of a missed visit."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from quickcare.db.items import Appointment, User

from tests import faults, round_trips, town
from tests.api import Answer, Api
from tests.appointments.test_reminders import EVENING, at, skip_to, sweep
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.pages.conftest import NOBODYS, words
from tests.people import People, Person
from tests.practice import MONDAY, TUESDAY, Practice, change_item

GONE = "This link does not work"


@dataclass
class Told:
    """A patient with an appointment, and the link of their SMS."""

    practice: Practice
    patient: Person
    appointment_id: int
    sms: str

    @property
    def path(self) -> str:
        return urlsplit(self.sms[self.sms.index("https://") :].split()[0]).path.removeprefix("/test")

    def look(self) -> Answer:
        return self.practice.api.get(self.path, ip="203.0.113.7")

    def post(self, **fields: str) -> Answer:
        return self.practice.api.call("POST", self.path, raw=urlencode(fields), ip="203.0.113.7")

    @property
    def stored(self) -> dict[str, Any]:
        (found,) = (one for one in faults.items(kind="Appointment") if one["id"] == self.appointment_id)
        return found


@pytest.fixture
def told(practice: Practice, people: People, time: FakeClock) -> Told:
    """Alice, who is reminded of Monday, 9:00, on the evening before."""
    appointment_id = practice.booked(people.alice)
    time.now = EVENING
    sms_to(people.alice.contact)
    assert sweep() == {"told": 1}
    return Told(practice, people.alice, appointment_id, sms_to(people.alice.contact)[0])


@pytest.fixture
def missed(practice: Practice, people: People, time: FakeClock) -> Told:
    """Alice, who missed Monday, 9:00, and is offered another time at ten."""
    appointment_id = practice.booked(people.alice, appointment_date=MONDAY)
    practice.move(appointment_id, "confirmed")
    time.now = at(2, 10)
    practice.move(appointment_id, "no_show")
    sms_to(people.alice.contact)
    assert sweep() == {"told": 1}
    return Told(practice, people.alice, appointment_id, sms_to(people.alice.contact)[0])


def stored() -> dict[Any, Any]:
    """All that is stored but the count of links that were none."""
    return {key: item for key, item in town.stored().items() if key[1] != "MISSED-LINKS"}


def is_gone(page: Answer) -> bool:
    return page.status == 404 and GONE in words(page)


# Looking


def test_the_page_says_what_the_sms_said(told: Told, people: People) -> None:
    page = told.look()
    assert page.status == 200
    assert "Dr. Dora Iyer" in words(page)
    assert "Your appointment: 2 Mar 9:00 AM, City Care." in words(page)
    for personal in ("Alice", str(people.alice.contact), people.alice.id, str(told.appointment_id)):
        assert personal not in page.text


def test_the_page_offers_the_next_free_times(told: Told) -> None:
    assert 'value="2026-03-02T09:15">2 Mar 9:15 AM<' in told.look().text
    assert 'value="2026-03-02T09:00"' not in told.look().text


def test_opening_the_page_changes_nothing(told: Told) -> None:
    before = town.stored()
    assert [told.look().status for _ in range(3)] == [200] * 3
    assert town.stored() == before


def test_the_page_is_in_the_language_of_the_patient(told: Told) -> None:
    change_item(User.key(told.patient.id), {"language": "hi"})
    page = told.look()
    assert '<html lang="hi">' in page.text
    assert "आपका अपॉइंटमेंट: 2 मार्च सुबह 9:00 बजे" in words(page)


# Answering


def test_coming_is_shown_to_doctor_and_clinic(told: Told, people: People, api: Api) -> None:
    page = told.post(answer="coming")
    assert page.status == 200
    assert "See you then" in words(page)
    assert (told.stored["status"], told.stored["attendance"]) == ("pending", "confirmed")
    path = f"/api/appointments/doctor/{told.appointment_id}/"
    assert api.get(path, token=people.dora.access).json["attendance"] == "confirmed"
    of_clinic = api.get(f"/api/appointments/clinic/{told.practice.clinic_id}/", token=people.charlie.access).json
    assert [one["attendance"] for one in of_clinic] == ["confirmed"]
    # AND the link is used up
    assert is_gone(told.look())
    assert is_gone(told.post(answer="cancel"))


def test_cancelling_frees_the_time_and_tells_doctor_and_desk(told: Told, people: People) -> None:
    sms_to(people.dora.contact)
    page = told.post(answer="cancel")
    assert page.status == 200
    assert (told.stored["status"], told.stored["cancelled_by"]) == ("cancelled", "patient")
    assert "09:00" in told.practice.free()
    assert "was cancelled by the patient" in sms_to(people.dora.contact)[0]
    assert is_gone(told.post(answer="coming"))


@pytest.mark.parametrize(("day", "start"), [(MONDAY, "09:15"), (TUESDAY, "10:00")])
def test_another_time_is_booked_and_the_old_one_given_up(
    told: Told, people: People, api: Api, day: str, start: str
) -> None:
    sms_to(people.dora.contact)
    page = told.post(answer="another", time=f"{day}T{start}")
    assert page.status == 200
    assert "The new time is booked" in words(page)
    mine = api.get("/api/appointments/my/", token=people.alice.access).json
    assert {(one["appointment_date"], one["appointment_time"], one["status"]) for one in mine} == {
        (MONDAY, "09:00:00", "cancelled"),
        (day, f"{start}:00", "pending"),
    }
    assert "09:00" in told.practice.free()
    assert start not in told.practice.free(day)
    (counted,) = faults.items(kind="PatientClinic")
    assert counted["standing"] == 1
    assert "is booked" in sms_to(people.alice.contact)[0]
    assert is_gone(told.look())


def test_a_time_that_is_taken_leaves_everything_as_it_was(told: Told, people: People) -> None:
    told.practice.booked(people.bob, appointment_time="09:15")
    before = town.stored()
    for time in ("2026-03-02T09:15", "2026-03-02T09:07", "2026-03-01T09:00", "2027-12-01T09:00"):
        page = told.post(answer="another", time=time)
        assert page.status in (400, 409)
        assert "This time is no longer free." in words(page)
    assert town.stored() == before
    assert told.look().status == 200


def test_no_more_reminders_ends_reminders_only(told: Told, time: FakeClock, people: People) -> None:
    assert told.post(answer="stop").status == 200
    (alice,) = faults.items(kind="User", id=people.alice.id)
    assert alice["reminders"] is False
    skip_to(time, at(2, 8))
    assert "told" not in sweep()
    told.practice.move(told.appointment_id, "cancelled")
    assert "was cancelled by the doctor" in sms_to(people.alice.contact)[0]


def test_the_offer_after_a_missed_visit_books_again(missed: Told, people: People, api: Api) -> None:
    page = missed.look()
    assert "You missed your appointment: 2 Mar 9:00 AM, City Care." in words(page)
    assert missed.post(answer="another", time=f"{TUESDAY}T09:30").status == 200
    mine = api.get("/api/appointments/my/", token=people.alice.access).json
    assert {one["status"] for one in mine} == {"no_show", "pending"}
    assert is_gone(missed.look())


@pytest.mark.parametrize("answer", ["coming", "cancel", "", "accept"])
def test_a_missed_visit_takes_no_other_answer(missed: Told, answer: str) -> None:
    before = town.stored()
    assert missed.post(answer=answer).status == 400
    assert town.stored() == before


@pytest.mark.parametrize(
    "fields", [{}, {"answer": "another"}, {"answer": "another", "time": "soon"}, {"answer": "allow"}]
)
def test_a_form_that_makes_no_sense_changes_nothing(told: Told, fields: dict[str, str]) -> None:
    before = town.stored()
    assert told.post(**fields).status == 400
    assert town.stored() == before


# What is over


def over(_told: Told, _people: People, time: FakeClock) -> None:
    time.now = at(2, 9)


def cancelled(told: Told, people: People, _time: FakeClock) -> None:
    told.practice.cancel(people.alice, told.appointment_id)


def doctor_left(told: Told, _people: People, _time: FakeClock) -> None:
    told.practice.set_doctor(clinic_id=None)


def in_doubt(told: Told, _people: People, _time: FakeClock) -> None:
    change_item(Appointment.key(told.appointment_id), {"needs_attention": "doctor_left"})


def deactivated(_told: Told, people: People, _time: FakeClock) -> None:
    change_item(User.key(people.alice.id), {"is_active": False})


@pytest.mark.parametrize("end", [over, cancelled, doctor_left, in_doubt, deactivated])
def test_what_is_over_is_the_same_404(told: Told, people: People, time: FakeClock, end: Any) -> None:
    wrong = told.practice.api.get(NOBODYS, ip="203.0.113.7")
    end(told, people, time)
    before = stored()
    assert told.look().text == wrong.text
    for answer in ("coming", "cancel", "stop"):
        assert is_gone(told.post(answer=answer))
    assert is_gone(told.post(answer="another", time="2026-03-04T09:00"))
    assert stored() == before


def test_many_answers_at_once_are_one(told: Told, real_dynamodb: None) -> None:
    answers = [{"answer": "coming"}, {"answer": "cancel"}, {"answer": "another", "time": "2026-03-04T09:00"}] * 2
    pages = faults.at_once(len(answers), lambda number: told.post(**answers[number]))
    assert sorted(page.status for page in pages if isinstance(page, Answer)) == [200] + [404] * 5
    live = [one for one in faults.items(kind="Appointment") if one["status"] == "pending"]
    assert sum(len(one["taken"]) for one in faults.items(kind="DayLedger")) == len(live) <= 1


@pytest.mark.parametrize(
    ("fields", "reads"),
    [
        ({}, 4),
        ({"answer": "coming"}, 6),
        ({"answer": "cancel"}, 6),
        ({"answer": "another", "time": f"{TUESDAY}T10:00"}, 8),
        ({"answer": "stop"}, 4),
    ],
)
def test_round_trips(told: Told, fields: dict[str, str], reads: int) -> None:
    with round_trips.counted() as trips:
        page = told.post(**fields) if fields else told.look()
    assert page.status == 200
    assert trips.reads == reads

"""The panel's appointments: found by patient, doctor, clinic and day, and cancelled in the clinic's place."""

import pytest
from quickcare.db import table
from quickcare.db.items import Appointment

from tests import round_trips
from tests.admin.browser import Browser
from tests.admin.test_messages import rows
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import People
from tests.practice import MONDAY, Practice

REASON = "Water damage in the clinic"


@pytest.fixture
def booked(practice: Practice, people: People) -> int:
    """Alice's appointment, of which she was told."""
    appointment_id = practice.booked(people.alice, reason="A secret of Alice")
    sms_to(people.alice.contact)
    return appointment_id


def status_of(appointment_id: int) -> tuple[str, str | None, str | None]:
    found = table.fetch(Appointment.key(appointment_id))
    assert found
    return found.status, found.cancelled_by, found.cancellation_reason


def test_appointments_are_found_by_each_side(
    admin: Browser, booked: int, practice: Practice, people: People, time: FakeClock
) -> None:
    practice.booked(people.bob, appointment_time="09:15")
    sides = {f"patient={people.alice.id}": 1, f"doctor={people.dora.id}": 2, f"clinic={practice.clinic_id}": 2}
    for side, count in sides.items():
        assert rows(admin.get(f"appointments?{side}")) == count, side
    assert rows(admin.get(f"appointments?clinic={practice.clinic_id}&day={MONDAY}")) == 2
    assert rows(admin.get(f"appointments?clinic={practice.clinic_id}&day=2026-03-03")) == 0
    assert rows(admin.get(f"appointments?clinic={practice.clinic_id}&day=nonsense")) == 2
    assert rows(admin.get(f"appointments?clinic={practice.clinic_id}&status=cancelled")) == 0


def test_a_number_leads_to_whose_it_is(admin: Browser, booked: int, people: People) -> None:
    for person, side in ((people.alice, "patient"), (people.dora, "doctor")):
        answer = admin.get(f"appointments?contact={person.contact}&day={MONDAY}")
        assert (answer.status, answer.location) == (
            303,
            f"/test/admin/appointments?{side}={person.id}&day={MONDAY}",
        )
        assert rows(admin.follow(answer)) == 1
    assert admin.get("appointments?contact=9876599999").status == 404
    assert admin.get("appointments?contact=98765").status == 400


def test_without_a_side_nothing_is_read(admin: Browser, booked: int) -> None:
    assert "Type the number" in admin.get("appointments").text
    assert admin.get("appointments?patient=7f3b6d0e-6f0e-4c8e-9d52-6a3f0c1b2d4e").status == 404


def test_what_is_medical_is_not_shown(admin: Browser, booked: int, practice: Practice) -> None:
    for path in (f"appointments?clinic={practice.clinic_id}", f"appointments/{booked}"):
        page = admin.get(path)
        assert "Alice Rao" in page.text
        assert "A secret of Alice" not in page.html


def test_an_administrator_cancels_with_a_reason(
    admin: Browser, booked: int, practice: Practice, people: People
) -> None:
    page = admin.get(f"appointments/{booked}")
    answer = admin.submit(page, f"appointments/{booked}/cancel", reason=REASON)
    # THEN it is as if the clinic had cancelled: the slot is free, and both are told
    assert answer.status == 303
    assert "patient and doctor are told" in admin.follow(answer).text
    assert status_of(booked) == ("cancelled", "clinic", REASON)
    assert practice.book(people.bob).status == 201
    assert sms_to(people.alice.contact)[0].endswith("was cancelled by the clinic.")
    # AND the audit says so, also as the history of the appointment
    for trail in (admin.get("audit"), admin.get(admin.follow(answer).links("History")[0])):
        assert f"Cancelled the appointment {MONDAY} 09:00" in trail.text
    assert trail.links(f"{MONDAY} 09:00")[0] == f"/test/admin/appointments/{booked}"


def test_the_doctor_is_told(admin: Browser, booked: int, people: People) -> None:
    admin.submit(admin.get(f"appointments/{booked}"), f"appointments/{booked}/cancel", reason=REASON)
    (text,) = sms_to(people.dora.contact)
    assert text.endswith("was cancelled by the clinic.")


def test_what_is_not_live_is_not_cancelled(admin: Browser, booked: int, practice: Practice, people: People) -> None:
    form = admin.get(f"appointments/{booked}").forms[f"appointments/{booked}/cancel"]
    practice.cancel(people.alice, booked)
    answer = admin.post(f"appointments/{booked}/cancel", {**form, "reason": REASON})
    assert (answer.status, "that is cancelled cannot be cancelled" in answer.text) == (400, True)
    assert status_of(booked)[1] == "patient"
    assert f"appointments/{booked}/cancel" not in admin.get(f"appointments/{booked}").forms


@pytest.mark.parametrize("reason", ["കാർ അപകടം, ക്\u200d\u200cഷമിക്കുക", "Ill\xa0today", "Family 👨\u200d👩\u200d👧"])
def test_a_reason_is_in_any_script(admin: Browser, booked: int, reason: str) -> None:
    page = admin.get(f"appointments/{booked}")
    assert admin.submit(page, f"appointments/{booked}/cancel", reason=reason).status == 303
    assert status_of(booked)[2] == reason


@pytest.mark.parametrize(
    "reason", ["", "   ", "\u200b", "x" * 2001, "two\nlines", "two\u2028lines", "a\u202eb", "a\x00"]
)
def test_a_reason_is_needed(admin: Browser, booked: int, reason: str) -> None:
    page = admin.get(f"appointments/{booked}")
    answer = admin.submit(page, f"appointments/{booked}/cancel", reason=reason)
    assert (answer.status, "Say in a line why" in answer.text) == (400, True)
    assert answer.forms[f"appointments/{booked}/cancel"]["reason"] == reason
    assert status_of(booked)[0] == "pending"


def test_forged_forms_and_unknown_appointments_are_refused(admin: Browser, booked: int) -> None:
    token = admin.get("appointments").forms["logout"]["token"]
    assert admin.post(f"appointments/{booked}/cancel", {"token": "forged", "reason": REASON}).status == 403
    assert admin.post("appointments/4711/cancel", {"token": token, "reason": REASON}).status == 404
    assert admin.get("appointments/4711").status == 404
    assert admin.get("appointments/nonsense").status == 404
    assert status_of(booked)[0] == "pending"


def test_a_page_takes_at_most_two_reads(admin: Browser, booked: int, practice: Practice, people: People) -> None:
    sides = (f"patient={people.alice.id}", f"doctor={people.dora.id}&status=pending", f"clinic={practice.clinic_id}")
    for path in (*(f"appointments?{side}" for side in sides), f"appointments/{booked}"):
        with round_trips.counted() as trips:
            assert admin.get(path).status == 200
        assert trips.reads <= 2, path


def test_a_filtered_list_has_pages(
    admin: Browser, booked: int, practice: Practice, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.lists.PAGE_SIZE", 2)
    for time in ("09:15", "09:30"):
        practice.booked(people.bob, appointment_time=time)
    first = admin.get(f"appointments?clinic={practice.clinic_id}&status=pending")
    assert rows(first) == 2
    second = admin.get(first.links("Next page")[0])
    assert (rows(second), second.links("Next page")) == (1, [])
    assert "09:00" in second.text

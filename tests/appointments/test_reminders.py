"""Reminders: which rows a booking keeps, and what the sweep makes of them each minute (invariant 14)."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from appointments import changing, reminding
from appointments.schemas import ChangeAppointment
from quickcare import clock
from quickcare.clinic import reminders
from quickcare.clinic.status import Status
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, DueReminder, ReminderCursor, User
from quickcare.db.operations import Delete
from quickcare.sms import outbox

from tests import acting, faults
from tests.api import Api, Context
from tests.bench import sms_to, sms_to_all
from tests.conftest import FakeClock
from tests.people import People
from tests.practice import TUESDAY, Practice, change_item, window
from tests.torn import Tear

EVENING = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)  # Sunday, 18:00


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time in March 2026, as an instant."""
    return datetime.fromisoformat(f"2026-03-{day:02d}T{hour:02d}:{minute:02d}:00+05:30").astimezone(UTC)


def due() -> list[str]:
    """What is due when, in the order of time."""
    found = faults.items(kind="DueReminder")
    return sorted(f"{item['pk'].split('#')[1]} {item['about']}" for item in found)


def sweep() -> dict[str, int]:
    handler: Any = reminding.handler
    answer: dict[str, int] = handler({}, Context())
    return answer


def skip_to(time: FakeClock, instant: datetime) -> None:
    """Let the time pass without the sweeps that find nothing."""
    time.now = instant
    table.write(cursor=Delete(ReminderCursor.key()))


def set_reminders(api: Api, person: Any, *, on: bool) -> None:
    body = {"language": "en", "reminders": on}
    assert api.put("/api/users/me/preferences/", body, token=person.access).status == 200


# When


def test_a_booking_keeps_the_row_of_its_first_reminder(practice: Practice, people: People) -> None:
    practice.booked(people.alice, appointment_date=TUESDAY)
    assert due() == ["2026-03-02T12:30 evening"]


@pytest.mark.parametrize(
    ("now", "start", "rows"),
    [
        (at(1, 11, 30), "09:00", ["2026-03-01T12:30 evening"]),
        (at(1, 18), "14:00", ["2026-03-02T05:30 soon"]),  # the evening has begun
        (at(1, 23), "11:00", ["2026-03-02T02:30 soon"]),
        (at(1, 23), "09:00", ["2026-03-02T02:30 soon"]),  # at 08:00, an hour before
        (at(1, 23), "08:45", []),  # 08:00 would be too late
        (at(1, 15), "00:30", ["2026-03-01T12:30 evening"]),
        (at(2, 8), "12:00", ["2026-03-02T03:30 soon"]),  # exactly four hours before
        (at(2, 8, 1), "12:00", []),  # less than four hours before
        (at(2, 8), "23:59", ["2026-03-02T15:29 soon"]),
        (at(1, 18), "00:00", []),  # the evening is over, and at 21:00 it is quiet
    ],
)
def test_when_reminders_are_due(
    practice: Practice, people: People, time: FakeClock, now: datetime, start: str, rows: list[str]
) -> None:
    practice.plan(window("00:00", "24:00", slot_duration_minutes=1, max_patients=99))
    time.now = now
    practice.booked(people.alice, appointment_time=start)
    assert due() == rows


@pytest.mark.parametrize("hour", [21, 23, 0, 3, 7])
def test_nobody_is_told_anything_at_night(hour: int) -> None:
    assert reminders.is_quiet(at(2, hour))
    assert reminders.decent(at(2, hour)) == at(3 if hour >= 21 else 2, 8)


@pytest.mark.parametrize("hour", [8, 12, 18, 20])
def test_by_day_people_are_told_at_once(hour: int) -> None:
    assert not reminders.is_quiet(at(2, hour))
    assert reminders.decent(at(2, hour)) == at(2, hour)


# The sweep


def test_the_evening_before_and_three_hours_before(practice: Practice, people: People, time: FakeClock) -> None:
    practice.plan(window("09:00", "18:00"))
    practice.booked(people.alice, appointment_time="12:00")
    sms_to(people.alice.contact)
    # WHEN it is not time yet
    time.now = at(1, 17, 59)
    assert sweep() == {}
    # THEN nobody is told; at six they are, once
    time.now = at(1, 18)
    assert sweep() == {"told": 1}
    assert sweep() == {}
    (text,) = sms_to(people.alice.contact)
    assert text.startswith(
        "QuickCare: Dr. Dora Iyer, City Care, 2 Mar 12:00 PM. Coming? https://api.example.com/test/l/"
    )
    # AND again at nine in the morning, and never after that
    assert due() == ["2026-03-02T03:30 soon"]
    skip_to(time, at(2, 9))
    assert sweep() == {"told": 1}
    assert len(sms_to(people.alice.contact)) == 1
    assert due() == []


def test_each_is_in_the_language_of_its_patient(practice: Practice, people: People, api: Api, time: FakeClock) -> None:
    api.put("/api/users/me/preferences/", {"language": "hi", "reminders": True}, token=people.alice.access)
    practice.booked(people.alice)
    time.now = EVENING
    sweep()
    assert "आ रहे हैं?" in sms_to(people.alice.contact)[0]


def cancelled(practice: Practice, people: People, appointment_id: int) -> None:
    assert practice.cancel(people.alice, appointment_id).status == 200


def doctor_left(practice: Practice, _people: People, _appointment_id: int) -> None:
    practice.set_doctor(clinic_id=None)


def in_doubt(_practice: Practice, _people: People, appointment_id: int) -> None:
    change_item(Appointment.key(appointment_id), {"needs_attention": "doctor_left"})


def deactivated(_practice: Practice, people: People, _appointment_id: int) -> None:
    change_item(User.key(people.alice.id), {"is_active": False})


@pytest.mark.parametrize("change", [cancelled, doctor_left, in_doubt, deactivated])
def test_nobody_is_reminded_of_what_does_not_take_place(
    practice: Practice, people: People, time: FakeClock, change: Any
) -> None:
    appointment_id = practice.booked(people.alice)
    change(practice, people, appointment_id)
    sms_to_all()
    time.now = EVENING
    assert sweep() == {"dropped": 1}
    assert (sms_to_all(), due(), faults.items(kind="Link")) == ([], [], [])


def test_a_reminder_that_comes_too_late_is_dropped(practice: Practice, people: People, time: FakeClock) -> None:
    # GIVEN a row that nobody swept until the appointment had begun
    appointment_id = practice.booked(people.alice)
    change_item(Appointment.key(appointment_id), {"appointment_date": "2026-03-01"})
    sms_to_all()
    time.now = EVENING
    assert sweep() == {"dropped": 1}
    assert sms_to_all() == []


def test_whoever_wants_no_reminders_gets_none_until_they_do(
    practice: Practice, people: People, api: Api, time: FakeClock
) -> None:
    practice.plan(window("09:00", "18:00"))
    appointment_id = practice.booked(people.alice, appointment_time="12:00")
    set_reminders(api, people.alice, on=False)
    sms_to_all()
    time.now = EVENING
    assert sweep() == {"left out": 1}
    assert sms_to_all() == []
    # WHEN they change their mind, the next one comes
    set_reminders(api, people.alice, on=True)
    skip_to(time, at(2, 9))
    assert sweep() == {"told": 1}
    # AND a cancellation is told in any case
    set_reminders(api, people.alice, on=False)
    assert practice.move(appointment_id, "cancelled").status == 200
    assert "was cancelled by the doctor" in sms_to(people.alice.contact)[0]


def test_a_missed_visit_brings_an_offer(practice: Practice, people: People, time: FakeClock) -> None:
    appointment_id = practice.booked(people.alice, appointment_time="09:00")
    practice.move(appointment_id, "confirmed")
    sms_to_all()
    time.now = at(2, 10)
    assert practice.move(appointment_id, "no_show").status == 200
    assert sweep() == {"told": 1}
    (text,) = sms_to(people.alice.contact)
    assert text.startswith("QuickCare: You missed Dr. Dora Iyer, City Care. New time: https://")
    assert [row for row in due() if "missed" in row] == []


def test_an_offer_is_made_although_its_row_was_seen_before_the_miss(
    practice: Practice, people: People, time: FakeClock, tear: Tear
) -> None:
    # GIVEN a missed visit whose row is there, and whose appointment DynamoDB still shows as it was
    appointment_id = practice.booked(people.alice, appointment_time="09:00")
    practice.move(appointment_id, "confirmed")
    time.now = at(2, 10)
    practice.move(appointment_id, "no_show")
    sms_to_all()
    key = Appointment.key(appointment_id)
    change_item(key, {"status": "confirmed"})
    # WHEN that comes to light after the sweep has read it
    tear(lambda: change_item(key, {"status": "no_show"}), after="APPOINTMENT#")
    # THEN the sweep looks again
    assert sweep() == {"changed": 1, "told": 1}
    assert len(sms_to(people.alice.contact)) == 1


def miss(people: People, appointment_id: int) -> None:
    """The doctor says so, later than a token lives."""
    body = ChangeAppointment(status=Status.NO_SHOW)
    changing.change(people.dora.id, appointment_id, body, "https://qck.in", clock.now())


def test_an_offer_waits_for_the_morning(practice: Practice, people: People, time: FakeClock) -> None:
    appointment_id = practice.booked(people.alice, appointment_time="09:00")
    practice.move(appointment_id, "confirmed")
    time.now = at(2, 22)
    miss(people, appointment_id)
    assert due()[-1] == "2026-03-03T02:30 missed"


def test_what_the_night_overtakes_waits_for_the_morning(practice: Practice, people: People, time: FakeClock) -> None:
    appointment_id = practice.booked(people.alice, appointment_time="09:00")
    practice.move(appointment_id, "confirmed")
    time.now = at(2, 20, 59)
    miss(people, appointment_id)
    sms_to_all()
    time.now = at(2, 21)
    assert sweep() == {"left out": 1}
    assert sms_to_all() == []
    assert due()[-1] == "2026-03-03T02:30 missed"


# What goes wrong


def test_one_that_fails_keeps_nobody_else_waiting(
    practice: Practice, people: People, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN two patients, of whom one cannot be written to
    practice.booked(people.alice, appointment_time="09:00")
    practice.booked(people.bob, appointment_time="09:15")
    sms_to_all()
    real = outbox.to_user

    def fail_for_alice(user: User, *arguments: Any) -> Any:
        if user.id == people.alice.id:
            raise ValueError(user.id)
        return real(user, *arguments)

    monkeypatch.setattr(outbox, "to_user", fail_for_alice)
    time.now = EVENING
    assert sweep() == {"told": 1, "put off": 1}
    assert [to for to, _ in sms_to_all()] == [people.bob.contact]
    # THEN she is tried again four times, each five minutes later, and that is the end of it
    for _ in range(4):
        time.advance(minutes=5)
        assert sweep() == {"put off": 1}
    assert [row for row in due() if row < "2026-03-02"] == []


def test_an_appointment_that_is_cancelled_in_between_is_not_told(
    practice: Practice, people: People, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment_id = practice.booked(people.alice)
    sms_to_all()
    real, once = reminding._tell, [True]

    def cancel_first(*arguments: Any) -> None:
        if once:
            once.pop()
            with acting.acting_as(""):  # Alice's, not the sweep's
                change_item(Appointment.key(appointment_id), {"status": "cancelled"})
        real(*arguments)

    monkeypatch.setattr(reminding, "_tell", cancel_first)
    time.now = EVENING
    assert sweep() == {"changed": 1, "dropped": 1}
    assert (sms_to_all(), due()) == ([], [])


def test_two_sweeps_at_once_tell_everybody_once(
    practice: Practice, people: People, time: FakeClock, real_dynamodb: None
) -> None:
    practice.plan(window("09:00", "18:00", slot_duration_minutes=5, max_patients=99))
    times = [f"{hour:02d}:{minute:02d}" for hour in range(9, 17) for minute in range(0, 60, 20)]
    for number, start in enumerate(times[:8]):
        who = (people.alice, people.bob)[number % 2]
        practice.booked(who, appointment_time=start)
    sms_to_all()
    time.now = EVENING
    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sms_to_all()) == len(faults.items(kind="Link")) == 8


def test_what_one_run_does_not_finish_the_next_one_does(practice: Practice, people: People, time: FakeClock) -> None:
    practice.booked(people.alice)
    sms_to_all()
    time.now = EVENING

    class Late(Context):
        def get_remaining_time_in_millis(self) -> int:
            return 10_000

    handler: Any = reminding.handler
    assert handler({}, Late()) == {}
    time.advance(minutes=30)
    assert sweep() == {"told": 1}
    assert len(sms_to(people.alice.contact)) == 1


def test_a_row_that_is_written_late_is_found(practice: Practice, people: People, time: FakeClock) -> None:
    # GIVEN a run that was there before the row
    time.now = at(1, 17, 59)
    sweep()
    appointment_id = practice.booked(people.alice)
    time.now = at(1, 18)
    (row,) = faults.items(kind="DueReminder")
    found = table.fetch(Appointment.key(appointment_id))
    assert found
    table.write(row=Delete(Key(DueReminder, row["pk"], row["sk"])))
    assert sweep() == {}
    table.write(**reminders.following(found, "https://qck.in", at(1, 17, 59)))
    time.advance(minutes=1)
    assert sweep() == {"told": 1}

"""`manage.py remind-booked`: appointments of yesterday's code are reminded of, each once, and go on as they were."""

from argparse import Namespace
from datetime import datetime
from typing import Any

import pytest
from quickcare.clinic import reminders
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, DueReminder
from quickcare.db.operations import Delete, Put
from quickcare.settings import settings

from operators import reminders as command
from operators import unreminded
from operators.invariants import snapshot
from operators.usage import UsageError
from tests import faults
from tests.appointments.test_reminders import EVENING, at, due, miss, skip_to, sweep
from tests.bench import sms_to, sms_to_all
from tests.conftest import FakeClock
from tests.outages import Clock, Death, ProcessDied, clock, watched
from tests.people import People
from tests.practice import MONDAY, TUESDAY, Practice, change_item, window

__all__ = ["clock"]
NONE = "0 appointments have no reminder."


def run(*, write: bool = True, url: str = "https://qck.in/") -> str:
    return command.count_or_write(Namespace(write=write, url=url))


def forget_rows() -> None:
    """Leave the bookings as yesterday's code left them."""
    for row in faults.items(kind="DueReminder"):
        table.write(row=Delete(Key(DueReminder, row["pk"], row["sk"])))


@pytest.fixture
def old(practice: Practice, people: People) -> list[int]:
    """Alice's appointment on Monday and Bob's on Tuesday, without rows."""
    practice.plan(window("09:00", "18:00"))
    booked = [
        practice.booked(people.alice, appointment_date=MONDAY, appointment_time="12:00"),
        practice.booked(people.bob, appointment_date=TUESDAY, appointment_time="12:00"),
    ]
    forget_rows()
    sms_to_all()
    return booked


def test_without_write_it_only_counts(old: list[int]) -> None:
    assert run(write=False) == "2 appointments have no reminder."
    assert due() == []


def test_the_rows_are_those_that_bookings_write(practice: Practice, people: People) -> None:
    practice.booked(people.alice)
    (before,) = faults.items(kind="DueReminder")
    forget_rows()
    assert run() == "1 appointments had no reminder: 1 have one now, 0 need none any more."
    assert faults.items(kind="DueReminder") == [before | {"link_base": "https://qck.in"}]
    (entry,) = faults.items(kind="AuditEntry", action="reminded_booked")
    assert (entry["actor_name"], entry["detail"]) == ("Operator", "1 appointments")


def test_a_second_run_finds_nothing(old: list[int]) -> None:
    run()
    rows = due()
    assert rows == ["2026-03-01T12:30 evening", "2026-03-02T12:30 evening"]
    assert (run(), due()) == (NONE, rows)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_it_can_be_interrupted_after_any_write_and_run_again(old: list[int], clock: Clock, after: int) -> None:
    """The writes are one row for each of two appointments, and the entry of the audit."""
    with watched(clock, fault=Death(after)), pytest.raises(ProcessDied):
        run()
    assert len(due()) == min(after, 2)
    run()
    assert due() == ["2026-03-01T12:30 evening", "2026-03-02T12:30 evening"]


def test_old_appointments_are_reminded_of_like_new_ones(old: list[int], people: People, time: FakeClock) -> None:
    run()
    time.now = EVENING
    assert sweep() == {"told": 1}
    skip_to(time, at(2, 9))
    assert sweep() == {"told": 1}
    assert len(sms_to(people.alice.contact)) == 2
    assert run() == NONE


@pytest.mark.parametrize(
    ("now", "rows"),
    [
        (at(1, 17, 49), ["2026-03-01T12:30 evening"]),
        (at(1, 17, 50), ["2026-03-02T03:30 soon"]),  # the evening may be at work before this row is there
        (at(2, 8, 49), ["2026-03-02T03:30 soon"]),
        (at(2, 8, 50), []),
        (at(2, 13), []),
    ],
)
def test_what_is_due_within_ten_minutes_is_left_alone(
    practice: Practice, people: People, time: FakeClock, now: datetime, rows: list[str]
) -> None:
    practice.plan(window("09:00", "18:00"))
    practice.booked(people.alice, appointment_time="12:00")
    forget_rows()
    time.now = now
    run()
    assert due() == rows


def test_who_booked_less_than_four_hours_before_is_not_reminded(
    practice: Practice, people: People, time: FakeClock
) -> None:
    time.now = at(2, 5, 30)
    practice.booked(people.alice, appointment_time="09:15")
    assert run() == NONE


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"status": "no_show"}, {"needs_attention": "doctor_left"}])
def test_what_does_not_take_place_needs_no_row(old: list[int], change: dict[str, Any]) -> None:
    change_item(Appointment.key(old[0]), change)
    run()
    assert due() == ["2026-03-02T12:30 evening"]


def test_one_that_is_cancelled_meanwhile_gets_no_row(old: list[int], practice: Practice, people: People) -> None:
    # GIVEN what a run found
    with snapshot.of_table(settings().table_name) as seen:
        found = list(unreminded.found(seen, at(1, 12)))
    # WHEN one of both is cancelled before the rows are written
    practice.cancel(people.alice, old[0])
    # THEN only the other one gets a row
    assert unreminded.write(found, "https://qck.in") == 1
    assert due() == ["2026-03-02T12:30 evening"]


def test_one_that_was_put_off_meanwhile_is_told_once(old: list[int], people: People, time: FakeClock) -> None:
    # GIVEN a reminder that failed and is tried again, and the row of the next one, from a run that did not see that
    one = table.fetch(Appointment.key(old[0]))
    assert one
    ids = {name: getattr(one, name) for name in ("patient_id", "doctor_id", "doctor_user_id", "clinic_id")}
    later = DueReminder.key(at(1, 18, 5), old[0], "evening")
    again = later.item(about="evening", appointment_id=old[0], link_base="https://qck.in", tries=1, ttl=at(9, 0), **ids)
    table.write(later=Put(again), **reminders.following(one, "https://qck.in", EVENING))
    # WHEN it is tried again
    time.now = at(1, 18, 5)
    # THEN she is told once, and the next row stays
    assert sweep() == {"told": 1}
    assert due() == ["2026-03-02T03:30 soon"]


def test_without_an_address_for_links_nothing_is_written(old: list[int]) -> None:
    with pytest.raises(UsageError, match="--url"):
        run(url="")
    assert due() == []


# Appointments without rows


@pytest.mark.parametrize("written", [False, True])
def test_an_old_appointment_can_be_confirmed_missed_and_cancelled(
    old: list[int], practice: Practice, people: People, time: FakeClock, *, written: bool
) -> None:
    if written:
        run()
    assert practice.move(old[0], "confirmed").status == 200
    assert practice.cancel(people.bob, old[1]).status == 200
    time.now = at(2, 13)
    miss(people, old[0])
    assert "2026-03-02T07:30 missed" in due()

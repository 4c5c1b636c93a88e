"""What the sweep makes up for after it did not run: in order, once, at decent hours, and nothing that has begun."""

import time as machine
from datetime import datetime, timedelta

import pytest
from quickcare.db import keys, table
from quickcare.db.items import ReminderCursor
from quickcare.db.items.appointment import minute_of
from quickcare.db.operations import Put

from tests import round_trips
from tests.appointments.test_reminders import at, due, sweep
from tests.bench import sms_to, sms_to_all
from tests.conftest import FakeClock
from tests.people import People
from tests.practice import Practice, window


def stopped_at(instant: datetime) -> None:
    """The sweep's last run was then."""
    table.write(cursor=Put(ReminderCursor.key().item(minute=minute_of(instant))))


@pytest.fixture
def noon(practice: Practice, people: People, monkeypatch: pytest.MonkeyPatch) -> int:
    """Alice's appointment on Monday at noon: she is to be reminded at 18:00 the day before, and at 9:00.

    One shard instead of 32, because a night has many minutes.
    """
    monkeypatch.setattr(keys, "SHARDS", 1)
    practice.plan(window("09:00", "18:00", slot_duration_minutes=5, max_patients=99))
    booked = practice.booked(people.alice, appointment_time="12:00")
    sms_to_all()
    return booked


@pytest.mark.parametrize(
    ("back", "became", "left"),
    [
        (at(1, 20, 59), {"told": 1}, ["2026-03-02T03:30 soon"]),
        (at(1, 21), {"left out": 1}, ["2026-03-02T03:30 soon"]),  # it is night
        (at(2, 7, 59), {"left out": 1}, ["2026-03-02T03:30 soon"]),
        (at(2, 8), {"told": 1}, ["2026-03-02T03:30 soon"]),  # an hour before the next one
        (at(2, 8, 1), {"left out": 1}, ["2026-03-02T03:30 soon"]),
        (at(2, 10), {"told": 1}, []),
        (at(2, 12), {"dropped": 1}, []),  # it begins
        (at(2, 15), {"dropped": 1}, []),
    ],
)
def test_a_reminder_that_comes_late(
    noon: int, people: People, time: FakeClock, back: datetime, became: dict[str, int], left: list[str]
) -> None:
    # GIVEN a sweep that stops before the evening and runs again at this time
    stopped_at(at(1, 17))
    time.now = back
    # THEN the patient hears of it, or not, and only once
    assert sweep() == became
    assert len(sms_to(people.alice.contact)) == became.get("told", 0)
    assert due() == left
    assert sweep() == {}


def test_the_earliest_are_told_first(practice: Practice, people: People, time: FakeClock) -> None:
    # GIVEN reminders that were due at 9:00, 9:20 and 9:40, booked in another order
    practice.plan(window("09:00", "18:00", slot_duration_minutes=5, max_patients=99))
    time.now = at(1, 19)
    for start in ("12:20", "12:40", "12:00"):
        practice.booked(people.alice, appointment_time=start)
    sms_to_all()
    # WHEN the sweep runs again at ten
    stopped_at(at(2, 8, 55))
    time.now = at(2, 10)
    assert sweep() == {"told": 3}
    # THEN they came in the order of their times
    told = [text.split(" PM")[0][-5:] for text in sms_to(people.alice.contact)]  # the last one first
    assert told == ["12:40", "12:20", "12:00"]


def test_what_an_hour_costs(time: FakeClock, moto: None) -> None:
    """32 reads for each minute, eight at a time; nothing is kept waiting by them (decision 0035)."""
    stopped_at(at(2, 9))
    time.now = at(2, 10)
    began, cpu = machine.perf_counter(), machine.process_time()
    with round_trips.counted() as trips:
        assert sweep() == {}
    took, cpu = machine.perf_counter() - began, machine.process_time() - cpu
    queries = sum(call.operation == "Query" for call in trips.calls)
    assert queries == 61 * keys.SHARDS
    print(f"{queries} queries in {took:.1f} s, {cpu:.1f} s of CPU")  # noqa: T201
    # AND the next run has three minutes to look at
    time.now += timedelta(minutes=1)
    with round_trips.counted() as trips:
        sweep()
    assert sum(call.operation == "Query" for call in trips.calls) == 4 * keys.SHARDS

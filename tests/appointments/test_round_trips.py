"""Each operation stays within its round trips (DESIGN §4)."""

from collections.abc import Callable

import pytest

from tests import round_trips
from tests.api import authorize
from tests.appointments.practice import MONDAY, Practice
from tests.people import People, Person

Cost = Callable[..., tuple[int, list[str]]]
READS = set(round_trips.READS)


@pytest.fixture
def cost(practice: Practice, people: People) -> Cost:
    """`cost(who, method, path, body)`: the number of reads one after the other, and the writes."""

    def measure(who: Person, method: str, path: str, body: object = None) -> tuple[int, list[str]]:
        identity = authorize(who.access)
        with round_trips.counted() as trips:
            answer = practice.api.call(method, f"/api/appointments/{path}", body, identity=identity)
        assert answer.status < 300, answer
        return trips.reads, [call.operation for call in trips.calls if call.operation not in READS]

    return measure


# What a booking does after its transaction: the SMS leaves the outbox.
WITH_SMS = ["TransactWriteItems", "DeleteItem"]


def test_booking_reads_twice_and_writes_one_transaction(practice: Practice, people: People, cost: Cost) -> None:
    for time in ("09:00", "09:15"):
        body = {"doctor": practice.doctor_id, "appointment_date": MONDAY, "appointment_time": time}
        assert cost(people.alice, "POST", "my/", body) == (2, WITH_SMS)


def test_cancelling_reads_twice_and_writes_one_transaction(practice: Practice, people: People, cost: Cost) -> None:
    path = f"my/{practice.booked(people.alice)}/"
    assert cost(people.alice, "PATCH", path, {"status": "cancelled"}) == (2, ["TransactWriteItems"])


def test_a_change_of_status_reads_twice_and_writes_once(practice: Practice, people: People, cost: Cost) -> None:
    path = f"doctor/{practice.booked(people.alice)}/"
    assert cost(people.dora, "PATCH", path, {"status": "confirmed"}) == (2, WITH_SMS)
    assert cost(people.dora, "PATCH", path, {"status": "completed"}) == (2, ["TransactWriteItems"])
    assert cost(people.dora, "PATCH", path, {"notes": "Rest"}) == (2, ["UpdateItem"])


def test_reading_takes_two(practice: Practice, people: People, cost: Cost) -> None:
    appointment_id = practice.booked(people.alice)
    practice.booked(people.alice, appointment_time="09:15")
    for path in ("my/", "my/?status=pending", f"my/{appointment_id}/", "my/clinics/"):
        assert cost(people.alice, "GET", path) == (2, [])
    for path in ("doctor/", f"doctor/?date={MONDAY}&status=pending", f"doctor/{appointment_id}/"):
        assert cost(people.dora, "GET", path) == (2, [])
    assert cost(people.charlie, "GET", f"clinic/{practice.clinic_id}/dashboard/?date={MONDAY}") == (2, [])

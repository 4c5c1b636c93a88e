"""Each operation stays within its round trips (docs/architecture.md: Round trips)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from appointments import leftovers
from quickcare import clock
from quickcare.db import bulk, table
from quickcare.db.item import Item
from quickcare.db.items import Appointment, AppointmentPointer, Doctor
from quickcare.documents import counting

from tests import round_trips
from tests.api import authorize
from tests.documents.filing import Filing
from tests.documents.test_round_trips import write_documents_of
from tests.people import People, Person
from tests.practice import MONDAY, Practice
from tests.thorough import times

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
        return trips.reads, [call.operation for call in trips.calls if call.operation not in READS and call.counts]

    return measure


# What a booking does after its transaction: the SMS leaves the outbox.
WITH_SMS = ["TransactWriteItems", "DeleteItem"]


def test_booking_reads_twice_and_writes_one_transaction(practice: Practice, people: People, cost: Cost) -> None:
    for time in ("09:00", "09:15"):
        body = {"doctor": practice.doctor_id, "appointment_date": MONDAY, "appointment_time": time}
        assert cost(people.alice, "POST", "my/", body) == (2, WITH_SMS)


def test_cancelling_reads_twice_and_writes_one_transaction(practice: Practice, people: People, cost: Cost) -> None:
    path = f"my/{practice.booked(people.alice)}/"
    # Two SMS leave the outbox at the same time, the doctor's and the desk's.
    assert cost(people.alice, "PATCH", path, {"status": "cancelled"}) == (2, [*WITH_SMS, "DeleteItem"])


def test_an_owner_lists_and_cancels_in_two_reads(practice: Practice, people: People, cost: Cost) -> None:
    appointment_id = practice.booked(people.alice)
    path = f"clinic/{practice.clinic_id}/"
    for query in ("", "?needs_attention=true", f"?date={MONDAY}&status=pending&doctor_id={practice.doctor_id}"):
        assert cost(people.charlie, "GET", path + query) == (2, [])
    cancelled = cost(people.charlie, "PATCH", f"{path}{appointment_id}/", {"status": "cancelled"})
    # Two SMS leave the outbox at the same time, the patient's and the doctor's.
    assert cancelled == (2, [*WITH_SMS, "DeleteItem"])


def test_the_worker_settles_an_appointment_with_one_read_and_one_transaction(
    practice: Practice, people: People
) -> None:
    booked = practice.booked(people.alice)
    appointment, doctor = table.fetch(Appointment.key(booked), Doctor.key(practice.doctor_id))
    assert appointment
    assert doctor
    practice.set_doctor(clinic_id=None)
    with round_trips.counted() as trips:
        leftovers.settle(appointment, clock.now())
    assert (trips.reads, [call.operation for call in trips.calls if call.operation not in READS]) == (1, WITH_SMS)


def test_a_change_of_status_reads_twice_and_writes_once(practice: Practice, people: People, cost: Cost) -> None:
    path = f"doctor/{practice.booked(people.alice)}/"
    assert cost(people.dora, "PATCH", path, {"status": "confirmed"}) == (2, WITH_SMS)
    assert cost(people.dora, "PATCH", path, {"status": "completed"}) == (2, ["TransactWriteItems"])
    assert cost(people.dora, "PATCH", path, {"notes": "Rest"}) == (2, ["UpdateItem"])


def test_every_read_takes_two_round_trips(practice: Practice, people: People, cost: Cost) -> None:
    appointment_id = practice.booked(people.alice)
    practice.booked(people.alice, appointment_time="09:15")
    for path in ("my/", "my/?status=pending", f"my/{appointment_id}/", "my/clinics/"):
        assert cost(people.alice, "GET", path) == (2, [])
    for path in ("doctor/", f"doctor/?date={MONDAY}&status=pending", f"doctor/{appointment_id}/"):
        assert cost(people.dora, "GET", path) == (2, [])
    assert cost(people.charlie, "GET", f"clinic/{practice.clinic_id}/dashboard/?date={MONDAY}") == (2, [])


def test_many_appointments_page_at_the_same_cost(practice: Practice, people: People, cost: Cost) -> None:
    # GIVEN ten pages of Alice's appointments with Dora, four a day
    many, limit = times(200, 1000), times(20, 100)
    fill(practice, people.alice, many)
    for who, path in ((people.alice, "my/"), (practice.doctor, "doctor/")):
        # WHEN all pages are read
        found, query = list[str](), f"?limit={limit}"
        while query:
            answer = people.api.get(f"/api/appointments/{path}{query}", who.access)
            found += [f"{one['appointment_date']}T{one['appointment_time']}" for one in answer.json]
            last, query = query, answer.headers.get("Link", "").partition("?")[2].partition(">")[0]
            query = f"?{query}" if query else ""
        # THEN each comes once, the newest first, the last page as cheap as any
        assert len(found) == many
        assert found == sorted(set(found), reverse=True)
        assert cost(who, "GET", f"{path}{last}") == (2, [])


def fill(practice: Practice, patient: Person, many: int) -> None:
    """Appointments with their pointers, written in batches."""
    first = practice.booked(patient)
    booked = table.fetch(Appointment.key(first))
    assert booked
    items: list[Item] = []
    for number in range(1, many):
        booked.id = booked_id = first + number
        booked.appointment_date = f"{date.fromisoformat(MONDAY) + timedelta(days=number // 4):%Y-%m-%d}"
        booked.appointment_time = f"{9 + number % 4:02d}:00"
        when = (booked.appointment_date, booked.appointment_time, booked_id)
        copy = Appointment.key(booked_id).item(**stored(booked))
        sides = (
            AppointmentPointer.of_patient(patient.id, *when),
            AppointmentPointer.of_doctor(practice.doctor.id, *when),
        )
        items += [copy, *(side.item(appointment_id=booked_id, **stored(booked, AppointmentPointer)) for side in sides)]
    bulk.put_all(items)


def stored(item: Item, model: type[Item] = Appointment) -> dict[str, Any]:
    """The item's attributes that `model` has too, but for where it lies."""
    own = set(item.attribute_values) & set(model.get_attributes())
    return {name: getattr(item, name) for name in own - {"pk", "sk", "kind", "ttl"}}


@pytest.mark.usefixtures("real_dynamodb")
def test_what_to_bring_costs_the_same_with_any_number_of_documents(
    practice: Practice, people: People, cost: Cost
) -> None:
    # GIVEN a clinic that asks for a type which Alice has not, with ten documents of hers and then with many
    asked = {"document_name": "Insurance", "document_type": "insurance"}
    assert (
        practice.api.post(f"/api/clinics/{practice.clinic_id}/admission-docs/", asked, people.charlie.access).status
        == 201
    )
    practice.booked(people.alice)
    Filing(practice.api).send_form(people.alice)
    path, found = f"my/clinics/{practice.clinic_id}/admission-docs/", []
    for many in (9, times(190, 990)):
        write_documents_of(people.alice, many)
        counting.recount(people.alice.id)
        # WHEN she looks what to bring
        with round_trips.capacity() as used:
            trips = cost(people.alice, "GET", path)
        found.append((trips, sum(used)))
    # THEN it takes one trip, and as many units
    assert found[0] == found[1]
    assert found[0][0] == (1, [])

"""Many at once, on AWS's own engine."""

import json
from collections import Counter
from collections.abc import Callable

import pytest
from quickcare import ids
from quickcare.db.items import AppointmentPointer

from tests.api import Answer
from tests.appointments.audit import audit
from tests.appointments.hospital import hire_doctors
from tests.faults import at_once
from tests.people import People, Person, register
from tests.practice import Practice, plan, window

pytestmark = pytest.mark.usefixtures("real_dynamodb")


@pytest.fixture
def crowd(people: People, practice: Practice) -> list[Person]:
    """Twelve patients."""
    return [register(practice.api, f"Patient {n}", 9876510000 + n) for n in range(12)]


def quarter(number: int) -> str:
    """The slots of a day from 09:00 on."""
    return f"{9 + number // 4:02d}:{number % 4 * 15:02d}"


def statuses(answers: list[Answer | Exception]) -> Counter[int]:
    assert all(isinstance(answer, Answer) for answer in answers), answers
    return Counter(answer.status for answer in answers if isinstance(answer, Answer))


def test_one_slot_has_one_winner(practice: Practice, crowd: list[Person]) -> None:
    answers = at_once(len(crowd), lambda n: practice.book(crowd[n]))
    assert statuses(answers) == {201: 1, 409: len(crowd) - 1}


def test_a_window_takes_no_more_than_it_may(practice: Practice, crowd: list[Person]) -> None:
    practice.plan(window("09:00", "15:00", max_patients=3))
    answers = at_once(len(crowd), lambda n: practice.book(crowd[n], appointment_time=quarter(n)))
    assert statuses(answers) == {201: 3, 409: len(crowd) - 3}


def test_one_patient_gets_every_slot_that_is_free(practice: Practice, crowd: list[Person]) -> None:
    practice.plan(window("09:00", "15:00", max_patients=50))
    answers = at_once(4, lambda n: practice.book(crowd[0], appointment_time=quarter(n)))
    assert statuses(answers) == {201: 4}


def test_one_patient_gets_no_more_than_the_limit_of_a_day(practice: Practice, crowd: list[Person]) -> None:
    practice.plan(window("09:00", "15:00", max_patients=50))
    answers = at_once(8, lambda n: practice.book(crowd[0], appointment_time=quarter(n)))
    assert statuses(answers) == {201: 4, 409: 4}


def test_a_patient_is_in_one_place_however_the_slots_overlap(practice: Practice, crowd: list[Person]) -> None:
    # GIVEN four doctors with slots of an hour that begin a quarter apart
    clinic_id, doctors = hire_doctors(4)
    for n, doctor in enumerate(doctors):
        plan(int(doctor.id), clinic_id, (window(quarter(n), "13:00", slot_duration_minutes=60),))
    # WHEN a patient without a calendar wants them all at once
    answers = at_once(4, lambda n: practice.book(crowd[0], doctor=int(doctors[n].id), appointment_time=quarter(n)))
    # THEN one is theirs
    assert statuses(answers) == {201: 1, 409: 3}
    assert len(audit()) == 1


def test_confirming_twice_at_once_is_one_200_and_one_400(practice: Practice, crowd: list[Person]) -> None:
    for n in range(6):
        appointment_id = practice.booked(crowd[n], appointment_time=quarter(n))
        assert statuses(at_once(2, confirming(practice, appointment_id))) == {200: 1, 400: 1}


def confirming(practice: Practice, appointment_id: int) -> Callable[[int], Answer]:
    return lambda _: practice.move(appointment_id, "confirmed")


def test_a_hundred_equal_posts_make_one_appointment(practice: Practice, crowd: list[Person]) -> None:
    key = {"Idempotency-Key": ids.new_uuid()}
    answers = at_once(100, lambda _: practice.book(crowd[0], headers=key))
    assert statuses(answers) == {201: 100}
    assert len({json.dumps(answer.json, sort_keys=True) for answer in answers if isinstance(answer, Answer)}) == 1
    assert (
        len(
            list(
                AppointmentPointer.query(
                    f"USER#{crowd[0].id}", AppointmentPointer.sk.startswith("VISIT#"), consistent_read=True
                )
            )
        )
        == 1
    )


def test_an_idempotency_key_with_another_body_is_a_conflict(practice: Practice, crowd: list[Person]) -> None:
    key = {"Idempotency-Key": ids.new_uuid()}
    assert practice.book(crowd[0], headers=key).status == 201
    assert practice.book(crowd[0], headers=key, appointment_time="09:15").status == 409
    assert practice.book(crowd[1], headers=key, appointment_time="09:15").status == 201

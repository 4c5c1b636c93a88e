"""The worker of leftovers dies at every AWS call, before and after it, and meets others who change the same.

What the table holds then must keep the invariants, and the job, when it comes again, must end as if nothing had been.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from quickcare import clock
from quickcare.clinic import leftovers as jobs
from quickcare.db import table
from quickcare.db.items import Appointment, DayLedger, Job, PatientCalendar
from quickcare.sms import outbox

from tests import leftovers
from tests.api import Answer
from tests.appointments.moving import Move
from tests.appointments.test_crash import MOMENTS, ProcessDied, dying
from tests.bench import sms_to
from tests.faults import at_once
from tests.leftovers import Hurried
from tests.people import People, Person
from tests.practice import MONDAY, Practice

pytestmark = pytest.mark.usefixtures("real_dynamodb")


def job(about: str, about_id: str) -> dict[str, Any]:
    return {**leftovers.EVENT, "messageId": "m", "body": json.dumps({"about": about, "id": about_id})}


def require_consistent(practice: Practice, patient: Person, appointment_id: int) -> Appointment:
    """The appointment holds the doctor's and the patient's time exactly while it is live and can take place."""
    one, ledger, calendar = table.fetch(
        Appointment.key(appointment_id), DayLedger.key(practice.doctor_id, MONDAY), PatientCalendar.key(patient.id)
    )
    assert one
    assert ledger
    assert calendar
    holds = one.status in ("pending", "confirmed") and one.needs_attention is None
    assert (appointment_id in ledger.taken.values()) is holds
    assert (str(appointment_id) in calendar.live) is holds
    return one


def texts_to(who: Person, saying: str) -> int:
    """How many different SMS that say this were accepted, once the sweep has passed."""
    for waiting in outbox.pending(clock.now() + timedelta(hours=1), 100):
        outbox.relay(waiting)
    # A crash between the publishing and the outbox publishes twice, under one id: it is sent once.
    return len({text for text in sms_to(who.contact) if saying in text})


def crash_everywhere(prepare: Callable[[], tuple[int, dict[str, Any]]], check: Callable[[int], None]) -> int:
    """Crash the worker at each of its calls; `check` gets the appointment after the job came again, twice."""
    _, record = prepare()
    with dying(MOMENTS[0], fatal=None) as countdown:
        leftovers.work([record])
    for moment in MOMENTS:
        for fatal in range(countdown.calls):
            appointment_id, record = prepare()
            with dying(moment, fatal), pytest.raises(ProcessDied):
                leftovers.work([record])
            for _ in range(2):
                assert leftovers.work([record]) == []
            check(appointment_id)
    return len(MOMENTS) * countdown.calls


def test_marking_survives_a_crash_at_every_call(practice: Practice, people: People, move: Move) -> None:
    def prepare() -> tuple[int, dict[str, Any]]:
        practice.set_doctor(clinic_id=practice.clinic_id)
        appointment_id = practice.booked(people.alice)
        texts_to(people.alice, "")
        practice.set_doctor(clinic_id=None)
        return appointment_id, job("doctor", str(practice.doctor_id))

    def check(appointment_id: int) -> None:
        one = require_consistent(practice, people.alice, appointment_id)
        assert (one.status, one.needs_attention) == ("pending", "doctor_left")
        assert texts_to(people.alice, "cannot take place") == 1
        assert practice.cancel(people.alice, appointment_id).status == 200

    assert crash_everywhere(prepare, check) >= 10


def test_going_on_in_another_run_survives_a_crash(practice: Practice, people: People, move: Move) -> None:
    """A run has time for one of two, and dies at one of its last calls (before those it only marks, as above).

    The job is then still in the queue or has been sent anew, or both.
    """

    def prepare() -> tuple[list[int], dict[str, Any]]:
        practice.set_doctor(clinic_id=practice.clinic_id)
        booked = [practice.booked(people.alice, appointment_time=time) for time in ("09:00", "09:15")]
        texts_to(people.alice, "")
        practice.set_doctor(clinic_id=None)
        return booked, job("doctor", str(practice.doctor_id))

    def check(booked: list[int]) -> None:
        for one in booked:
            assert require_consistent(practice, people.alice, one).needs_attention == "doctor_left"
        assert texts_to(people.alice, "cannot take place") == 2
        assert [practice.cancel(people.alice, one).status for one in booked] == [200, 200]

    _, record = prepare()
    with dying(MOMENTS[0], fatal=None) as countdown:
        leftovers.work([record], Hurried(1))
    assert leftovers.work_off() == 1
    for moment in MOMENTS:
        for fatal in range(countdown.calls - 3, countdown.calls):
            booked, record = prepare()
            with dying(moment, fatal), pytest.raises(ProcessDied):
                leftovers.work([record], Hurried(1))
            assert leftovers.work([record]) == []
            leftovers.work_off()
            check(booked)


def test_removing_a_doctor_survives_a_crash_at_every_call(practice: Practice, people: People, move: Move) -> None:
    """Wherever the removal dies, either the doctor is still there, or a job is in the outbox or in the queue."""

    def prepare() -> Callable[[], Answer]:
        return lambda: move.away()

    with dying(MOMENTS[0], fatal=None) as countdown:
        move.away()
    move.to(practice.clinic_id, practice.owner)
    for moment in MOMENTS:
        for fatal in range(countdown.calls):
            leftovers.received()
            with dying(moment, fatal), pytest.raises(ProcessDied):
                prepare()()
            left = not practice_has_doctor(practice)
            waiting = jobs_waiting()
            assert left is bool(waiting or leftovers.received()), (moment, fatal)
            if left:
                move.to(practice.clinic_id, practice.owner)
            for one in waiting:
                one.delete()
            for one in jobs_waiting():
                one.delete()


def jobs_waiting() -> list[Job]:
    return jobs.pending(clock.now() + timedelta(hours=1), 100)


def practice_has_doctor(practice: Practice) -> bool:
    from quickcare.db.items import Doctor

    doctor = table.fetch(Doctor.key(practice.doctor_id))
    return doctor is not None and doctor.clinic_id == practice.clinic_id


def test_a_booking_during_the_deletion_is_refused_or_cancelled(practice: Practice, people: People, move: Move) -> None:
    times = [f"{hour:02d}:{minute:02d}" for hour in (9, 10) for minute in (0, 15, 30, 45)]

    def act(number: int) -> Answer:
        if number == 4:
            return move.delete()
        who = (people.alice, people.bob)[number % 2]
        return practice.book(who, appointment_time=times[number])

    people.alice, people.bob  # noqa: B018 - they register before the race
    answers = at_once(8, act)
    leftovers.work_off()
    booked = [answer for answer in answers if isinstance(answer, Answer) and answer.status == 201]
    for answer in booked:
        who = people.alice if answer.json["patient"]["id"] == people.alice.id else people.bob
        assert require_consistent(practice, who, answer.json["id"]).status == "cancelled"
    assert isinstance(answers[4], Answer)
    assert answers[4].status == 200


def test_a_worker_and_a_patient_who_cancels_do_not_both_end_it(practice: Practice, people: People, move: Move) -> None:
    for number in range(4):
        practice.set_doctor(clinic_id=practice.clinic_id)
        appointment_id = practice.booked(people.alice, appointment_time=f"09:{15 * number:02d}")
        practice.set_doctor(clinic_id=None)
        record = job("doctor", str(practice.doctor_id))
        acts: list[Callable[[], object]] = [
            lambda record=record: leftovers.work([record]),  # type: ignore[misc]  # a default argument
            lambda one=appointment_id: practice.cancel(people.alice, one).status,  # type: ignore[misc]
            lambda record=record: leftovers.work([record]),  # type: ignore[misc]
        ]
        done = at_once(3, lambda n, acts=acts: acts[n]())  # type: ignore[misc]
        assert done == [[], 200, []]
        assert require_consistent(practice, people.alice, appointment_id).status == "cancelled"

"""appointments.leftovers: what can no longer take place blocks nobody, and its patient is told (invariant 7)."""

import json
from typing import Any

import pytest
from quickcare import aws, clock
from quickcare.clinic import leftovers as jobs
from quickcare.db import table
from quickcare.db.items import Appointment, Clinic, DayLedger, PatientCalendar
from quickcare.settings import settings

from tests import faults, leftovers
from tests import practice as making
from tests.appointments import moving
from tests.appointments.moving import Move
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.faults import failing
from tests.leftovers import Hurried
from tests.people import People
from tests.practice import MONDAY, Practice, change_item, window

CANNOT = "cannot take place"


def held(practice: Practice, patient_id: str) -> tuple[dict[str, int], set[str]]:
    """What is taken of the doctor's Monday, and what the patient's calendar holds."""
    ledger, calendar = table.fetch(DayLedger.key(practice.doctor_id, MONDAY), PatientCalendar.key(patient_id))
    return ledger.taken if ledger else {}, set(calendar.live) if calendar else set()


def test_appointments_at_the_old_clinic_do_not_fill_the_window_at_the_new_one(
    practice: Practice, people: People, move: Move
) -> None:
    # GIVEN two appointments in a window for two, and the doctor in another clinic
    practice.plan(window(max_patients=2))
    kept = [practice.booked(people.alice), practice.booked(people.bob, appointment_time="09:15")]
    move.over()
    making.plan(practice.doctor_id, move.other_clinic, (window(max_patients=2),))
    # WHEN the worker has run
    assert leftovers.work_off() == 2
    # THEN the window takes two, the same patients among them, at the same times
    assert practice.book(people.bob).status == 201
    assert practice.book(people.alice, appointment_time="09:15").status == 201
    # AND what cannot take place says so, and stays live
    for who, one in zip((people.alice, people.bob), kept, strict=True):
        shown = move.mine(who, one)
        assert (shown["status"], shown["needs_attention"]) == ("pending", "doctor_left")


def test_the_patient_gets_one_sms(practice: Practice, people: People, move: Move) -> None:
    practice.booked(people.alice)
    sms_to(people.alice.contact)
    move.over()
    leftovers.work_off()
    (text,) = sms_to(people.alice.contact)
    assert CANNOT in text
    assert "Dora Iyer" in text


def test_patient_or_owner_ends_it_and_the_doctor_does_not(practice: Practice, people: People, move: Move) -> None:
    # GIVEN two appointments that cannot take place
    first, second = practice.booked(people.alice), practice.booked(people.bob, appointment_time="09:15")
    move.over()
    leftovers.work_off()
    sms_to(people.dora.contact)
    # THEN neither the doctor nor the new owner can do anything about them
    assert practice.move(first, "confirmed").status == 404
    path = f"/api/appointments/clinic/{move.other_clinic}/{first}/"
    assert practice.api.patch(path, {"status": "cancelled"}, move.other_owner.access).status == 404
    # AND the patient ends one, the owner of the old clinic the other
    assert practice.cancel(people.alice, first).json["cancelled_by"] == "patient"
    ended = move.end(second, cancellation_reason="Dr. Iyer left us.")
    assert (ended.status, ended.json["cancelled_by"]) == (200, "clinic")
    assert ended.json["cancellation_reason"] == "Dr. Iyer left us."
    # AND the doctor who left hears of neither
    assert sms_to(people.dora.contact) == []


def test_a_leave_and_a_deleted_window_of_the_new_clinic_name_nothing_of_the_old(
    practice: Practice, people: People, move: Move
) -> None:
    practice.booked(people.alice)
    move.over()
    leftovers.work_off()
    leave = {"start_date": MONDAY, "end_date": MONDAY}
    answer = practice.api.post("/api/doctors/me/leaves/", leave, people.dora.access)
    assert (answer.status, answer.json["conflicting_appointments"]) == (201, [])
    path = f"/api/doctors/{practice.doctor_id}/availability/?slot_id=7"
    assert practice.api.delete(path, people.dora.access).status == 204


def test_appointments_of_a_deleted_clinic_are_cancelled_and_both_sides_are_told(
    practice: Practice, people: People, move: Move
) -> None:
    first = practice.booked(people.alice)
    sms_to(people.alice.contact)
    # WHEN the owner deletes the clinic
    assert move.delete().json["conflicting_appointments"] == [first]
    leftovers.work_off()
    # THEN the appointment is cancelled by the clinic
    shown = move.mine(people.alice, first)
    assert (shown["status"], shown["cancelled_by"], shown["needs_attention"]) == ("cancelled", "clinic", None)
    # AND patient and doctor get one SMS each; the doctor's and the patient's time is free
    texts = sms_to(people.alice.contact)
    assert [("cancelled by the clinic" in text) for text in texts] == [True]
    assert held(practice, people.alice.id) == ({}, set())


def test_the_doctor_is_told_of_a_deleted_clinic(practice: Practice, people: People, move: Move) -> None:
    practice.booked(people.alice)
    sms_to(people.dora.contact)
    move.delete()
    leftovers.work_off()
    (text,) = sms_to(people.dora.contact)
    assert "The appointment of Alice Rao" in text
    assert text.endswith("was cancelled by the clinic.")


def test_an_administrators_deactivation_leaves_appointments_standing(
    practice: Practice, people: People, move: Move
) -> None:
    first = practice.booked(people.alice)
    moving.close(practice.clinic_id)
    leftovers.work([_record("clinic", practice.clinic_id), _record("doctor", str(practice.doctor_id))])
    assert move.mine(people.alice, first)["needs_attention"] is None
    assert held(practice, people.alice.id) == ({"09:00": first}, {str(first)})


def test_a_doctor_who_leaves_a_closed_clinic_leaves_it_closed(practice: Practice, people: People, move: Move) -> None:
    first = practice.booked(people.alice)
    moving.close(practice.clinic_id)
    practice.set_doctor(clinic_id=None)
    leftovers.work([_record("doctor", str(practice.doctor_id))])
    assert move.mine(people.alice, first)["needs_attention"] == "clinic_closed"
    # AND of a closed clinic its owner sees and ends what needs attention
    assert [one["id"] for one in move.listed().json] == [first]
    assert move.end(first).status == 200


def test_an_owner_deletes_a_clinic_that_an_administrator_closed(practice: Practice, people: People, move: Move) -> None:
    first = practice.booked(people.alice)
    moving.close(practice.clinic_id)
    assert move.delete().status == 200
    leftovers.work_off()
    assert move.mine(people.alice, first)["status"] == "cancelled"
    assert move.delete().status == 404


def test_a_clinic_that_was_opened_again_keeps_its_appointments(practice: Practice, people: People, move: Move) -> None:
    """A job comes when the clinic is no longer deleted and the doctor is back."""
    first = practice.booked(people.alice)
    move.delete()
    change_item(Clinic.key(practice.clinic_id), {"is_active": True, "deleted_at": None})
    move.to(practice.clinic_id, practice.owner)
    leftovers.work_off()
    assert move.mine(people.alice, first)["status"] == "pending"


def test_a_doctor_who_came_back_before_the_worker_ran_keeps_them(
    practice: Practice, people: People, move: Move
) -> None:
    first = practice.booked(people.alice)
    move.away()
    move.to(practice.clinic_id, practice.owner)
    assert leftovers.work_off() == 2
    assert move.mine(people.alice, first)["needs_attention"] is None
    assert practice.move(first, "confirmed").status == 200


def test_what_was_taken_out_stays_so_when_the_doctor_comes_back(practice: Practice, people: People, move: Move) -> None:
    # GIVEN an appointment whose doctor left and came back, and whose slot was sold again
    first = practice.booked(people.alice)
    move.away()
    leftovers.work_off()
    move.to(practice.clinic_id, practice.owner)
    practice.plan(window())
    second = practice.booked(people.bob)
    leftovers.work_off()
    # THEN it can only be cancelled, and that frees nothing of the other
    refused = practice.move(first, "confirmed")
    assert (refused.status, refused.json["allowed_transitions"]) == (400, ["cancelled"])
    assert practice.move(first, "cancelled").status == 200
    assert held(practice, people.bob.id) == ({"09:00": second}, {str(second)})


def test_what_has_begun_is_left_alone(practice: Practice, people: People, move: Move, time: FakeClock) -> None:
    first = practice.booked(people.alice)
    later = practice.booked(people.bob, appointment_time="09:15")
    practice.set_doctor(clinic_id=None)
    time.advance(hours=21, minutes=40)  # Monday, 09:10
    assert leftovers.work([_record("doctor", str(practice.doctor_id))]) == []
    found = table.fetch_all([Appointment.key(first), Appointment.key(later)])
    assert [one and one.needs_attention for one in found] == [None, "doctor_left"]


def test_jobs_may_come_twice_and_in_any_order(practice: Practice, people: People, move: Move) -> None:
    """Away, over and back: whatever order the jobs come in, the end is the same, and there is one SMS."""
    first = practice.booked(people.alice)
    sms_to(people.alice.contact)
    move.over()
    records = leftovers.received()
    assert len(records) == 2
    for record in [*reversed(records), *records]:
        assert leftovers.work([record]) == []
    assert move.mine(people.alice, first)["needs_attention"] == "doctor_left"
    assert len(sms_to(people.alice.contact)) == 1


def test_the_earliest_comes_first_and_the_rest_at_once(practice: Practice, people: People, move: Move) -> None:
    first, second = practice.booked(people.alice), practice.booked(people.bob, appointment_time="09:15")
    practice.set_doctor(clinic_id=None)
    record = _record("doctor", str(practice.doctor_id))
    # WHEN the time is enough for one
    assert leftovers.work([record], Hurried(1)) == []
    assert move.mine(people.alice, first)["needs_attention"] == "doctor_left"
    assert move.mine(people.bob, second)["needs_attention"] is None
    # THEN the same job is in the queue anew, and does the other
    (again,) = leftovers.received()
    assert json.loads(again["body"]) == {**json.loads(record["body"]), "correlation_id": None}
    assert leftovers.work([again]) == []
    assert move.mine(people.bob, second)["needs_attention"] == "doctor_left"


@pytest.mark.parametrize("about", ["doctor", "clinic"])
def test_many_leftovers_take_many_runs_and_each_patient_one_sms(
    practice: Practice, people: People, move: Move, about: str
) -> None:
    """Each run has time for two, and comes twice."""
    times = [f"{hour:02d}:{minute:02d}" for hour in (9, 10) for minute in (0, 15, 30)]
    for number, time in enumerate(times):
        practice.booked((people.alice, people.bob)[number % 2], appointment_time=time)
    sms_to(people.alice.contact)
    move.away() if about == "doctor" else move.delete()
    records = [one for one in leftovers.received() if json.loads(one["body"])["about"] == about]
    runs = 0
    while records:
        for record in records * 2:
            assert leftovers.work([record], Hurried(2)) == []
            runs += 1
        records = leftovers.received()[:1]
    assert runs in (4, 6)
    texts = sms_to(people.alice.contact)
    assert len(texts) == len(set(texts)) == 3
    assert held(practice, people.bob.id) == ({}, set())


def test_a_run_without_progress_is_counted_by_the_queue(practice: Practice, people: People, move: Move) -> None:
    practice.booked(people.alice)
    practice.set_doctor(clinic_id=None)
    record = _record("doctor", str(practice.doctor_id))
    assert leftovers.work([record], Hurried(0)) == [record["messageId"]]
    assert leftovers.received() == []


def test_a_job_that_cannot_be_sent_anew_stays_in_the_queue(practice: Practice, people: People, move: Move) -> None:
    practice.booked(people.alice)
    second = practice.booked(people.bob, appointment_time="09:15")
    practice.set_doctor(clinic_id=None)
    record = _record("doctor", str(practice.doctor_id))
    with failing("sqs", "SendMessage"):
        assert leftovers.work([record], Hurried(1)) == [record["messageId"]]
    assert leftovers.work([record]) == []
    assert move.mine(people.bob, second)["needs_attention"] == "doctor_left"


def test_one_that_fails_does_not_keep_back_the_others(
    practice: Practice, people: People, move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = practice.booked(people.alice), practice.booked(people.bob, appointment_time="09:15")
    practice.set_doctor(clinic_id=None)
    # GIVEN an appointment that no code can settle: its date is none
    change_item(Appointment.key(first), {"appointment_date": "soon"})
    record = _record("doctor", str(practice.doctor_id))
    assert leftovers.work([record]) == [record["messageId"]]
    assert move.mine(people.bob, second)["needs_attention"] == "doctor_left"


@pytest.mark.parametrize("body", ["", "{}", '{"about": "doctor", "id": "x"}'])
def test_a_malformed_job_stays_in_the_queue(practice: Practice, body: str) -> None:
    assert leftovers.work([{**_record("doctor", "1"), "body": body}]) == ["m-doctor-1"]


@pytest.mark.parametrize(("about", "about_id"), [("doctor", "1"), ("clinic", "nobody's")])
def test_a_job_about_nobody_does_nothing(practice: Practice, about: str, about_id: str) -> None:
    assert leftovers.work([_record(about, about_id)]) == []


def test_a_job_that_a_request_could_not_relay_waits_for_the_sweep(
    practice: Practice, people: People, move: Move
) -> None:
    first = practice.booked(people.alice)
    aws.client("sqs").delete_queue(QueueUrl=settings().leftovers_queue_url)
    move.away()
    assert leftovers_waiting() == 1
    aws.client("sqs").create_queue(QueueName="leftovers")
    for job in jobs.pending(clock.now().replace(year=2027), 10):
        assert jobs.relay(job)
    assert leftovers_waiting() == 0
    leftovers.work_off()
    assert move.mine(people.alice, first)["needs_attention"] == "doctor_left"


def leftovers_waiting() -> int:
    return len(faults.items(kind="Job"))


def _record(about: str, about_id: str) -> dict[str, Any]:
    body = json.dumps({"about": about, "id": about_id})
    return {**leftovers.EVENT, "messageId": f"m-{about}-{about_id}", "body": body}

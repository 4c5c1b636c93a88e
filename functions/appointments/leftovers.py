"""Takes out the appointments that can no longer take place (invariant 7): jobs of `clinic.leftovers`, out of a queue.

A job says where to look: at a doctor's appointments or at a clinic's. What is to be done follows from what the table
says of each appointment at that moment, and is one transaction. Before the appointments of a clinic come its members
and the directory rows of its doctors, which follow a deletion or a move. So jobs may come twice, late and in any order,
and one that died in between does the rest when it comes again. One whose time runs out sends its job anew for the rest,
which so need not wait until the queue shows the job again.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import budget, clock, queues
from quickcare.clinic import appointment_details, calendar, changes, closing, doctors_list, leftovers, notices, slots
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.db import keys, table
from quickcare.db.items import Appointment, AppointmentPointer, Clinic, Doctor
from quickcare.db.operations import Check, Operation, unchanged
from quickcare.db.table import decide_again
from quickcare.observability import count, follow, following, logger, show
from quickcare.sms import texts

DOCTOR_LEFT, CLINIC_CLOSED = "doctor_left", "clinic_closed"
_TIME_FOR_ONE = 25_000  # milliseconds; one that many want to change at the same time waits for them
_PAGE = 200


class Unfinished(Exception):
    """Some appointments of a job are still to be done; it comes again."""


@logger.inject_lambda_context
@budget.kept
def handler(event: dict[str, Any], context: LambdaContext) -> queues.Kept:
    """Do each job of the batch; answers which ones the queue must keep."""
    failed = [record for record in event["Records"] if not _is_done(record, context)]
    return queues.kept(failed)


@following(None)
def _is_done(record: queues.Record, context: LambdaContext) -> bool:
    try:
        body = json.loads(record["body"])
        follow(body.get("correlation_id"))
        _do(body["about"], body["id"], context)
    except Exception as error:  # noqa: BLE001 - one job must not fail the others
        logger.error("leftovers are not all taken out", queue_id=record["messageId"], error=type(error).__name__)
        show(error)
        return False
    return True


def _do(about: str, about_id: str, context: LambdaContext) -> None:
    """Settle the appointments that a job is about, the earliest first. One that fails does not keep back the others.

    When the time runs out, the job is sent anew. Raises Unfinished when one failed, or when the time ran out before
    anything was changed: what makes no progress must wait and be counted by the queue.
    """
    changed, failed = 0, 0 if about == leftovers.DOCTOR or _has_followed(about_id, clock.now()) else 1
    for pointer in _live(about, about_id, slots.today(clock.now())):
        if context.get_remaining_time_in_millis() < _TIME_FOR_ONE:
            return _go_on(about, about_id, changed)
        try:
            changed += settle(pointer, clock.now())
        except Exception as error:  # noqa: BLE001 - see above
            number = int(pointer.appointment_id)
            logger.error("an appointment was not settled", appointment_id=number, error=type(error).__name__)
            show(error)
            failed += 1
    if failed:
        raise Unfinished
    return None


def _has_followed(clinic_id: str, now: datetime) -> bool:
    """Let what a change of a clinic left behind follow it: the members of a deleted one are released, and its doctors
    listed where it is now. Returns whether all is done."""
    try:
        clinic = table.fetch(Clinic.key(clinic_id))
        if clinic and clinic.deleted_at is not None:
            closing.release(clinic_id, now)
            closing.unlist(clinic, clinic.deleted_at)
        return clinic is None or clinic.relisting is None or doctors_list.relist(clinic, now)
    except Exception as error:  # noqa: BLE001 - the appointments must not wait for it
        logger.error("a clinic was not followed", clinic_id=clinic_id, error=type(error).__name__)
        show(error)
        return False


def _go_on(about: str, about_id: str, changed: int) -> None:
    """Send the job anew for what is left: it finds what this run did not change. Raises Unfinished when that is all."""
    if not changed:
        raise Unfinished
    leftovers.send(about, about_id)
    logger.info("leftovers go on in another run", about=about, changed=changed)


def _live(about: str, about_id: str, today: date) -> Iterator[AppointmentPointer]:
    """The live appointments of a doctor or a clinic from today on that may have to be settled, the earliest first:
    1 read, and 2 for each page."""
    doctor = table.fetch(Doctor.key(int(about_id))) if about == leftovers.DOCTOR else None
    pk = keys.user(doctor.user_id) if doctor else keys.clinic(about_id)
    prefix, after = keys.CONSULTATION_PREFIX if doctor else keys.APPOINTMENT_PREFIX, None
    within = AppointmentPointer.sk.between(f"{prefix}{today.isoformat()}", f"{prefix}~")
    while True:
        found, after = table.page(AppointmentPointer, pk, within, _PAGE, after)
        # Where the doctor works now, nothing is left over; if they leave, that is another job.
        elsewhere = [one for one in found if doctor is None or one.clinic_id != doctor.clinic_id]
        items = table.fetch_all([Appointment.key(int(one.appointment_id)) for one in elsewhere])
        may_change = calendar.holds_time if doctor else changes.is_live  # A doctor's marked ones are done.
        yield from (one for one, item in zip(elsewhere, items, strict=True) if item and may_change(item))
        if after is None:
            return


@decide_again
def settle(of: Appointment | AppointmentPointer, now: datetime) -> bool:
    """Cancel an appointment whose clinic was deleted, mark one whose doctor has left; leave any other as it is, and
    what has begun: 1 read, 1 write. Returns whether it changed.
    """
    details = appointment_details.fetch([of])[0]
    appointment = details.appointment
    if not changes.is_live(appointment) or _has_begun(appointment, now):
        return False
    if details.clinic.deleted_at is not None:
        _cancel(details, now)
        return True
    if calendar.holds_time(appointment) and details.doctor.clinic_id != appointment.clinic_id:
        _mark(details, now)
        return True
    return False


def _has_begun(appointment: Appointment, now: datetime) -> bool:
    return slots.is_past(date.fromisoformat(appointment.appointment_date), appointment.appointment_time, now)


def _cancel(details: AppointmentDetails, now: datetime) -> None:
    still_deleted = Check(Clinic.key(details.clinic.id), Clinic.deleted_at.exists())
    changes.cancel_by_clinic(details, None, now, clinic=still_deleted)
    count("AppointmentCancelledByClinic")


def _mark(details: AppointmentDetails, now: datetime) -> None:
    doctor, clinic = details.doctor, details.clinic
    checks: dict[str, Operation] = {
        "doctor": Check(Doctor.key(int(doctor.id)), unchanged(doctor, "clinic_id")),
        "clinic": Check(Clinic.key(clinic.id), unchanged(clinic, "is_active", "deleted_at")),
    }
    reason = DOCTOR_LEFT if clinic.is_active else CLINIC_CLOSED
    told = [notices.to_patient(details, texts.appointment_cannot_take_place, now)]
    changes.write(details, {"needs_attention": reason, "updated_at": now}, told, **checks)
    count("AppointmentTakenOut")

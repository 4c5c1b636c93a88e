"""How an appointment moves on (invariants 8 and 9): each move is one transaction under the status it was
decided on, and a move out of the live statuses gives slot and hour back in it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from quickcare.db import table
from quickcare.db.items import OutboxSms
from quickcare.db.operations import Refused
from quickcare.errors import BadRequest, Conflict, Forbidden
from quickcare.sms import outbox, texts

from appointments import lists, writes
from appointments.repository import AppointmentDetails
from appointments.schemas import CancelAppointment, ChangeAppointment
from appointments.status import Status, check_step

_ATTEMPTS = 10
_TEXTS = {Status.CONFIRMED: texts.appointment_confirmed, Status.CANCELLED: texts.appointment_cancelled}


def cancel(patient_id: str, appointment_id: int, body: CancelAppointment, now: datetime) -> AppointmentDetails:
    """A patient cancels. Raises NotFound, Forbidden (any other status), BadRequest (it is finished)."""

    def decide(visited: AppointmentDetails) -> tuple[dict[str, Any], None]:
        if body.status is not Status.CANCELLED:
            raise Forbidden("Patients can only cancel an appointment.")
        status = Status(visited.appointment.status)
        if not status.is_live:
            raise BadRequest(f"An appointment that is {status} cannot be cancelled.")
        reason = body.cancellation_reason
        return {"status": Status.CANCELLED, "cancelled_by": "patient", "cancellation_reason": reason}, None

    return _move(lambda: lists.own(patient_id, appointment_id), decide, now)


def change(doctor_user_id: str, appointment_id: int, body: ChangeAppointment, now: datetime) -> AppointmentDetails:
    """A doctor moves the status and writes notes, fee and payment. Raises NotFound, Forbidden, ForbiddenStep."""
    sent = body.model_dump(exclude_unset=True)
    if "fee_charged" in sent:
        sent["fee_charged"] = f"{sent['fee_charged']:.2f}"

    def decide(visited: AppointmentDetails) -> tuple[dict[str, Any], OutboxSms | None]:
        wanted = dict(sent)
        if visited.appointment.cancelled_by == "patient":
            wanted.pop("cancellation_reason", None)  # The patient's own words stay.
        if "status" not in wanted:
            return wanted, None
        check_step(Status(visited.appointment.status), body.status)
        if body.status is Status.CANCELLED:
            wanted["cancelled_by"] = "doctor"
        return wanted, _notice(visited, body.status, now)

    return _move(lambda: lists.of_doctor(doctor_user_id, appointment_id), decide, now)


def _notice(visited: AppointmentDetails, status: Status, now: datetime) -> OutboxSms | None:
    """The SMS that tells the patient, when this status is one they are told of."""
    if status not in _TEXTS:
        return None
    appointment = visited.appointment
    text = _TEXTS[status](appointment.appointment_date, appointment.appointment_time, visited.doctor_user.name)
    return outbox.sms(int(visited.patient.contact), text, now)


def _move(
    read: Callable[[], AppointmentDetails],
    decide: Callable[[AppointmentDetails], tuple[dict[str, Any], OutboxSms | None]],
    now: datetime,
) -> AppointmentDetails:
    """Read, decide, write; again when the status moved in between. Raises Conflict when it never stands still."""
    for attempt in range(_ATTEMPTS):
        visited = read()
        wanted, sms = decide(visited)
        wanted |= {"updated_at": now}
        try:
            writes.change(visited.appointment, wanted, sms)
        except Refused:
            table.back_off(attempt)
            continue
        if sms:
            outbox.relay(sms)
        for name, value in wanted.items():
            setattr(visited.appointment, name, value)
        return visited
    raise Conflict(retry_after=1)

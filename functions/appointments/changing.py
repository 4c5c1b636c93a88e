"""How an appointment changes after it was booked (invariants 8 and 9).

Each change is one write, which DynamoDB does only while the appointment has the status that was read. When the
appointment is no longer live after it, the same transaction frees its patient's time; only cancelling frees the slot.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from quickcare.clinic import slots
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db import table
from quickcare.db.items import Appointment, OutboxSms, PatientClinic
from quickcare.db.operations import Operation, Update, setting, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Forbidden, Invalid
from quickcare.sms import outbox, texts

from appointments import calendar, clinic_list, ledger, lists, notices
from appointments.schemas import CancelAppointment, ChangeAppointment
from appointments.status import check_step

_TEXTS = {Status.CONFIRMED: texts.appointment_confirmed, Status.CANCELLED: texts.appointment_cancelled}


@decide_again
def cancel(patient_id: str, appointment_id: int, body: CancelAppointment, now: datetime) -> AppointmentDetails:
    """A patient cancels; the doctor and the clinic's owner are told.

    Raises NotFound, Forbidden (any other status), BadRequest (it is not live any more).
    """
    details, owner = lists.own_with_owner(patient_id, appointment_id)
    if body.status is not Status.CANCELLED:
        raise Forbidden("Patients can only cancel an appointment.")
    _require_live(details)
    attributes = {"status": body.status, "cancelled_by": "patient", "cancellation_reason": body.cancellation_reason}
    told = [*notices.to_doctor(details, texts.cancelled_by_patient, now), *notices.to_desk(details, owner, now)]
    return write(details, {**attributes, "updated_at": now}, told)


@decide_again
def cancel_by_clinic(
    owner_id: str, clinic_id: str, appointment_id: int, body: CancelAppointment, now: datetime
) -> AppointmentDetails:
    """The owner of the clinic cancels; patient and doctor are told. Raises what `cancel` raises."""
    details = clinic_list.one(owner_id, clinic_id, appointment_id)
    if body.status is not Status.CANCELLED:
        raise Forbidden("Clinics can only cancel an appointment.")
    _require_live(details)
    return write(details, by_clinic(body.cancellation_reason, now), told_by_clinic(details, now))


def by_clinic(reason: str | None, now: datetime) -> dict[str, Any]:
    """What an appointment says that its clinic cancelled."""
    return {
        "status": Status.CANCELLED,
        "cancelled_by": "clinic",
        "cancellation_reason": reason,
        "updated_at": now,
    }


def told_by_clinic(details: AppointmentDetails, now: datetime) -> list[OutboxSms]:
    """The SMS to patient and doctor about an appointment that its clinic cancels."""
    patient = notices.to_patient(details, texts.appointment_cancelled_by_clinic, now)
    return [patient, *notices.to_doctor(details, texts.cancelled_by_clinic, now)]


def is_live(appointment: Appointment) -> bool:
    """Whether the appointment can still be cancelled: pending or confirmed."""
    return Status(appointment.status).is_live


def _require_live(details: AppointmentDetails) -> None:
    if not is_live(details.appointment):
        raise BadRequest(f"An appointment that is {details.appointment.status} cannot be cancelled.")


@decide_again
def change(doctor_user_id: str, appointment_id: int, body: ChangeAppointment, now: datetime) -> AppointmentDetails:
    """A doctor moves the status and writes notes, fee and payment.

    Raises NotFound, Forbidden, ForbiddenStep, Invalid (a reason for cancelling what is not cancelled).
    """
    details = lists.of_doctor(doctor_user_id, appointment_id)
    if body.cancellation_reason and Status.CANCELLED not in (body.status, details.appointment.status):
        raise Invalid("cancellation_reason", "Only an appointment that is cancelled has a cancellation reason.")
    attributes = {**body.model_dump(exclude_unset=True), "updated_at": now}
    if "fee_charged" in attributes:
        attributes["fee_charged"] = f"{body.fee_charged:.2f}"
    if details.appointment.cancelled_by == "patient":
        attributes.pop("cancellation_reason", None)  # The patient's own words stay.
    if "status" not in attributes:
        return write(details, attributes)
    can_take_place = details.appointment.needs_attention is None
    check_step(Status(details.appointment.status), body.status, can_take_place=can_take_place)
    if body.status is Status.CANCELLED:
        attributes["cancelled_by"] = "doctor"
    return write(details, attributes, _told_by_doctor(details, body.status, now))


def _told_by_doctor(details: AppointmentDetails, status: Status, now: datetime) -> list[OutboxSms]:
    """The SMS that tells the patient about the new status; none for a status of which no patient is told.

    Nobody is told that a time which has passed is confirmed.
    """
    appointment = details.appointment
    day = date.fromisoformat(appointment.appointment_date)
    if status not in _TEXTS or (status is Status.CONFIRMED and slots.is_past(day, appointment.appointment_time, now)):
        return []
    return [notices.to_patient(details, _TEXTS[status], now)]


def write(
    details: AppointmentDetails, attributes: dict[str, Any], told: Sequence[OutboxSms] = (), **checks: Operation
) -> AppointmentDetails:
    """Write these attributes, what depends on them and the SMS, if `checks` hold; the details with them: 1 write.

    Raises Refused when the status is no longer the one that was read.
    """
    appointment = details.appointment
    actions, same = setting(Appointment, attributes), unchanged(appointment, "status", "needs_attention")
    writes: dict[str, Operation] = {"appointment": Update(Appointment.key(int(appointment.id)), actions, same)}
    writes |= _given_back(appointment, attributes) | checks
    for number, sms in enumerate(told):
        writes |= outbox.accepted(sms, f"sms{number}")
    calendar.write_with(appointment.patient_id, attributes["updated_at"], **writes)
    table.gather([partial(outbox.relay, sms) for sms in told])
    for name, value in attributes.items():
        setattr(appointment, name, value)
    return details


def _given_back(appointment: Appointment, attributes: dict[str, Any]) -> dict[str, Operation]:
    """What an appointment gives back with these attributes: its patient's time when it is no longer live or cannot take
    place, its slot too unless it took place or was missed."""
    status = Status(attributes.get("status", appointment.status))
    is_marked = attributes.get("needs_attention") is not None
    if status.is_live and not is_marked:
        return {}
    writes = _count_less(appointment) if status in (Status.CANCELLED, Status.NO_SHOW) else {}
    if calendar.holds_time(appointment):
        writes |= calendar.without(appointment)
        if status is Status.CANCELLED or is_marked:
            writes["ledger"] = ledger.without(appointment)
    return writes


def _count_less(appointment: Appointment) -> dict[str, Operation]:
    """One appointment less in the count on which the rights of the clinic depend (`clinic/patients.py`)."""
    in_clinic = PatientClinic.key(appointment.patient_id, appointment.clinic_id)
    return {"patient_clinic": Update(in_clinic, [PatientClinic.appointments.add(-1)])}

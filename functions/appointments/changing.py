"""How an appointment changes after it was booked (invariants 8 and 9).

Each change is one write, which DynamoDB does only while the appointment has the status that was read. When the
appointment is no longer live after it, the same transaction frees its patient's time; only cancelling frees the slot.
"""

from datetime import date, datetime
from typing import Any

from quickcare.clinic import slots
from quickcare.db.items import Appointment, DoctorPatient, OutboxSms, PatientClinic
from quickcare.db.operations import Create, Operation, Update, setting, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Forbidden, Invalid
from quickcare.sms import outbox, texts

from appointments import calendar, ledger, lists
from appointments.repository import AppointmentDetails
from appointments.schemas import CancelAppointment, ChangeAppointment
from appointments.status import Status, check_step

_TEXTS = {Status.CONFIRMED: texts.appointment_confirmed, Status.CANCELLED: texts.appointment_cancelled}


@decide_again
def cancel(patient_id: str, appointment_id: int, body: CancelAppointment, now: datetime) -> AppointmentDetails:
    """A patient cancels. Raises NotFound, Forbidden (any other status), BadRequest (it is not live any more)."""
    details = lists.own(patient_id, appointment_id)
    if body.status is not Status.CANCELLED:
        raise Forbidden("Patients can only cancel an appointment.")
    status = Status(details.appointment.status)
    if not status.is_live:
        raise BadRequest(f"An appointment that is {status} cannot be cancelled.")
    attributes = {"status": body.status, "cancelled_by": "patient", "cancellation_reason": body.cancellation_reason}
    return _change(details, {**attributes, "updated_at": now}, None)


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
        return _change(details, attributes, None)
    check_step(Status(details.appointment.status), body.status)
    if body.status is Status.CANCELLED:
        attributes["cancelled_by"] = "doctor"
    return _change(details, attributes, _sms(details, body.status, now))


def _sms(details: AppointmentDetails, status: Status, now: datetime) -> OutboxSms | None:
    """The SMS that tells the patient about the new status; None for a status of which no patient is told.

    Nobody is told that a time which has passed is confirmed.
    """
    appointment = details.appointment
    day = date.fromisoformat(appointment.appointment_date)
    if status not in _TEXTS or (status is Status.CONFIRMED and slots.is_past(day, appointment.appointment_time, now)):
        return None
    text = _TEXTS[status](appointment.appointment_date, appointment.appointment_time, details.doctor_user.name)
    return outbox.sms(int(details.patient.contact), text, now)


def _change(details: AppointmentDetails, attributes: dict[str, Any], sms: OutboxSms | None) -> AppointmentDetails:
    """Write these attributes and what depends on the status; the details with them: 1 write.

    Raises Refused when the status is no longer the one that was read.
    """
    appointment = details.appointment
    actions, same = setting(Appointment, attributes), unchanged(appointment, "status", "needs_attention")
    writes: dict[str, Operation] = {"appointment": Update(Appointment.key(int(appointment.id)), actions, same)}
    if "status" in attributes and not Status(attributes["status"]).is_live:
        writes |= _end(appointment, Status(attributes["status"]))
    if sms:
        writes["sms"] = Create(sms)
    calendar.write_with(appointment.patient_id, attributes["updated_at"], **writes)
    if sms:
        outbox.relay(sms)
    for name, value in attributes.items():
        setattr(appointment, name, value)
    return details


def _end(appointment: Appointment, status: Status) -> dict[str, Operation]:
    """What an appointment that is no longer live gives back: its patient's time, when cancelled also its slot."""
    writes = _count_less(appointment, status)
    if calendar.holds_time(appointment):
        writes |= calendar.without(appointment)
        if status is Status.CANCELLED:
            writes["ledger"] = ledger.without(appointment)
    return writes


def _count_less(appointment: Appointment, status: Status) -> dict[str, Operation]:
    """One appointment less in the counts on which the rights of clinic and doctor depend (`clinic/patients.py`)."""
    writes: dict[str, Operation] = {}
    if status in (Status.CANCELLED, Status.NO_SHOW):
        in_clinic = PatientClinic.key(appointment.patient_id, appointment.clinic_id)
        writes["patient_clinic"] = Update(in_clinic, [PatientClinic.appointments.add(-1)])
    if status is Status.CANCELLED:
        with_doctor = DoctorPatient.key(int(appointment.doctor_id), appointment.patient_id)
        writes["doctor_patient"] = Update(with_doctor, [DoctorPatient.appointments.add(-1)])
    return writes

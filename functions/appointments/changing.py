"""What patient, doctor and clinic may change of an appointment; `quickcare.clinic.changes` writes it."""

from datetime import date, datetime

from quickcare.clinic import changes, notices, reminders, slots
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db.items import OutboxSms
from quickcare.db.table import decide_again
from quickcare.errors import Forbidden, Invalid
from quickcare.sms import texts

from appointments import clinic_list, lists
from appointments.schemas import CancelAppointment, ChangeAppointment
from appointments.status import check_step

_TEXTS = {Status.CONFIRMED: texts.appointment_confirmed, Status.CANCELLED: texts.appointment_cancelled}


def cancel(patient_id: str, appointment_id: int, body: CancelAppointment, now: datetime) -> AppointmentDetails:
    """A patient cancels; the doctor and the clinic's owner are told.

    Raises NotFound, Forbidden (any other status), BadRequest (it is not live any more).
    """
    if body.status is not Status.CANCELLED:
        changes.own(patient_id, appointment_id)  # What is not theirs is a 404 before anything else.
        raise Forbidden("Patients can only cancel an appointment.")
    return changes.cancel(patient_id, appointment_id, body.cancellation_reason, now)


@decide_again
def cancel_by_clinic(
    owner_id: str, clinic_id: str, appointment_id: int, body: CancelAppointment, now: datetime
) -> AppointmentDetails:
    """The owner of the clinic cancels; patient and doctor are told. Raises what `cancel` raises."""
    details = clinic_list.one(owner_id, clinic_id, appointment_id)
    if body.status is not Status.CANCELLED:
        raise Forbidden("Clinics can only cancel an appointment.")
    changes.require_live(details)
    return changes.cancel_by_clinic(details, body.cancellation_reason, now)


@decide_again
def change(
    doctor_user_id: str, appointment_id: int, body: ChangeAppointment, link_base: str, now: datetime
) -> AppointmentDetails:
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
        return changes.write(details, attributes)
    can_take_place = details.appointment.needs_attention is None
    check_step(Status(details.appointment.status), body.status, can_take_place=can_take_place)
    if body.status is Status.CANCELLED:
        attributes["cancelled_by"] = "doctor"
    told = _told_by_doctor(details, body.status, now)
    offer = reminders.of_missed(details.appointment, link_base, now) if body.status is Status.NO_SHOW else {}
    return changes.write(details, attributes, told, **offer)


def _told_by_doctor(details: AppointmentDetails, status: Status, now: datetime) -> list[OutboxSms]:
    """The SMS that tells the patient about the new status; none for a status of which no patient is told.

    Nobody is told that a time which has passed is confirmed.
    """
    appointment = details.appointment
    day = date.fromisoformat(appointment.appointment_date)
    if status not in _TEXTS or (status is Status.CONFIRMED and slots.is_past(day, appointment.appointment_time, now)):
        return []
    return [notices.to_patient(details, _TEXTS[status], now)]

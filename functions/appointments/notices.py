"""The SMS that tell patient and doctor what became of an appointment."""

from collections.abc import Callable
from datetime import datetime

from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.db.items import OutboxSms
from quickcare.sms import outbox

Text = Callable[[str, str, str], str]
"""A text of `quickcare.sms.texts` about a date, a time and a name."""


def to_patient(details: AppointmentDetails, text: Text, now: datetime) -> OutboxSms:
    """The SMS to the patient, which names the doctor."""
    return _sms(details, text, details.doctor_user.name, int(details.patient.contact), now)


def to_doctor(details: AppointmentDetails, text: Text, now: datetime) -> list[OutboxSms]:
    """The SMS to the doctor, which names the patient; none to a doctor who has left the clinic.

    One whose clinic was deleted is still told: they did not leave before it.
    """
    works_there = details.doctor.clinic_id == details.clinic.id or details.clinic.deleted_at is not None
    if details.appointment.needs_attention is not None or not works_there:
        return []
    return [_sms(details, text, details.patient.name, int(details.doctor_user.contact), now)]


def _sms(details: AppointmentDetails, text: Text, name: str, contact: int, now: datetime) -> OutboxSms:
    appointment = details.appointment
    return outbox.sms(contact, text(appointment.appointment_date, appointment.appointment_time, name), now)

"""The SMS that tell patient, doctor and clinic what became of an appointment."""

from collections.abc import Callable
from datetime import datetime

from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.db.items import OutboxSms, User
from quickcare.sms import outbox, texts
from quickcare.sms.texts import Text

About = Callable[[str, str, str, str], Text]
"""A text of `quickcare.sms.texts` about a date, a time, somebody's name and a clinic's."""


def to_patient(details: AppointmentDetails, about: About, now: datetime) -> OutboxSms:
    """The SMS to the patient, which names doctor and clinic."""
    return _sms(details, about, details.doctor_user, details.patient, now)


def to_doctor(details: AppointmentDetails, about: About, now: datetime) -> list[OutboxSms]:
    """The SMS to the doctor, which names patient and clinic; none to a doctor who has left the clinic.

    One whose clinic was deleted is still told: they did not leave before it.
    """
    works_there = details.doctor.clinic_id == details.clinic.id or details.clinic.deleted_at is not None
    if details.appointment.needs_attention is not None or not works_there:
        return []
    return [_sms(details, about, details.patient, details.doctor_user, now)]


def to_desk(details: AppointmentDetails, owner: User | None, now: datetime) -> list[OutboxSms]:
    """The SMS to the owner of the clinic that a patient has cancelled; none where the time is not free by that."""
    appointment = details.appointment
    if owner is None or not owner.is_active or appointment.needs_attention is not None:
        return []
    when = appointment.appointment_date, appointment.appointment_time
    about = details.patient.name, details.doctor_user.name, details.clinic.name
    return [outbox.to_user(owner, texts.patient_cancelled(*when, *about), now)]


def _sms(details: AppointmentDetails, about: About, named: User, to: User, now: datetime) -> OutboxSms:
    appointment, clinic = details.appointment, details.clinic
    text = about(appointment.appointment_date, appointment.appointment_time, named.name, clinic.name)
    return outbox.to_user(to, text, now)

"""What patients are told by SMS. The name comes last, so that a long one cuts nothing else."""

from quickcare.db.items import Appointment
from quickcare.sms import gsm7


def booked(appointment: Appointment, doctor_name: str) -> str:
    return _text(appointment, "is booked and waits for confirmation", doctor_name)


def confirmed(appointment: Appointment, doctor_name: str) -> str:
    return _text(appointment, "is confirmed", doctor_name)


def cancelled(appointment: Appointment, doctor_name: str) -> str:
    return _text(appointment, "was cancelled by the doctor", doctor_name)


def _text(appointment: Appointment, what: str, doctor_name: str) -> str:
    when = f"{appointment.appointment_date} at {appointment.appointment_time}"
    return gsm7.fit(f"QuickCare: your appointment on {when} {what}. Doctor: {gsm7.name(doctor_name)}")

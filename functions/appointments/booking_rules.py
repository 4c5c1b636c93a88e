"""Which appointments can be booked (invariants 5 to 7): the rules, over what `booking` has read."""

from datetime import datetime
from typing import NamedTuple

from quickcare.accounts import account
from quickcare.clinic import doctors, slots
from quickcare.db.items import (
    Clinic,
    DayLedger,
    Doctor,
    DoctorPatient,
    Membership,
    PatientClinic,
    PatientHour,
    Schedule,
    User,
)
from quickcare.errors import Conflict, Forbidden, Invalid
from quickcare.roles import Role
from quickcare.settings import settings

from appointments.schemas import BookAppointment

SLOT_TAKEN = "This time slot is already booked for the doctor."
WINDOW_FULL = "The doctor takes no more appointments in this part of the day."
CLOSED = "This doctor does not take appointments."
PATIENT_BUSY = "You already have an appointment at this date and time."


class Slot(NamedTuple):
    """The date (`YYYY-MM-DD`) and the time (`HH:MM`) that the patient wants, as they are stored."""

    date: str
    time: str


class BookingState(NamedTuple):
    """What the table says about patient, doctor and slot before the booking."""

    patient: User | None
    doctor: Doctor | None
    schedule: Schedule | None
    ledger: DayLedger | None
    patient_hour: PatientHour | None
    doctor_patient: DoctorPatient | None


class ClinicState(NamedTuple):
    """What the table says about the doctor's clinic before the booking: `patient_clinic` is None for a new patient."""

    doctor_user: User | None
    clinic: Clinic | None
    membership: Membership | None
    patient_clinic: PatientClinic | None


def require_patient(user: User | None) -> User:
    """The user who books. Raises Unauthorized (deactivated), Forbidden (not a patient)."""
    user = account.active(user)
    if user.role is not Role.PATIENT:
        raise Forbidden("Only patients can book appointments.")
    return user


def require_bookable(state: BookingState, body: BookAppointment, slot: Slot, now: datetime) -> Doctor:
    """The doctor, when this slot can be booked. Raises Invalid (date, doctor, mode or time), Conflict (taken, full)."""
    _check_date(body, slot, now)
    doctor = state.doctor
    if doctor is None:
        raise Invalid("doctor", "There is no such doctor.")
    if not doctors.takes_patients(doctor):
        raise Invalid("doctor", CLOSED)
    if body.mode == "video" and not doctor.offers_video_consultation:
        raise Invalid("mode", "This doctor does not offer video consultations.")
    _check_slot(state, doctor, body, slot)
    return doctor


def require_open(clinic_state: ClinicState) -> tuple[User, Clinic]:
    """The doctor's account and clinic. Raises Invalid when one of them is deactivated."""
    user, clinic = clinic_state.doctor_user, clinic_state.clinic
    if user is None or not user.is_active or clinic is None or not clinic.is_active:
        raise Invalid("doctor", CLOSED)
    return user, clinic


def _check_date(body: BookAppointment, slot: Slot, now: datetime) -> None:
    local = now.astimezone(settings().time_zone)
    if body.appointment_date < local.date():
        raise Invalid("appointment_date", "The appointment date cannot be in the past.")
    if slots.is_too_far(body.appointment_date, now):
        raise Invalid("appointment_date", f"Appointments can be booked up to {slots.MOST_DAYS_AHEAD} days ahead.")
    if slots.is_past(body.appointment_date, slot.time, local):
        raise Invalid("appointment_time", "The appointment time cannot be in the past.")


def _check_slot(state: BookingState, doctor: Doctor, body: BookAppointment, slot: Slot) -> None:
    day = slots.of_day(state.schedule, doctor.clinic_id, body.appointment_date)
    taken = state.ledger.times if state.ledger else {}
    if day.is_on_leave:
        raise Invalid("appointment_date", "Doctor is on leave on this date.")
    if body.appointment_time.second or not day.offers(slot.time):
        raise Invalid("appointment_time", "The doctor does not offer this time.")
    if slot.time in taken:
        raise Conflict(SLOT_TAKEN)
    if day.is_full(slot.time, taken):
        raise Conflict(WINDOW_FULL)
    if state.patient_hour:
        raise Conflict(PATIENT_BUSY)

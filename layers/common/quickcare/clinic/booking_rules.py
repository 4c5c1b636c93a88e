"""Which appointments can be booked (invariants 5 to 7): the rules, over what `booking` has read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from quickcare.accounts import account
from quickcare.clinic import doctors, patients, slots, staff, verification
from quickcare.clinic.appointment_views import BookAppointment
from quickcare.clinic.calendar import Entry
from quickcare.db.items import (
    Clinic,
    DayLedger,
    Doctor,
    Membership,
    PatientCalendar,
    PatientClinic,
    Schedule,
    User,
)
from quickcare.errors import Conflict, Forbidden, Invalid
from quickcare.settings import settings

SLOT_TAKEN = "This time slot is already booked for the doctor."
WINDOW_FULL = "The doctor takes no more appointments in this part of the day."
CLOSED = "This doctor does not take appointments."
PATIENT_BUSY = "You already have an appointment at this date and time."
TOO_MANY = "You already have {most} upcoming appointments. Please cancel one first."
TOO_MANY_THAT_DAY = "You already have {most} appointments with this doctor on this day."


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
    calendar: PatientCalendar | None


class ClinicState(NamedTuple):
    """What the table says about the doctor's clinic before the booking: `patient_clinic` is None for a new patient."""

    doctor_user: User | None
    clinic: Clinic | None
    membership: Membership | None
    patient_clinic: PatientClinic | None


def require_patient(user: User | None) -> User:
    """The user who books; 1 read when the account shows a staff role. Raises Unauthorized (deactivated), Forbidden (not
    a patient)."""
    user = account.active(user)
    if not patients.is_patient(user):
        raise Forbidden("Only patients can book appointments.")
    return user


def require_bookable(state: BookingState, body: BookAppointment, slot: Slot, now: datetime) -> tuple[Doctor, int]:
    """The doctor and the slot's length in minutes, when it can be booked.

    Raises Invalid (date, doctor, mode or time), Conflict (taken, full).
    """
    _check_date(body, slot, now)
    doctor = state.doctor
    if doctor is None:
        raise Invalid("doctor", "There is no such doctor.")
    if not doctors.takes_patients(doctor):
        raise Invalid("doctor", CLOSED)
    if body.mode == "video" and not doctor.offers_video_consultation:
        raise Invalid("mode", "This doctor does not offer video consultations.")
    return doctor, _length_of_free_slot(state, doctor, body, slot)


def require_open(clinic_state: ClinicState, day: date) -> tuple[User, Clinic]:
    """The doctor's account and clinic. Raises Invalid when one is deactivated, the clinic not verified, or the doctor
    begins there later."""
    user, clinic, membership = clinic_state.doctor_user, clinic_state.clinic, clinic_state.membership
    if user is None or not user.is_active or clinic is None or membership is None or not verification.is_open(clinic):
        raise Invalid("doctor", CLOSED)
    if not staff.has_joined(membership, day):
        raise Invalid("appointment_date", "The doctor does not work here yet on this date.")
    return user, clinic


def require_time_for(wanted: Entry, live: Sequence[Entry]) -> None:
    """Raises Conflict when the patient has an appointment at that time, or has too many (settings)."""
    if any(wanted.overlaps(entry) for entry in live):
        raise Conflict(PATIENT_BUSY)
    if not settings().address_rate_limits:
        return
    if len(live) >= (most := settings().max_live_appointments):
        raise Conflict(TOO_MANY.format(most=most))
    same_day = [entry for entry in live if (entry.doctor_id, entry.date) == (wanted.doctor_id, wanted.date)]
    if len(same_day) >= (most := settings().max_appointments_per_doctor_day):
        raise Conflict(TOO_MANY_THAT_DAY.format(most=most))


def _check_date(body: BookAppointment, slot: Slot, now: datetime) -> None:
    local = now.astimezone(settings().time_zone)
    if body.appointment_date < local.date():
        raise Invalid("appointment_date", "The appointment date cannot be in the past.")
    if slots.is_too_far(body.appointment_date, now):
        raise Invalid("appointment_date", f"Appointments can be booked up to {slots.MOST_DAYS_AHEAD} days ahead.")
    if slots.is_past(body.appointment_date, slot.time, now):
        raise Invalid("appointment_time", "The appointment time cannot be in the past.")


def _length_of_free_slot(state: BookingState, doctor: Doctor, body: BookAppointment, slot: Slot) -> int:
    day = slots.of_day(state.schedule, doctor.clinic_id, body.appointment_date)
    booked = slots.booked(state.ledger, state.schedule)
    if day.is_on_leave:
        raise Invalid("appointment_date", "Doctor is on leave on this date.")
    minutes = day.minutes_of_slot(slot.time)
    if body.appointment_time.second or minutes is None:
        raise Invalid("appointment_time", "The doctor does not offer this time.")
    if any(one.overlaps(slot.time, minutes) for one in booked):
        raise Conflict(SLOT_TAKEN)
    if day.is_full(slot.time, booked):
        raise Conflict(WINDOW_FULL)
    return minutes

"""Booking a slot (invariants 5-7 and 9; docs/architecture.md: Booking).

Two reads, a decision, and one transaction that only happens while everything the decision saw still holds. When it
does not, somebody was faster somewhere near: read again and decide again, so that only the decision refuses anybody.
"""

from datetime import datetime
from typing import NamedTuple

from quickcare import ids
from quickcare.accounts import limits
from quickcare.clinic import doctors, slots
from quickcare.db import table
from quickcare.db.items import Appointment, Clinic, Doctor, User
from quickcare.db.operations import Refused
from quickcare.errors import Conflict, Forbidden, Invalid, Unauthorized
from quickcare.roles import Role
from quickcare.settings import settings
from quickcare.sms import outbox, texts

from appointments import repository, writes
from appointments.repository import AppointmentDetails, BookingState, Place
from appointments.schemas import BookAppointment
from appointments.status import Status

_ATTEMPTS = 40
SLOT_TAKEN = "This time slot is already booked for the doctor."
WINDOW_FULL = "The doctor takes no more appointments in this part of the day."
CLOSED = "This doctor does not take appointments."
PATIENT_BUSY = "You already have an appointment at this date and time."


class _Wanted(NamedTuple):
    """A booking's day and minute as they are stored."""

    date: str
    time: str


def book(patient_id: str, body: BookAppointment, request_id: str | None, now: datetime) -> AppointmentDetails:
    """Book a free slot. `request_id` names a request that may be repeated; its repetition gets what it booked.

    Raises Invalid (time past, off the grid, in a leave; doctor not bookable), Conflict (slot taken, window full,
    patient busy), Forbidden (not a patient), Unauthorized (deactivated), TooManyRequests (a day).
    """
    wanted = _Wanted(body.appointment_date.isoformat(), body.appointment_time.isoformat("minutes"))
    for attempt in range(_ATTEMPTS):
        state = repository.booking_state(patient_id, body.doctor, *wanted)
        patient = _patient(state.patient)
        if done := _already_booked(state, request_id):
            return done
        doctor = _decide(state, body, wanted, now)
        where = repository.place(patient_id, doctor)
        doctor_user, clinic = _open(where)
        appointment = _appointment(patient, doctor, body, wanted, request_id, now)
        text = texts.appointment_booked(wanted.date, wanted.time, doctor_user.name)
        sms = outbox.sms(int(patient.contact), text, now)
        counted = limits.count_today(patient, limits.SMS, now)
        try:
            writes.book(appointment, state, where, sms, counted)
        except Refused:
            table.back_off(attempt)
            continue
        outbox.relay(sms)
        return AppointmentDetails(appointment, patient, doctor, doctor_user, clinic, where.membership)
    raise Conflict("Many people are booking right now. Please try again.", retry_after=1)


def _patient(user: User | None) -> User:
    if user is None or not user.is_active:
        raise Unauthorized
    if user.role is not Role.PATIENT:
        raise Forbidden("Only patients can book appointments.")
    return user


def _already_booked(state: BookingState, request_id: str | None) -> AppointmentDetails | None:
    """What this very request booked before its answer got lost: 1 more read, and only then."""
    if request_id is None or state.hour is None:
        return None
    appointment = table.fetch(Appointment.key(int(state.hour.appointment_id)))
    if appointment is None or appointment.request_id != request_id:
        return None
    return repository.details([appointment])[0]


def _decide(state: BookingState, body: BookAppointment, wanted: _Wanted, now: datetime) -> Doctor:
    """The doctor, when this slot may be booked; raises what `book` raises."""
    _check_date(body, now)
    doctor = state.doctor
    if doctor is None:
        raise Invalid("doctor", "There is no such doctor.")
    if not doctors.takes_patients(doctor):
        raise Invalid("doctor", CLOSED)
    if body.mode == "video" and not doctor.offers_video_consultation:
        raise Invalid("mode", "This doctor does not offer video consultations.")
    _check_slot(state, doctor, body, wanted)
    return doctor


def _open(where: Place) -> tuple[User, Clinic]:
    """The doctor's user and clinic. Raises Invalid when one of them is deactivated."""
    user, clinic = where.doctor_user, where.clinic
    if user is None or not user.is_active or clinic is None or not clinic.is_active:
        raise Invalid("doctor", CLOSED)
    return user, clinic


def _check_date(body: BookAppointment, now: datetime) -> None:
    local = now.astimezone(settings().time_zone)
    if body.appointment_date < local.date():
        raise Invalid("appointment_date", "The appointment date cannot be in the past.")
    if slots.is_too_far(body.appointment_date, now):
        raise Invalid("appointment_date", f"Appointments can be booked up to {slots.MOST_DAYS_AHEAD} days ahead.")
    if slots.is_past(body.appointment_date, body.appointment_time.isoformat("minutes"), local):
        raise Invalid("appointment_time", "The appointment time cannot be in the past.")


def _check_slot(state: BookingState, doctor: Doctor, body: BookAppointment, wanted: _Wanted) -> None:
    day = slots.of_day(state.schedule, doctor.clinic_id, body.appointment_date)
    taken = state.ledger.times if state.ledger else {}
    if day.is_on_leave:
        raise Invalid("appointment_date", "Doctor is on leave on this date.")
    if body.appointment_time.second or not day.offers(wanted.time):
        raise Invalid("appointment_time", "The doctor does not offer this time.")
    if wanted.time in taken:
        raise Conflict(SLOT_TAKEN)
    if day.is_full(wanted.time, taken):
        raise Conflict(WINDOW_FULL)
    if state.hour:
        raise Conflict(PATIENT_BUSY)


def _appointment(
    patient: User, doctor: Doctor, body: BookAppointment, wanted: _Wanted, request_id: str | None, now: datetime
) -> Appointment:
    appointment_id = ids.new_int(now)
    return Appointment.key(appointment_id).item(
        id=appointment_id,
        patient_id=patient.id,
        doctor_id=doctor.id,
        doctor_user_id=doctor.user_id,
        clinic_id=doctor.clinic_id,
        appointment_date=wanted.date,
        appointment_time=wanted.time,
        appointment_type=body.appointment_type,
        mode=body.mode,
        reason=body.reason or body.notes,
        notes=body.notes or body.reason,
        status=Status.PENDING,
        fee_charged=doctor.first_visit_fee if body.appointment_type == "first_visit" else doctor.follow_up_fee,
        request_id=request_id,
        created_at=now,
        updated_at=now,
    )

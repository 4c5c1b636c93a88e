"""Booking a slot (invariants 5-7 and 9; docs/architecture.md: Booking).

Two reads, a decision (`booking_rules`), and one transaction that DynamoDB does only while everything that the decision
was based on still holds. When it does not hold, somebody changed something nearby, which need not be this slot:
therefore only the decision refuses a patient, never the write.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from quickcare import ids, tally
from quickcare.accounts import account, limits
from quickcare.clinic import (
    appointments,
    booking_rules,
    calendar,
    doctors,
    ledger,
    reminders,
    verification,
)
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.appointment_views import BookAppointment
from quickcare.clinic.booking_rules import BookingState, ClinicState, Slot
from quickcare.clinic.calendar import Entry
from quickcare.clinic.changes import Also
from quickcare.clinic.status import Status
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import (
    Appointment,
    AppointmentPointer,
    Clinic,
    DayLedger,
    Doctor,
    Membership,
    PatientCalendar,
    PatientClinic,
    Schedule,
    User,
)
from quickcare.db.operations import Check, Create, Keeping, Operation, Update, keep_nothing, unchanged
from quickcare.db.table import decide_again
from quickcare.observability import count
from quickcare.sms import outbox, texts
from quickcare.tally import Counted


def replay(patient_id: str, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a booking that is given again: 1 read. Raises Forbidden when they are no patient any more."""
    booking_rules.require_patient(table.fetch(User.key(patient_id)))
    return body


if TYPE_CHECKING:
    from quickcare.clinic.replacing import GivenUp


@decide_again
def book(
    patient_id: str,
    body: BookAppointment,
    link_base: str,
    now: datetime,
    *,
    keep: Keeping[[AppointmentDetails]] = keep_nothing,
    instead_of: "Callable[[], GivenUp] | None" = None,
    also: Also = dict,
) -> AppointmentDetails:
    """Book a free slot.

    `instead_of` reads, for each try, the appointment that the patient gives up for it (`clinic.replacing`), which is
    cancelled in the same transaction. `also` makes, for each try, what else is written with it and must hold.

    Raises Invalid (time past, off the grid, in a leave; doctor not bookable), Conflict (slot taken, window full,
    patient busy or with too many appointments), Forbidden (not a patient), Unauthorized (deactivated),
    TooManyRequests (too many SMS today).
    """
    slot = Slot(body.appointment_date.isoformat(), body.appointment_time.isoformat("minutes"))
    state = _booking_state(patient_id, body.doctor, slot)
    given_up = instead_of() if instead_of else None
    if given_up:
        state = state._replace(ledger=given_up.leaves(state.ledger, slot.date))
    patient = booking_rules.require_patient(state.patient)
    doctor, minutes = booking_rules.require_bookable(state, body, slot, now)
    clinic_state, live = _clinic_state_and_calendar(patient_id, doctor, state, now)
    doctor_user, clinic = booking_rules.require_open(clinic_state, body.appointment_date)
    appointment = _appointment(patient, doctor, body, slot, minutes, now)
    appointment.clinic_owner_id = clinic.owner_id
    entry = Entry.of(appointment, minutes)
    live = [one for one in live if not (given_up and given_up.is_this(one.appointment_id))]
    booking_rules.require_time_for(entry, live)
    text = texts.appointment_booked(slot.date, slot.time, doctor_user.name, clinic.name)
    sms = outbox.to_user(patient, text, now)
    writes = _writes(appointment, state, clinic_state, [*live, entry])
    writes |= {**reminders.of_booking(appointment, link_base, now), **also()}
    if given_up:
        writes |= given_up.writes(slot.date)
    details = AppointmentDetails(appointment, patient, doctor, doctor_user, clinic, clinic_state.membership)
    writes |= {**outbox.accepted(sms), **keep(details)}
    table.write(patient=limits.count_today(patient, limits.SMS, now), **writes)
    told = (sms, *(given_up.told if given_up else ()))
    afterwards: list[Callable[[], object]] = [partial(tally.count, Counted.BOOKED, now)]
    afterwards += [partial(outbox.relay, one) for one in told]
    table.gather(afterwards)
    count("AppointmentBooked")
    return details


# Reads


def _booking_state(patient_id: str, doctor_id: int, slot: Slot) -> BookingState:
    """1 read."""
    wanted: list[Key[Any]] = [
        User.key(patient_id),
        Doctor.key(doctor_id),
        Schedule.key(doctor_id),
        DayLedger.key(doctor_id, slot.date),
        PatientCalendar.key(patient_id),
    ]
    return BookingState(*table.fetch_all(wanted))


def _clinic_state(patient_id: str, doctor: Doctor) -> ClinicState:
    """1 read. The doctor must have a clinic."""
    wanted: list[Key[Any]] = [
        User.key(doctor.user_id),
        Clinic.key(doctor.clinic_id),
        Membership.key(doctor.user_id, doctor.clinic_id),
        PatientClinic.key(patient_id, doctor.clinic_id),
    ]
    return ClinicState(*table.fetch_all(wanted))


def _clinic_state_and_calendar(
    patient_id: str, doctor: Doctor, state: BookingState, now: datetime
) -> tuple[ClinicState, list[Entry]]:
    """The doctor's workplace and the patient's live appointments: 1 read.

    A patient without a calendar costs 2 more, if they have appointments from before calendars existed.
    """
    if state.calendar is not None:
        return _clinic_state(patient_id, doctor), calendar.entries(state.calendar, now)
    clinic_state, pointers = table.parallel(
        lambda: _clinic_state(patient_id, doctor), lambda: appointments.upcoming(patient_id, now)
    )
    return clinic_state, calendar.from_appointments(pointers, now)


# The transaction


def _writes(
    appointment: Appointment, state: BookingState, clinic_state: ClinicState, live: Sequence[Entry]
) -> dict[str, Operation]:
    """Everything that a booking changes, under the condition that nothing which it was decided on has changed."""
    return {
        **_unchanged(appointment, state, clinic_state),
        "ledger": ledger.with_one(appointment, state.ledger),
        "calendar": calendar.write(appointment.patient_id, state.calendar, live),
        "appointment": Create(appointment),
        **_pointers(appointment),
        "patient_clinic": _one_more_in_clinic(appointment, clinic_state),
    }


def _unchanged(appointment: Appointment, state: BookingState, clinic_state: ClinicState) -> dict[str, Operation]:
    doctor_id = int(appointment.doctor_id)
    membership = Membership.key(appointment.doctor_user_id, appointment.clinic_id)
    version = state.schedule.version if state.schedule else 0
    return {
        "schedule": Check(Schedule.key(doctor_id), Schedule.version == version),
        "doctor": Check(Doctor.key(doctor_id), doctors.still_takes_patients(appointment.clinic_id)),
        "doctor_user": Check(User.key(appointment.doctor_user_id), account.still_active()),
        "clinic": Check(Clinic.key(appointment.clinic_id), verification.still_open()),
        "membership": Check(membership, unchanged(clinic_state.membership, "joined_at")),
    }


def _pointers(appointment: Appointment) -> dict[str, Operation]:
    date, time, number = appointment.appointment_date, appointment.appointment_time, int(appointment.id)
    ids = {name: getattr(appointment, name) for name in ("patient_id", "doctor_id", "doctor_user_id", "clinic_id")}
    sides = {
        "of_patient": AppointmentPointer.of_patient(appointment.patient_id, date, time, number),
        "of_doctor": AppointmentPointer.of_doctor(appointment.doctor_user_id, date, time, number),
        "of_clinic": AppointmentPointer.of_clinic(appointment.clinic_id, date, time, number),
    }
    return {name: Create(key.item(appointment_id=number, **ids)) for name, key in sides.items()}


def _one_more_in_clinic(appointment: Appointment, clinic_state: ClinicState) -> Operation:
    key = PatientClinic.key(appointment.patient_id, appointment.clinic_id)
    if clinic_state.patient_clinic or clinic_state.clinic is None:
        return Update(key, [PatientClinic.appointments.add(1)])
    owner_id = clinic_state.clinic.owner_id
    return Create(
        key.item(patient_id=appointment.patient_id, clinic_id=appointment.clinic_id, owner_id=owner_id, appointments=1)
    )


def _appointment(
    patient: User,
    doctor: Doctor,
    body: BookAppointment,
    slot: Slot,
    minutes: int,
    now: datetime,
) -> Appointment:
    appointment_id = ids.new_int(now)
    return Appointment.key(appointment_id).item(
        id=appointment_id,
        patient_id=patient.id,
        doctor_id=doctor.id,
        doctor_user_id=doctor.user_id,
        clinic_id=doctor.clinic_id,
        appointment_date=slot.date,
        appointment_time=slot.time,
        duration_minutes=minutes,
        appointment_type=body.appointment_type,
        mode=body.mode,
        reason=body.reason or body.notes,
        notes=body.notes or body.reason,
        status=Status.PENDING,
        fee_charged=doctor.first_visit_fee if body.appointment_type == "first_visit" else doctor.follow_up_fee,
        created_at=now,
        updated_at=now,
    )

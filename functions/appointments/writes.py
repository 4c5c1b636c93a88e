"""What `/api/appointments/` writes: one transaction under everything that was decided on."""

from typing import Any

from pynamodb.expressions.condition import Condition
from quickcare.clinic import doctors
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import (
    Appointment,
    AppointmentPointer,
    Clinic,
    DayLedger,
    Doctor,
    DoctorPatient,
    OutboxSms,
    PatientClinic,
    PatientHour,
    Schedule,
    User,
)
from quickcare.db.operations import Check, Create, Delete, Operation, Put, Update, is_true, setting

from appointments.repository import BookingState, Place
from appointments.status import Status


def book(appointment: Appointment, state: BookingState, where: Place, sms: OutboxSms, counted: Update) -> None:
    """Everything a booking changes, under everything it was decided on: 1 transaction. Raises Refused.

    `counted` is the patient's daily limit.
    """
    table.write(
        patient=counted,
        **_unchanged(appointment, state),
        ledger=_taken(appointment, state.ledger),
        hour=Create(_hour(appointment).item(appointment_id=appointment.id)),
        appointment=Create(appointment),
        **_pointers(appointment),
        visited=_one_more_in_clinic(appointment, where),
        consulted=_one_more_with_doctor(appointment, state.consulted),
        sms=Create(sms),
    )


def _unchanged(appointment: Appointment, state: BookingState) -> dict[str, Operation]:
    doctor_id, version = int(appointment.doctor_id), state.schedule.version if state.schedule else 0
    return {
        "schedule": Check(Schedule.key(doctor_id), Schedule.version == version),
        "doctor": Check(Doctor.key(doctor_id), doctors.still_takes_patients(appointment.clinic_id)),
        "doctor_user": Check(User.key(appointment.doctor_user_id), is_true(User.is_active)),
        "clinic": Check(Clinic.key(appointment.clinic_id), is_true(Clinic.is_active)),
    }


def _taken(appointment: Appointment, seen: DayLedger | None) -> Operation:
    taken = {**(seen.times if seen else {}), appointment.appointment_time: int(appointment.id)}
    version = int(seen.version) if seen else 0
    ledger = _ledger(appointment).item(taken=taken, version=version + 1)
    return Put(ledger, DayLedger.version == version) if seen else Create(ledger)


def _pointers(appointment: Appointment) -> dict[str, Operation]:
    date, time, number = appointment.appointment_date, appointment.appointment_time, int(appointment.id)
    ids = {name: getattr(appointment, name) for name in ("patient_id", "doctor_id", "doctor_user_id", "clinic_id")}
    sides = {
        "of_patient": AppointmentPointer.of_patient(appointment.patient_id, date, time, number),
        "of_doctor": AppointmentPointer.of_doctor(appointment.doctor_user_id, date, time, number),
        "of_clinic": AppointmentPointer.of_clinic(appointment.clinic_id, date, time, number),
    }
    return {name: Create(key.item(appointment_id=number, **ids)) for name, key in sides.items()}


def _one_more_in_clinic(appointment: Appointment, where: Place) -> Operation:
    key = PatientClinic.key(appointment.patient_id, appointment.clinic_id)
    if where.visited or where.clinic is None:
        return Update(key, [PatientClinic.appointments.add(1)])
    owner_id = where.clinic.owner_id
    return Create(
        key.item(patient_id=appointment.patient_id, clinic_id=appointment.clinic_id, owner_id=owner_id, appointments=1)
    )


def _one_more_with_doctor(appointment: Appointment, seen: DoctorPatient | None) -> Operation:
    key = DoctorPatient.key(int(appointment.doctor_id), appointment.patient_id)
    return Update(key, [DoctorPatient.appointments.add(1)]) if seen else Create(key.item(appointments=1))


def change(appointment: Appointment, wanted: dict[str, Any], sms: OutboxSms | None) -> None:
    """Change attributes, and with the status what hangs on it: 1 write. Raises Refused when the status has moved."""
    actions = setting(Appointment, wanted)
    seen: Condition = Appointment.status == appointment.status
    writes: dict[str, Operation] = {"appointment": Update(Appointment.key(int(appointment.id)), actions, seen)}
    if "status" in wanted and not Status(wanted["status"]).is_live:
        writes |= _release(appointment) | _forget(appointment, Status(wanted["status"]))
    if sms:
        writes["sms"] = Create(sms)
    table.write(**writes)


def _release(appointment: Appointment) -> dict[str, Operation]:
    slot, number = DayLedger.taken[appointment.appointment_time], int(appointment.id)
    # The version moves too, so that a booking that saw the slot taken decides again.
    free = [slot.remove(), DayLedger.version.add(1)]
    return {
        "ledger": Update(_ledger(appointment), free, slot == number),
        "hour": Delete(_hour(appointment), PatientHour.appointment_id == number),
    }


def _forget(appointment: Appointment, status: Status) -> dict[str, Operation]:
    """What a visit that did not happen no longer counts for."""
    writes: dict[str, Operation] = {}
    if status in (Status.CANCELLED, Status.NO_SHOW):
        in_clinic = PatientClinic.key(appointment.patient_id, appointment.clinic_id)
        writes["visited"] = Update(in_clinic, [PatientClinic.appointments.add(-1)])
    if status is Status.CANCELLED:
        with_doctor = DoctorPatient.key(int(appointment.doctor_id), appointment.patient_id)
        writes["consulted"] = Update(with_doctor, [DoctorPatient.appointments.add(-1)])
    return writes


def _ledger(appointment: Appointment) -> Key[DayLedger]:
    return DayLedger.key(int(appointment.doctor_id), appointment.appointment_date)


def _hour(appointment: Appointment) -> Key[PatientHour]:
    return PatientHour.key(appointment.patient_id, appointment.appointment_date, appointment.appointment_time)

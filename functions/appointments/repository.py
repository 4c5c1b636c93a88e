"""What `/api/appointments/` reads, each with its number of round trips."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import (
    Appointment,
    AppointmentPointer,
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


class AppointmentDetails(NamedTuple):
    """An appointment with everybody in it. The membership is the doctor's in this clinic."""

    appointment: Appointment
    patient: User
    doctor: Doctor
    doctor_user: User
    clinic: Clinic
    membership: Membership | None


class BookingState(NamedTuple):
    """What a booking is decided on."""

    patient: User | None
    doctor: Doctor | None
    schedule: Schedule | None
    ledger: DayLedger | None
    hour: PatientHour | None
    consulted: DoctorPatient | None


class Place(NamedTuple):
    """Where and by whom the patient would be seen."""

    doctor_user: User | None
    clinic: Clinic | None
    membership: Membership | None
    visited: PatientClinic | None


def booking_state(patient_id: str, doctor_id: int, date: str, time: str) -> BookingState:
    """1 read."""
    wanted: list[Key[Any]] = [
        User.key(patient_id),
        Doctor.key(doctor_id),
        Schedule.key(doctor_id),
        DayLedger.key(doctor_id, date),
        PatientHour.key(patient_id, date, time),
        DoctorPatient.key(doctor_id, patient_id),
    ]
    return BookingState(*table.fetch_all(wanted))


def place(patient_id: str, doctor: Doctor) -> Place:
    """1 read. The doctor must have a clinic."""
    wanted: list[Key[Any]] = [
        User.key(doctor.user_id),
        Clinic.key(doctor.clinic_id),
        Membership.key(doctor.user_id, doctor.clinic_id),
        PatientClinic.key(patient_id, doctor.clinic_id),
    ]
    return Place(*table.fetch_all(wanted))


def details(of: Iterable[Appointment | AppointmentPointer]) -> list[AppointmentDetails]:
    """The appointments with everybody in them, in the same order: 1 read."""
    sides = [_sides(one) for one in of]
    found: list[Any] = table.fetch_all([key for side in sides for key in side])
    width = len(AppointmentDetails._fields)
    return [AppointmentDetails(*found[start : start + width]) for start in range(0, len(found), width)]


def _sides(of: Appointment | AppointmentPointer) -> list[Key[Any]]:
    return [
        Appointment.key(int(of.id if isinstance(of, Appointment) else of.appointment_id)),
        User.key(of.patient_id),
        Doctor.key(int(of.doctor_id)),
        User.key(of.doctor_user_id),
        Clinic.key(of.clinic_id),
        Membership.key(of.doctor_user_id, of.clinic_id),
    ]


def pointers(
    pk: str,
    prefix: str,
    *,
    days: tuple[str, str] = ("", "~"),
    limit: int | None,
    after: str | None,
    newest_first: bool = True,
) -> list[AppointmentPointer]:
    """The pointers of one side between two days (both included), after the sort key `after`: 1 read."""
    first, last = days
    if first > last:
        return []  # DynamoDB refuses a range that ends before it begins.
    return list(
        AppointmentPointer.query(
            pk,
            AppointmentPointer.sk.between(f"{prefix}{first}", f"{prefix}{last}~"),
            consistent_read=True,
            scan_index_forward=not newest_first,
            limit=limit,
            last_evaluated_key=table.position(pk, after),
        )
    )


def clinics_of(patient_id: str, limit: int, after: str | None) -> list[PatientClinic]:
    """1 read."""
    return list(
        PatientClinic.query(
            keys.user(patient_id),
            PatientClinic.sk.startswith(keys.PATIENT_OF_PREFIX),
            consistent_read=True,
            limit=limit,
            last_evaluated_key=table.position(keys.user(patient_id), after),
        )
    )


def clinics(ties: Sequence[PatientClinic]) -> list[tuple[Clinic, User]]:
    """The clinics of these ties and their owners: 1 read."""
    wanted: list[Key[Any]] = [Clinic.key(tie.clinic_id) for tie in ties]
    found: list[Any] = table.fetch_all(wanted + [User.key(tie.owner_id) for tie in ties])
    return list(zip(found[: len(ties)], found[len(ties) :], strict=True))

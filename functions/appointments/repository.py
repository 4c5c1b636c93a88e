"""The reads that several modules of `/api/appointments/` share, each with its number of round trips."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, AppointmentPointer, Clinic, Doctor, Membership, User


class AppointmentDetails(NamedTuple):
    """An appointment with everybody in it. The membership is the doctor's in this clinic."""

    appointment: Appointment
    patient: User
    doctor: Doctor
    doctor_user: User
    clinic: Clinic
    membership: Membership | None


def details(of: Iterable[Appointment | AppointmentPointer]) -> list[AppointmentDetails]:
    """The appointments with everybody in them, in the same order: 1 read."""
    keys_of_each = [_keys(one) for one in of]
    found: list[Any] = table.fetch_all([key for keys in keys_of_each for key in keys])
    width = len(AppointmentDetails._fields)
    return [AppointmentDetails(*found[start : start + width]) for start in range(0, len(found), width)]


def _keys(of: Appointment | AppointmentPointer) -> list[Key[Any]]:
    return [
        Appointment.key(int(of.id if isinstance(of, Appointment) else of.appointment_id)),
        User.key(of.patient_id),
        Doctor.key(int(of.doctor_id)),
        User.key(of.doctor_user_id),
        Clinic.key(of.clinic_id),
        Membership.key(of.doctor_user_id, of.clinic_id),
    ]

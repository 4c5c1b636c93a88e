"""Appointments with everybody in them, as lists and answers show them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from quickcare.clinic import slots
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, AppointmentPointer, Clinic, Doctor, DueReminder, Membership, Schedule, User


class AppointmentDetails(NamedTuple):
    """An appointment with everybody in it. The membership is the doctor's in this clinic.

    `length_by_schedule` is for one that was booked before lengths were kept.
    """

    appointment: Appointment
    patient: User
    doctor: Doctor
    doctor_user: User
    clinic: Clinic
    membership: Membership | None
    length_by_schedule: int | None = None

    @property
    def place(self) -> tuple[int, str]:
        """The doctor's id and the clinic's."""
        return int(self.doctor.id), self.clinic.id

    @property
    def minutes(self) -> int:
        """How long the appointment takes."""
        return int(self.appointment.duration_minutes or self.length_by_schedule or 0)

    @property
    def is_whole(self) -> bool:
        """Whether everybody is there."""
        return all((self.appointment, self.patient, self.doctor, self.doctor_user, self.clinic))


def fetch(of: Iterable[Appointment | AppointmentPointer | DueReminder]) -> list[AppointmentDetails]:
    """The appointments with everybody in them, in the same order: 1 read.

    Those that were booked before lengths were kept cost another one.
    """
    keys_of_each = [_keys(one) for one in of]
    found: list[Any] = table.fetch_all([key for keys in keys_of_each for key in keys])
    width = len(keys_of_each[0]) if keys_of_each else 1
    return _with_lengths([AppointmentDetails(*found[start : start + width]) for start in range(0, len(found), width)])


def of_pointers(pointers: Sequence[AppointmentPointer]) -> list[tuple[AppointmentPointer, AppointmentDetails]]:
    """The pointers with their appointments: 1 read. One whose appointment is not there is left out: DynamoDB commits
    the items of a booking one after the other, and may show the pointer first."""
    pairs = zip(pointers, fetch(pointers), strict=True)
    return [(pointer, details) for pointer, details in pairs if details.is_whole]


def _with_lengths(found: list[AppointmentDetails]) -> list[AppointmentDetails]:
    without = [one.appointment for one in found if one.appointment and one.appointment.duration_minutes is None]
    if not without:
        return found
    schedules = table.fetch_all([Schedule.key(int(one.doctor_id)) for one in without])
    lengths = {int(one.id): length(one, schedule) for one, schedule in zip(without, schedules, strict=True)}
    return [
        one._replace(length_by_schedule=lengths.get(int(one.appointment.id))) if one.appointment else one
        for one in found
    ]


def _keys(of: Appointment | AppointmentPointer | DueReminder) -> list[Key[Any]]:
    appointment_id = of.id if isinstance(of, Appointment) else of.appointment_id
    of_doctor = _keys_of_doctor(of.doctor_id, of.doctor_user_id, of.clinic_id)
    return [Appointment.key(int(appointment_id)), User.key(of.patient_id), *of_doctor]


@lru_cache  # a list has few doctors in few clinics
def _keys_of_doctor(doctor_id: int, user_id: str, clinic_id: str) -> tuple[Key[Any], ...]:
    return Doctor.key(int(doctor_id)), User.key(user_id), Clinic.key(clinic_id), Membership.key(user_id, clinic_id)


def length(appointment: Appointment, schedule: Schedule | None) -> int:
    """How many minutes an appointment takes; one that was booked before lengths were kept, as the schedule has it."""
    if appointment.duration_minutes is not None:
        return int(appointment.duration_minutes)
    day = datetime.fromisoformat(appointment.appointment_date).date()
    return slots.length_in(schedule, day, appointment.appointment_time)

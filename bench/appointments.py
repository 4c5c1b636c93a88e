"""Completed appointments: those of the town's doctor, each with another patient, forty on each day, the newest first;
and the visits of the town's patient to five doctors, one every fourth day.

They take no place in a ledger or calendar.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from quickcare.db.item import Item
from quickcare.db.items import Appointment, AppointmentPointer

from bench import doctors
from bench.names import uuid
from bench.patients import PATIENTS
from tests.town import MONDAY, Town

A_DAY = 40
DAYS_BETWEEN_VISITS = 4
DOCTORS_OF_A_PATIENT = 5
IDS, VISIT_IDS = 8_000_000_000_000, 9_000_000_000_000


def of_doctor(town: Town, number: int, now: datetime) -> Iterator[Item]:
    """An appointment of the town's doctor, with the pointers of doctor and clinic."""
    here, appointment_id = town.here, IDS + number
    whose: dict[str, Any] = {
        "patient_id": uuid("patient", number % PATIENTS),
        "doctor_id": here.ids["doctor_id"],
        "doctor_user_id": here.people["doctor"].id,
        "clinic_id": here.ids["clinic_id"],
    }
    day, time = _time(number)
    yield _completed(appointment_id, day, time, now, whose)
    for key in (
        AppointmentPointer.of_doctor(whose["doctor_user_id"], day, time, appointment_id),
        AppointmentPointer.of_clinic(whose["clinic_id"], day, time, appointment_id),
    ):
        yield key.item(appointment_id=appointment_id, **whose)


def of_patient(town: Town, number: int, now: datetime) -> Iterator[Item]:
    """A visit of the town's patient to one of the first doctors of `bench.doctors`, with the patient's pointer."""
    appointment_id, doctor = VISIT_IDS + number, number % DOCTORS_OF_A_PATIENT
    whose: dict[str, Any] = {
        "patient_id": town.here.people["patient"].id,
        "doctor_id": doctors.IDS + doctor,
        "doctor_user_id": uuid("doctor", doctor),
        "clinic_id": doctors.workplace(doctor, now).id,
    }
    day, time = _visit_time(number)
    yield _completed(appointment_id, day, time, now, whose)
    pointer = AppointmentPointer.of_patient(whose["patient_id"], day, time, appointment_id)
    yield pointer.item(appointment_id=appointment_id, **whose)


def _completed(appointment_id: int, day: str, time: str, now: datetime, whose: dict[str, Any]) -> Appointment:
    return Appointment.key(appointment_id).item(
        id=appointment_id,
        appointment_date=day,
        appointment_time=time,
        duration_minutes=15,
        appointment_type="first_visit",
        mode="in_clinic",
        status="completed",
        fee_charged="500.00",
        created_at=now,
        updated_at=now,
        **whose,
    )


def ids(number: int) -> list[str]:
    """What tells the rows of one appointment of the doctor from those of another."""
    return [str(IDS + number), *_time(number), uuid("patient", number % PATIENTS)]


def visit_ids(number: int) -> list[str]:
    """What tells the rows of one visit of the patient from those of another to the same doctor."""
    return [str(VISIT_IDS + number), *_visit_time(number)]


def _time(number: int) -> tuple[str, str]:
    day = date.fromisoformat(MONDAY) - timedelta(days=1 + number // A_DAY)
    return day.isoformat(), f"{9 + number % A_DAY // 4:02d}:{number % 4 * 15:02d}"


def _visit_time(number: int) -> tuple[str, str]:
    return (date.fromisoformat(MONDAY) - timedelta(days=DAYS_BETWEEN_VISITS * (1 + number))).isoformat(), "17:30"

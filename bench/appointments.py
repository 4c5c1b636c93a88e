"""Appointments of one doctor, all with the same patient, forty on each day, the newest first."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from quickcare.db.item import Item
from quickcare.db.items import Appointment, AppointmentPointer

from tests.town import MONDAY, Town

A_DAY = 40
IDS = 7_000_000_000_000


def items(town: Town, number: int, now: datetime) -> Iterator[Item]:
    """A completed appointment with the pointers of doctor and clinic. It takes no place in a ledger or calendar."""
    here, appointment_id = town.here, IDS + number
    doctor, patient = here.people["doctor"], here.people["patient"]
    day, time = _time(number)
    whose = {
        "patient_id": patient.id,
        "doctor_id": here.ids["doctor_id"],
        "doctor_user_id": doctor.id,
        "clinic_id": here.ids["clinic_id"],
    }
    yield Appointment.key(appointment_id).item(
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
    for key in (
        AppointmentPointer.of_doctor(doctor.id, day, time, appointment_id),
        AppointmentPointer.of_clinic(here.ids["clinic_id"], day, time, appointment_id),
    ):
        yield key.item(appointment_id=appointment_id, **whose)


def of_patient(town: Town, number: int) -> Item:
    """The patient's own pointer to one of these appointments."""
    here, (day, time) = town.here, _time(number)
    patient, doctor = here.people["patient"].id, here.people["doctor"].id
    key = AppointmentPointer.of_patient(patient, day, time, IDS + number)
    whose = {"patient_id": patient, "doctor_id": here.ids["doctor_id"], "doctor_user_id": doctor}
    return key.item(appointment_id=IDS + number, clinic_id=here.ids["clinic_id"], **whose)


def ids(number: int) -> list[str]:
    """What tells the rows of one appointment from those of another."""
    return [str(IDS + number), *_time(number)]


def _time(number: int) -> tuple[str, str]:
    day = date.fromisoformat(MONDAY) - timedelta(days=1 + number // A_DAY)
    return day.isoformat(), f"{9 + number % A_DAY // 4:02d}:{number % 4 * 15:02d}"

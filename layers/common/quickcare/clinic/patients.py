"""Whether somebody is a patient of a clinic, and the live appointments of a doctor."""

from datetime import datetime

from quickcare.clinic import slots
from quickcare.db import keys, table
from quickcare.db.items import Appointment, DayLedger, PatientClinic


def is_patient_of_clinic(patient_id: str, clinic_id: str) -> bool:
    """Whether the patient has a live (pending, confirmed) or completed appointment in the clinic: 1 read."""
    counted = table.fetch(PatientClinic.key(patient_id, clinic_id))
    return counted is not None and counted.appointments > 0


def live_appointments(doctor_id: int, clinic_id: str, now: datetime) -> list[int]:
    """The ids of a doctor's live appointments in a clinic from today on, by date and time: 2 reads."""
    today = slots.today(now).isoformat()
    days = DayLedger.sk.between(keys.day(today), keys.day("9"))
    ledgers = table.query(DayLedger, keys.doctor(doctor_id), days)
    booked = [taken for ledger in ledgers for _, taken in sorted(ledger.times.items())]
    found = table.fetch_all([Appointment.key(appointment_id) for appointment_id in booked])
    return [int(one.id) for one in found if one and one.clinic_id == clinic_id]

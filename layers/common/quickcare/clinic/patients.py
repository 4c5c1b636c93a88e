"""Whether somebody is a patient of a clinic."""

from quickcare.db import table
from quickcare.db.items import PatientClinic


def is_patient_of_clinic(patient_id: str, clinic_id: str) -> bool:
    """Whether the patient has a live (pending, confirmed) or completed appointment in the clinic: 1 read."""
    counted = table.fetch(PatientClinic.key(patient_id, clinic_id))
    return counted is not None and counted.appointments > 0

"""Who has been where, for the rights that hang on it. One consistent read each."""

from quickcare import table
from quickcare.items import DoctorPatient, PatientClinic


def has_visited(patient_id: str, clinic_id: str) -> bool:
    """Whether the patient has a live (pending, confirmed) or completed appointment in the clinic."""
    tie = table.fetch(PatientClinic.key(patient_id, clinic_id))
    return tie is not None and tie.standing > 0


def has_consulted(patient_id: str, doctor_id: int) -> bool:
    """Whether the patient has an appointment with the doctor that was not cancelled (CONTRACT: patient-docs)."""
    tie = table.fetch(DoctorPatient.key(doctor_id, patient_id))
    return tie is not None and tie.standing > 0

"""What an appointment leaves with its patient, its doctor and its clinic."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class Visit(Item, discriminator="Visit"):
    """Points to an appointment from one of its three sides, in the order of date and time. Ids only, never a state.

    The doctor's side hangs on the doctor's user, because a list begins with nothing but who is calling.
    """

    appointment_id = NumberAttribute()
    patient_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()

    @staticmethod
    def of_patient(patient_id: str, date: str, time: str, appointment_id: int) -> Key["Visit"]:
        return Key(Visit, keys.user(patient_id), keys.visit(keys.VISIT_PREFIX, date, time, appointment_id))

    @staticmethod
    def of_doctor(doctor_user_id: str, date: str, time: str, appointment_id: int) -> Key["Visit"]:
        return Key(Visit, keys.user(doctor_user_id), keys.visit(keys.CONSULTATION_PREFIX, date, time, appointment_id))

    @staticmethod
    def of_clinic(clinic_id: str, date: str, time: str, appointment_id: int) -> Key["Visit"]:
        return Key(Visit, keys.clinic(clinic_id), keys.visit(keys.VISIT_PREFIX, date, time, appointment_id))


class PatientHour(Item, discriminator="PatientHour"):
    """Claims a date and time for a patient's one live appointment (invariant 6)."""

    appointment_id = NumberAttribute()

    @staticmethod
    def key(patient_id: str, date: str, time: str) -> Key["PatientHour"]:
        return Key(PatientHour, keys.user(patient_id), keys.patient_hour(date, time))


class PatientClinic(Item, discriminator="PatientClinic"):
    """That a person has had appointments in a clinic. `standing` counts those that are live or completed; it changes
    in the transactions that change them."""

    patient_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    standing = NumberAttribute()

    @staticmethod
    def key(patient_id: str, clinic_id: str) -> Key["PatientClinic"]:
        return Key(PatientClinic, keys.user(patient_id), keys.patient_of(clinic_id))


class DoctorPatient(Item, discriminator="DoctorPatient"):
    """That a person has had appointments with a doctor. `standing` counts those that were not cancelled; it changes in
    the transactions that change them."""

    standing = NumberAttribute()

    @staticmethod
    def key(doctor_id: int, patient_id: str) -> Key["DoctorPatient"]:
        return Key(DoctorPatient, keys.doctor(doctor_id), keys.doctors_patient(patient_id))

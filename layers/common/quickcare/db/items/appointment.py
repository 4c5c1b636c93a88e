"""An appointment, and what it leaves with its patient, its doctor and its clinic."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class Appointment(Item, discriminator="Appointment"):
    """An appointment. Its date (YYYY-MM-DD) and time (HH:MM), in the clinic's zone, never change; its status only moves
    pending → confirmed | cancelled, confirmed → completed | cancelled | no_show (invariant 8).
    `fee_charged` is a decimal string with two places; `cancelled_by` is patient or doctor."""

    id = NumberAttribute()
    patient_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    appointment_date = UnicodeAttribute()
    appointment_time = UnicodeAttribute()
    appointment_type = UnicodeAttribute()
    mode = UnicodeAttribute()
    status = UnicodeAttribute()
    fee_charged = UnicodeAttribute()
    is_paid = BooleanAttribute(default=False)
    reason = UnicodeAttribute(null=True)
    notes = UnicodeAttribute(null=True)
    cancelled_by = UnicodeAttribute(null=True)
    cancellation_reason = UnicodeAttribute(null=True)
    # Which request with an Idempotency-Key booked it, so that its retry after a crash finds it.
    request_id = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()

    @staticmethod
    def key(appointment_id: int) -> Key["Appointment"]:
        return Key(Appointment, keys.appointment(appointment_id), keys.APPOINTMENT)


class AppointmentPointer(Item, discriminator="Visit"):
    """Points to an appointment: from its patient, its doctor and its clinic, in the order of date and time.

    It holds ids only, never a state. The doctor's pointer lies with the doctor's user, because a list begins with
    nothing but who is calling. It is stored as `Visit`.
    """

    appointment_id = NumberAttribute()
    patient_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()

    @staticmethod
    def of_patient(patient_id: str, date: str, time: str, appointment_id: int) -> Key["AppointmentPointer"]:
        sk = keys.appointment_pointer(keys.APPOINTMENT_PREFIX, date, time, appointment_id)
        return Key(AppointmentPointer, keys.user(patient_id), sk)

    @staticmethod
    def of_doctor(doctor_user_id: str, date: str, time: str, appointment_id: int) -> Key["AppointmentPointer"]:
        sk = keys.appointment_pointer(keys.CONSULTATION_PREFIX, date, time, appointment_id)
        return Key(AppointmentPointer, keys.user(doctor_user_id), sk)

    @staticmethod
    def of_clinic(clinic_id: str, date: str, time: str, appointment_id: int) -> Key["AppointmentPointer"]:
        sk = keys.appointment_pointer(keys.APPOINTMENT_PREFIX, date, time, appointment_id)
        return Key(AppointmentPointer, keys.clinic(clinic_id), sk)


class PatientHour(Item, discriminator="PatientHour"):
    """Claims a date and time for a patient's one live appointment (invariant 6)."""

    appointment_id = NumberAttribute()

    @staticmethod
    def key(patient_id: str, date: str, time: str) -> Key["PatientHour"]:
        return Key(PatientHour, keys.user(patient_id), keys.patient_hour(date, time))


class PatientClinic(Item, discriminator="PatientClinic"):
    """That a person has had appointments in a clinic.

    `appointments` counts those that are live or completed; it changes in the transactions that change them, and is
    stored as `standing`.
    """

    patient_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    appointments = NumberAttribute(attr_name="standing")

    @staticmethod
    def key(patient_id: str, clinic_id: str) -> Key["PatientClinic"]:
        return Key(PatientClinic, keys.user(patient_id), keys.patient_of(clinic_id))


class DoctorPatient(Item, discriminator="DoctorPatient"):
    """That a person has had appointments with a doctor.

    `appointments` counts those that were not cancelled; it changes in the transactions that change them, and is stored
    as `standing`.
    """

    appointments = NumberAttribute(attr_name="standing")

    @staticmethod
    def key(doctor_id: int, patient_id: str) -> Key["DoctorPatient"]:
        return Key(DoctorPatient, keys.doctor(doctor_id), keys.doctors_patient(patient_id))

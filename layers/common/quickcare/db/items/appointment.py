"""Appointments, the items that belong to them at their patients, doctors and clinics, and what reminds of them."""

from datetime import UTC, datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.db.values import PlainMap


class Appointment(Item, discriminator="Appointment"):
    """An appointment. Date (YYYY-MM-DD) and time (HH:MM) are in the clinic's time zone and never change.

    The status only changes from pending to confirmed or cancelled, and from confirmed to completed, cancelled or
    no_show (invariant 8). `duration_minutes` is the length it was booked with; those booked before lengths were kept
    have none. `fee_charged` is a decimal string with two places; `cancelled_by` is patient, doctor or clinic.
    `needs_attention` (doctor_left, clinic_closed) marks a live one that cannot take place: it holds no slot and no time
    of its patient.
    """

    id = NumberAttribute()
    patient_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    appointment_date = UnicodeAttribute()
    appointment_time = UnicodeAttribute()
    duration_minutes = NumberAttribute(null=True)
    appointment_type = UnicodeAttribute()
    mode = UnicodeAttribute()
    status = UnicodeAttribute()
    fee_charged = UnicodeAttribute()
    is_paid = BooleanAttribute(default=False)
    reason = UnicodeAttribute(null=True)
    notes = UnicodeAttribute(null=True)
    cancelled_by = UnicodeAttribute(null=True)
    cancellation_reason = UnicodeAttribute(null=True)
    needs_attention = UnicodeAttribute(null=True)
    # `confirmed` when the patient has said that they come.
    attendance = UnicodeAttribute(null=True)
    # Who owned the clinic then, to be told without another read when the patient cancels; old ones have none.
    clinic_owner_id = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()

    @staticmethod
    def key(appointment_id: int) -> Key["Appointment"]:
        return Key(Appointment, keys.appointment(appointment_id), keys.APPOINTMENT)


class AppointmentPointer(Item, discriminator="Visit"):
    """Points to an appointment: from its patient, its doctor and its clinic, in the order of date and time.

    It has only ids, which never change. The doctor's pointer is in the partition of the doctor's user, because the list
    is read before anything but the caller's user id is known. Its stored kind is `Visit`.
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


class PatientCalendar(Item, discriminator="PatientCalendar"):
    """The live appointments of a patient, so that none of them overlap (invariant 6) and there are not too many.

    `live` maps an appointment's id to date (YYYY-MM-DD), time (HH:MM), minutes and doctor_id. What has ended is dropped
    with the next booking. Every change raises `version`. A patient who only booked before this item existed has none
    until their next booking or change.
    """

    live = PlainMap(default=dict)
    version = NumberAttribute(default=0)

    @staticmethod
    def key(patient_id: str) -> Key["PatientCalendar"]:
        return Key(PatientCalendar, keys.user(patient_id), keys.CALENDAR)


class PatientHour(Item, discriminator="PatientHour"):
    """What reserved a patient's time before there was `PatientCalendar`: deleted with its appointment, never made."""

    appointment_id = NumberAttribute()

    @staticmethod
    def key(patient_id: str, date: str, time: str) -> Key["PatientHour"]:
        return Key(PatientHour, keys.user(patient_id), keys.patient_hour(date, time))


class PatientClinic(Item, discriminator="PatientClinic"):
    """How many live or completed appointments a person has in a clinic.

    The count changes in the transactions that change appointments. It is stored as `standing`.
    """

    patient_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    appointments = NumberAttribute(attr_name="standing")

    @staticmethod
    def key(patient_id: str, clinic_id: str) -> Key["PatientClinic"]:
        return Key(PatientClinic, keys.user(patient_id), keys.patient_of(clinic_id))


class DueReminder(Item, discriminator="DueReminder"):
    """That somebody may have to be told something about an appointment, in this minute or later.

    It only says where to look: what is so is read when it is due. `about` is one of `clinic.reminders.About`,
    `link_base` where the links of the request that caused it led, `tries` how often telling has failed.
    """

    about = UnicodeAttribute()
    appointment_id = NumberAttribute()
    patient_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    link_base = UnicodeAttribute()
    tries = NumberAttribute(default=0)

    @property
    def place(self) -> Key["DueReminder"]:
        """Where this one is."""
        return Key(DueReminder, self.pk, self.sk)

    @staticmethod
    def key(due: datetime, appointment_id: int, about: str) -> Key["DueReminder"]:
        sk = keys.due_reminder(appointment_id, about)
        return Key(DueReminder, keys.sharded(keys.due(minute_of(due)), sk), sk)


class ReminderCursor(Item, discriminator="ReminderCursor"):
    """Before which minute nothing is due any more (`YYYY-MM-DDTHH:MM`, in UTC)."""

    minute = UnicodeAttribute()

    @property
    def instant(self) -> datetime:
        """The minute's beginning."""
        return datetime.fromisoformat(self.minute).replace(tzinfo=UTC)

    @staticmethod
    def key() -> Key["ReminderCursor"]:
        return Key(ReminderCursor, keys.DUE_CURSOR, keys.DUE_CURSOR)


def minute_of(instant: datetime) -> str:
    """The minute of an instant, as keys have it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M}"

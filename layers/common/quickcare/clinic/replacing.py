"""The appointment that a patient gives up for another time of the same doctor, in the transaction of the new one."""

from datetime import date, datetime
from typing import NamedTuple

from quickcare.clinic import calendar, changes, ledger, slots
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.db.items import Appointment, DayLedger, OutboxSms, PatientClinic
from quickcare.db.operations import Check, Operation, Update, setting, unchanged
from quickcare.errors import BadRequest
from quickcare.sms import outbox

_ANOTHER_DOCTOR = "Only a time of the same doctor can be taken instead."


class GivenUp(NamedTuple):
    """An appointment that is given up, what it says then, and who is told."""

    details: AppointmentDetails
    attributes: dict[str, object]
    told: list[OutboxSms]

    def is_this(self, appointment_id: int) -> bool:
        """Whether the appointment that is given up has this id."""
        return int(self.details.appointment.id) == appointment_id

    def leaves(self, seen: DayLedger | None, day: str) -> DayLedger | None:
        """The ledger of a day as it is without the appointment."""
        if seen is None or self.details.appointment.appointment_date != day:
            return seen
        freed = self.details.appointment.appointment_time
        taken = {time: number for time, number in seen.taken.items() if time != freed}
        key = DayLedger.key(int(self.details.appointment.doctor_id), day)
        return key.item(taken=taken, minutes=seen.minutes, version=seen.version)

    def writes(self, day: str) -> dict[str, Operation]:
        """What is written of it with an appointment on this day, whose operations change calendar and count."""
        appointment = self.details.appointment
        same = unchanged(appointment, "status", "needs_attention")
        key = Appointment.key(int(appointment.id))
        writes: dict[str, Operation] = {"given_up": Update(key, setting(Appointment, self.attributes), same)}
        for number, sms in enumerate(self.told):
            writes |= outbox.accepted(sms, f"told{number}")
        in_clinic = PatientClinic.key(appointment.patient_id, appointment.clinic_id)
        writes["patient_clinic"] = Check(in_clinic, PatientClinic.pk.exists())  # One more and one less.
        if hour := calendar.without(appointment).get("patient_hour"):
            writes["patient_hour"] = hour
        if appointment.appointment_date != day:
            writes["given_up_ledger"] = ledger.without(appointment)
        return writes


def given_up(patient_id: str, appointment_id: int, doctor_id: int, now: datetime) -> GivenUp:
    """The appointment that a patient gives up: 2 reads.

    Raises NotFound, BadRequest when it is not live any more, cannot take place, has begun, or is with another doctor.
    """
    details, owner = changes.own_with_owner(patient_id, appointment_id)
    changes.require_live(details)
    one = details.appointment
    if not calendar.holds_time(one) or int(one.doctor_id) != doctor_id or details.doctor.clinic_id != one.clinic_id:
        raise BadRequest(_ANOTHER_DOCTOR)
    if slots.is_past(date.fromisoformat(one.appointment_date), one.appointment_time, now):
        raise BadRequest("This appointment has begun.")
    return GivenUp(details, changes.by_patient(None, now), changes.told_by_patient(details, owner, now))

"""The free slots of a day (docs/contract.md: Answers of doctors)."""

from datetime import date, datetime

from quickcare.clinic import doctors, slots, staff, verification
from quickcare.db import table
from quickcare.db.items import Clinic, DayLedger, Doctor, Membership, Schedule
from quickcare.errors import NotFound

ON_LEAVE = "Doctor is on leave on this date."
NOT_WORKING = "Doctor does not work on this date."
FULLY_BOOKED = "No free slots are left on this date."
PAST = "This date is in the past."
TOO_FAR = f"Appointments can be booked up to {slots.MOST_DAYS_AHEAD} days ahead."


def free_slots(doctor_id: int, day: date, clinic_id: str | None, now: datetime) -> tuple[list[str], str | None]:
    """The slots of a day that can be booked, and, when there are none, why: 2 reads. Raises NotFound.

    The doctor's account is not read: a doctor who is not listed because of it has no `directory_id`.
    """
    doctor, schedule, ledger = table.fetch(
        Doctor.key(doctor_id), Schedule.key(doctor_id), DayLedger.key(doctor_id, day.isoformat())
    )
    if doctor is None or doctor.directory_id is None or not doctors.takes_patients(doctor):
        raise NotFound
    if day < slots.today(now):
        return [], PAST
    if slots.is_too_far(day, now):
        return [], TOO_FAR
    if clinic_id not in (None, doctor.clinic_id):
        return [], NOT_WORKING
    offered = slots.of_day(schedule, doctor.clinic_id, day)
    if offered.is_on_leave:
        return [], ON_LEAVE
    if not offered.windows:
        return [], NOT_WORKING
    membership, clinic = table.fetch(Membership.key(doctor.user_id, doctor.clinic_id), Clinic.key(doctor.clinic_id))
    if not verification.is_open(clinic):
        raise NotFound
    if membership is None or not staff.has_joined(membership, day):
        return [], NOT_WORKING
    free = offered.free(slots.booked(ledger, schedule), now)
    return free, None if free else FULLY_BOOKED

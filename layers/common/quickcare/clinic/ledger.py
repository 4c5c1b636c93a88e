"""How the appointments in a doctor's ledger of a day change (invariants 5 and 9)."""

from quickcare.db.items import Appointment, DayLedger
from quickcare.db.operations import Operation, Put, Update, unchanged


def with_one(appointment: Appointment, seen: DayLedger | None) -> Operation:
    """The operation that adds an appointment to those that were booked, if the ledger still is as it was read.

    Of those that were booked before lengths were kept it keeps no length either: `doctors/schedules.py` writes it to
    the appointment and here, and takes what is missing here for what is missing there.
    """
    taken = seen.taken if seen else {}
    lengths = {time: minutes for time, minutes in (seen.minutes if seen else {}).items() if time in taken}
    time, minutes = appointment.appointment_time, int(appointment.duration_minutes)
    after = DayLedger.key(int(appointment.doctor_id), appointment.appointment_date).item(
        taken={**taken, time: int(appointment.id)},
        minutes={**lengths, time: minutes},
        version=int(seen.version) + 1 if seen else 1,
    )
    return Put(after, unchanged(seen, "version"))


def without(appointment: Appointment) -> Operation:
    """The operation that frees an appointment's slot. Refused when the slot is not this appointment's."""
    slot = DayLedger.taken[appointment.appointment_time]
    # The version changes too, so that a booking which saw the slot taken decides again. The length may stay: without
    # an entry in `taken` it says nothing, and the next booking of the slot writes its own.
    actions = [slot.remove(), DayLedger.version.add(1)]
    key = DayLedger.key(int(appointment.doctor_id), appointment.appointment_date)
    return Update(key, actions, slot == int(appointment.id))

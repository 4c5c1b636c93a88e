"""Whether a doctor's window lies outside of the clinic's own opening hours, which is allowed and told."""

from quickcare.clinic import slots
from quickcare.db import keys, table
from quickcare.db.items import ClinicSlot

from doctors.schedules import StoredWindow


def is_outside(window: StoredWindow) -> bool:
    """Whether some minute of the window is in none of the clinic's active opening hours: 1 read.

    False for a clinic that has named no opening hours at all.
    """
    prefix = ClinicSlot.sk.startswith(keys.CLINIC_SLOT_PREFIX)
    hours = [slot for slot in table.query(ClinicSlot, keys.clinic(window["clinic_id"]), prefix) if slot.is_active]
    if not hours:
        return False
    weekday, covered = slots.DAYS.index(window["day"]), window["start_time"]
    for slot in sorted(hours, key=lambda slot: str(slot.start_time)):
        if int(slot.day_of_week) == weekday and slot.start_time <= covered < slot.end_time:
            covered = slot.end_time
    return bool(covered < window["end_time"])

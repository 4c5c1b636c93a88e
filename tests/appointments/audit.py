"""What must be true of the table, whatever happened (invariants 5, 6, 8 and 9)."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from tests import faults

LIVE = ("pending", "confirmed")
ENDED = ("completed", "cancelled", "no_show")
Row = dict[str, Any]


def audit(*, old_data: bool = False) -> list[Row]:
    """Check every appointment against what it should have left; all appointments.

    Those that were booked before lengths were kept (`before_lengths`) have a `PatientHour`, their patients may have no
    calendar yet, and a ledger may get their lengths after the appointments did: `old_data`.
    """
    table = faults.items()
    appointments = [item for item in table if item["kind"] == "Appointment"]
    assert all(one["status"] in LIVE + ENDED for one in appointments)
    standing = [one for one in appointments if _stands(one)]
    live = [one for one in standing if one["status"] in LIVE]
    _no_two_overlap(standing, lambda one: (one["doctor_id"], one["appointment_date"]))
    _no_two_overlap(live, lambda one: (one["patient_id"], one["appointment_date"]))
    _ledgers_hold_what_was_not_cancelled(table, standing, old_data)
    _calendars_hold_the_live(table, live, old_data)
    _old_hours_are_held_by_the_live(table, live)
    _everybody_has_a_pointer(table, appointments)
    _counters_count(table, appointments)
    return appointments


def most_in_window(appointments: Iterable[Row], start: str, end: str) -> int:
    """The largest number of appointments of any doctor on any day inside a window that hold a place there."""
    inside = [one for one in appointments if _stands(one) and start <= one["appointment_time"] < end]
    return max(Counter((one["doctor_id"], one["appointment_date"]) for one in inside).values(), default=0)


def _stands(one: Row) -> bool:
    """Whether it holds its slot. One that needs attention holds no time, neither its doctor's nor its patient's."""
    return one["status"] != "cancelled" and "needs_attention" not in one


def _no_two_overlap(appointments: list[Row], place: Callable[[Row], tuple[Any, ...]]) -> None:
    """An old one counts as its first minute: its length is not in the table."""
    spans = sorted((place(one), _minute(one), _minute(one) + one.get("duration_minutes", 1)) for one in appointments)
    for (where, _, ends), (others, begins, _) in pairwise(spans):
        assert where != others or ends <= begins, f"two overlap in {where}"


def _ledgers_hold_what_was_not_cancelled(table: list[Row], standing: list[Row], old_data: bool) -> None:
    ledgers = [item for item in table if item["kind"] == "DayLedger"]
    held = {
        (f"{item['pk']} {item['sk']}", time): (number, item.get("minutes", {}).get(time))
        for item in ledgers
        for time, number in item["taken"].items()
    }
    wanted = {
        (f"DOCTOR#{one['doctor_id']} DAY#{one['appointment_date']}", one["appointment_time"]): (
            one["id"],
            one.get("duration_minutes"),
        )
        for one in standing
    }
    assert len(wanted) == len(standing), "a doctor is booked twice at one time"
    assert held == wanted or old_data
    assert {key: number for key, (number, _) in held.items()} == {key: number for key, (number, _) in wanted.items()}
    assert all(minutes in (None, wanted[key][1]) for key, (_, minutes) in held.items())


def _calendars_hold_the_live(table: list[Row], live: list[Row], may_lack: bool) -> None:
    calendars = {item["pk"]: item["live"] for item in table if item["kind"] == "PatientCalendar"}
    held = {(pk, key): _entry(entry) for pk, entries in calendars.items() for key, entry in entries.items()}
    wanted = {(f"USER#{one['patient_id']}", str(one["id"])): one for one in live}
    missing = {key: one for key, one in wanted.items() if key not in held}
    assert all(may_lack and pk not in calendars for pk, _ in missing), missing
    for key, entry in held.items():
        one = wanted[key]
        when = (one["appointment_date"], one["appointment_time"])
        assert entry == (*when, one.get("duration_minutes", entry[2]), one["doctor_id"])


def _entry(stored: Row) -> tuple[Any, ...]:
    return (stored["date"], stored["time"], stored["minutes"], stored["doctor_id"])


def _old_hours_are_held_by_the_live(table: list[Row], live: list[Row]) -> None:
    held = {f"{item['pk']} {item['sk']}": item["appointment_id"] for item in table if item["kind"] == "PatientHour"}
    wanted = {
        f"USER#{one['patient_id']} AT#{one['appointment_date']}T{one['appointment_time']}": one["id"]
        for one in live
        if "duration_minutes" not in one
    }
    assert held == wanted


def _minute(one: Row) -> int:
    hours, minutes = one["appointment_time"].split(":")
    return int(hours) * 60 + int(minutes)


def _everybody_has_a_pointer(table: list[Row], appointments: list[Row]) -> None:
    pointers = Counter((item["pk"], item["appointment_id"]) for item in table if item["kind"] == "Visit")
    sides = (("patient_id", "USER"), ("doctor_user_id", "USER"), ("clinic_id", "CLINIC"))
    wanted = Counter((f"{kind}#{one[name]}", one["id"]) for one in appointments for name, kind in sides)
    assert pointers == wanted


def _counters_count(table: list[Row], appointments: list[Row]) -> None:
    counted = {f"{item['pk']} {item['sk']}": item["standing"] for item in table if item["kind"] == "PatientClinic"}
    wanted: Counter[str] = Counter()
    for one in appointments:
        in_clinic = f"USER#{one['patient_id']} PATIENT-OF#{one['clinic_id']}"
        wanted[in_clinic] += one["status"] not in ("cancelled", "no_show")
    assert counted == dict(wanted)

"""What must be true of the table, whatever happened (invariants 5, 6, 8 and 9)."""

from collections import Counter
from typing import Any

from tests import faults

LIVE = ("pending", "confirmed")
ENDED = ("completed", "cancelled", "no_show")


def audit() -> list[dict[str, Any]]:
    """Check every appointment against what it should have left; all appointments."""
    # Idempotency records are Powertools' own and have no kind.
    table = [item for item in faults.items() if "kind" in item]
    appointments = [item for item in table if item["kind"] == "Appointment"]
    assert all(one["status"] in LIVE + ENDED for one in appointments)
    live = [one for one in appointments if one["status"] in LIVE]
    _slots_are_held_by_the_live(table, live)
    _hours_are_held_by_the_live(table, live)
    _everybody_has_a_pointer(table, appointments)
    _counters_count(table, appointments)
    return appointments


def most_in_window(appointments: list[dict[str, Any]], start: str, end: str) -> int:
    """The largest number of live appointments of any doctor on any day inside a window."""
    inside = [one for one in appointments if one["status"] in LIVE and start <= one["appointment_time"] < end]
    return max(Counter((one["doctor_id"], one["appointment_date"]) for one in inside).values(), default=0)


def _slots_are_held_by_the_live(table: list[dict[str, Any]], live: list[dict[str, Any]]) -> None:
    held = {
        (f"{item['pk']} {item['sk']}", time): number
        for item in table
        if item["kind"] == "DayLedger"
        for time, number in item["taken"].items()
    }
    wanted = {
        (f"DOCTOR#{one['doctor_id']} DAY#{one['appointment_date']}", one["appointment_time"]): one["id"] for one in live
    }
    assert len(wanted) == len(live), "a doctor is booked twice at one time"
    assert held == wanted


def _hours_are_held_by_the_live(table: list[dict[str, Any]], live: list[dict[str, Any]]) -> None:
    held = {f"{item['pk']} {item['sk']}": item["appointment_id"] for item in table if item["kind"] == "PatientHour"}
    wanted = {
        f"USER#{one['patient_id']} AT#{one['appointment_date']}T{one['appointment_time']}": one["id"] for one in live
    }
    assert len(wanted) == len(live), "a patient is in two places at one time"
    assert held == wanted


def _everybody_has_a_pointer(table: list[dict[str, Any]], appointments: list[dict[str, Any]]) -> None:
    pointers = Counter((item["pk"], item["appointment_id"]) for item in table if item["kind"] == "Visit")
    sides = (("patient_id", "USER"), ("doctor_user_id", "USER"), ("clinic_id", "CLINIC"))
    wanted = Counter((f"{kind}#{one[name]}", one["id"]) for one in appointments for name, kind in sides)
    assert pointers == wanted


def _counters_count(table: list[dict[str, Any]], appointments: list[dict[str, Any]]) -> None:
    counted = {f"{i['pk']} {i['sk']}": i["standing"] for i in table if i["kind"] in ("PatientClinic", "DoctorPatient")}
    wanted: Counter[str] = Counter()
    for one in appointments:
        in_clinic = f"USER#{one['patient_id']} PATIENT-OF#{one['clinic_id']}"
        wanted[in_clinic] += one["status"] not in ("cancelled", "no_show")
        with_doctor = f"DOCTOR#{one['doctor_id']} PATIENT#{one['patient_id']}"
        wanted[with_doctor] += one["status"] != "cancelled"
    assert counted == dict(wanted)

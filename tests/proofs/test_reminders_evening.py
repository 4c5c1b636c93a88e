"""One evening's reminders: everybody once, and no partition hotter than the others.

`REMINDERS=5000 pytest -s tests/proofs/test_reminders_evening.py` prints the figures of decision 0035.
"""

import os
import time as machine
from collections import Counter
from typing import Any

import pytest
from appointments import reminding
from quickcare import clock, ids
from quickcare.clinic import reminders
from quickcare.db import bulk
from quickcare.db.items import Appointment
from quickcare.sms import outbox

from tests import faults
from tests.api import Context
from tests.appointments import hospital
from tests.conftest import FakeClock
from tests.practice import TUESDAY

MANY = int(os.environ.get("REMINDERS", "100"))
_A_RUN = 58.0  # seconds


class Timed(Context):
    """As long as the function has."""

    def __init__(self) -> None:
        super().__init__()
        self.end = machine.monotonic() + _A_RUN

    def get_remaining_time_in_millis(self) -> int:
        return int((self.end - machine.monotonic()) * 1000)


def booked(many: int) -> None:
    """Appointments on Tuesday, with the rows of their reminders."""
    clinic_id, doctors = hospital.hire_doctors(max(many // 30, 1))
    items: list[Any] = []
    first = ids.new_int(clock.now())
    for number, patient_id in enumerate(hospital.admit_patients(many)):
        doctor = doctors[number % len(doctors)]
        one = Appointment.key(first + number).item(
            id=first + number,
            patient_id=patient_id,
            doctor_id=doctor.id,
            doctor_user_id=doctor.user_id,
            clinic_id=clinic_id,
            appointment_date=TUESDAY,
            appointment_time="12:00",
            duration_minutes=15,
            appointment_type="first_visit",
            mode="in_clinic",
            status="confirmed",
            fee_charged="0.00",
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        rows: list[Any] = [write.item for write in reminders.of_booking(one, "https://qck.in", clock.now()).values()]  # type: ignore[union-attr]  # a Create
        items += [one, *rows]
    bulk.put_all(items)


def test_an_evening(real_dynamodb: None, time: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN appointments of one evening, and a topic that costs nothing
    told: list[str] = []
    monkeypatch.setattr(outbox, "relay", lambda sms: told.append(str(sms.to)))
    booked(MANY)
    rows = faults.items(kind="DueReminder")
    shards = Counter(row["pk"] for row in rows)
    assert len(rows) == MANY
    assert max(shards.values()) < 3 * MANY / len(shards) + 10
    # WHEN the sweep runs until nothing is left
    time.now = reminders.decent(clock.now().replace(day=2, hour=12, minute=30))
    handler: Any = reminding.handler
    runs, began, cpu = 0, machine.perf_counter(), machine.process_time()
    while any(row["pk"] < "DUE#2026-03-02T13" for row in faults.items(kind="DueReminder")):
        handler({}, Timed())
        runs += 1
        assert runs < 100
    took, cpu = machine.perf_counter() - began, machine.process_time() - cpu
    # THEN everybody was told once
    assert len(told) == len(set(told)) == MANY
    print(f"{MANY} reminders, {runs} runs: {MANY / took:.0f} a second, {cpu / MANY * 1000:.1f} ms CPU each")  # noqa: T201
    print(f"rows of a shard: {min(shards.values())} to {max(shards.values())}")  # noqa: T201

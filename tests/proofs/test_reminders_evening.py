"""One evening's reminders: everybody once, and no partition hotter than the others.

`REMINDERS=100000 pytest -n 0 -s tests/proofs/test_reminders_evening.py` prints the figures of decision 0035. Runs come
one after the other as Lambda makes them: each has 58 seconds, and the next one begins a minute later by the clock of
the code. Nobody waits for that minute, nor for the pace, so the figures are those of the sweep at work.
"""

import json
import math
import os
import threading
import time as machine
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from appointments import reminding
from quickcare import clock, ids
from quickcare.clinic import reminders
from quickcare.db import bulk, keys, table
from quickcare.db.item import Item
from quickcare.db.items import Appointment, Doctor, DueReminder, OutboxSms
from quickcare.db.items.appointment import minute_of
from quickcare.db.operations import Delete
from quickcare.sms import outbox

from tests.api import Context
from tests.appointments import hospital
from tests.conftest import FakeClock
from tests.practice import TUESDAY

MANY = int(os.environ.get("REMINDERS", "100"))
_A_RUN = 58.0  # seconds
_WRITTEN_TOGETHER = 1000


class Timed(Context):
    """As long as the function has."""

    def __init__(self) -> None:
        super().__init__()
        self.end = machine.monotonic() + _A_RUN

    def get_remaining_time_in_millis(self) -> int:
        return int((self.end - machine.monotonic()) * 1000)


class Units:
    """The write units of each partition in each second, by AWS's rule: one for a kilobyte, twice in a transaction."""

    def __init__(self) -> None:
        self.seconds: Counter[tuple[str, int]] = Counter()
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, model: Any, params: dict[str, Any], **_: object) -> None:
        body, second = json.loads(params["body"]), int(machine.monotonic())
        if model.name == "TransactWriteItems":
            written = [(part, 2) for one in body["TransactItems"] for part in one.values()]
        else:
            written = [(body, 1)] if model.name in ("PutItem", "DeleteItem", "UpdateItem") else []
        with self._lock:
            self.calls[model.name] += 1
            for part, each in written:
                item = part.get("Item") or part["Key"]
                units = each * math.ceil(len(json.dumps(item)) / 1024)
                self.seconds[item["pk"]["S"], second] += units

    def hottest(self) -> tuple[tuple[str, int], int]:
        """The partition and second with the most units, and how many."""
        return self.seconds.most_common(1)[0]

    @contextmanager
    def noted(self) -> Iterator[None]:
        events = Item._get_connection().connection.client.meta.events
        events.register("before-call.dynamodb", self.note)
        try:
            yield
        finally:
            events.unregister("before-call.dynamodb", self.note)


def book(many: int) -> None:
    """Appointments on Tuesday, with the rows of their reminders."""
    clinic_id, doctors = hospital.hire_doctors(max(many // 30, 1))
    first = ids.new_int(clock.now())
    for start in range(0, many, _WRITTEN_TOGETHER):
        patients = hospital.admit_patients(min(_WRITTEN_TOGETHER, many - start))
        found = [_appointment(first + start + n, who, doctors, clinic_id) for n, who in enumerate(patients)]
        rows = [write.item for one in found for write in _rows(one)]
        bulk.put_all([*found, *rows])


def _appointment(number: int, patient_id: str, doctors: list[Doctor], clinic_id: str) -> Appointment:
    doctor = doctors[number % len(doctors)]
    return Appointment.key(number).item(
        id=number,
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


def _rows(one: Appointment) -> list[Any]:
    return list(reminders.of_booking(one, "https://qck.in", clock.now()).values())


def rows_of_shards(minute: str) -> list[int]:
    """How many rows each shard of a minute has."""
    return [table.how_many(DueReminder, pk, None, 10**9) for pk in keys.shards(keys.due(minute))[1:]]


@pytest.mark.timeout(300 + MANY / 10)
def test_an_evening(real_dynamodb: None, time: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN appointments of one evening, and a topic that costs nothing
    told: list[str] = []

    def relay(sms: OutboxSms) -> None:
        told.append(str(sms.to))
        table.write(outbox=Delete(sms.place))

    monkeypatch.setattr(outbox, "relay", relay)
    monkeypatch.setattr(reminding, "_TOLD_IN_A_SECOND", math.inf)
    book(MANY)
    evening = clock.now().replace(day=2, hour=12, minute=30)
    shards = rows_of_shards(minute_of(evening))
    assert sum(shards) == MANY
    assert max(shards) < 3 * MANY / len(shards) + 10
    print(f"rows of a shard: {min(shards)} to {max(shards)} of {len(shards)} shards", flush=True)  # noqa: T201
    # WHEN the sweep runs each minute until nothing is left
    time.now = evening
    handler: Any = reminding.handler
    units, runs, began, cpu = Units(), list[float](), machine.perf_counter(), machine.process_time()
    with units.noted():
        while len(told) < MANY:
            assert len(runs) < MANY / 100 + 100
            at = machine.perf_counter()
            handler({}, Timed())
            runs.append(machine.perf_counter() - at)
            time.advance(minutes=1)
    took, cpu = machine.perf_counter() - began, machine.process_time() - cpu
    # THEN everybody was told once, and nothing is left for the next run
    assert handler({}, Timed()) == {}
    assert len(told) == len(set(told)) == MANY
    assert sum(rows_of_shards(minute_of(evening))) == 0
    (hottest, _), most = units.hottest()
    print(f"{MANY} reminders in {took:.0f} s: {MANY / took:.0f} a second, {cpu / MANY * 1000:.1f} ms CPU each")  # noqa: T201
    print(f"{len(runs)} runs, the longest {max(runs):.1f} s, the last by the clock {time.now}")  # noqa: T201
    print(f"units: {sum(units.seconds.values()) / MANY:.1f} written each; hottest {hottest}: {most} in a second")  # noqa: T201
    print(f"calls: {dict(units.calls)}")  # noqa: T201

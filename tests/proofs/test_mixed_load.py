"""Requests of all kinds at once for some minutes, the workers and sweeps beside them, on AWS's own engine.

People register, log in, book, cancel, send documents and share them; doctors work, go on leave and leave their clinic;
owners hire and dismiss, open and delete clinics; an administrator deactivates accounts. Messages of every queue come
twice and in another order. The clock of the code runs 20 times faster, so that reminders become due.

Nothing answers 5xx, the operators' look at every item finds nothing, and no SMS reaches the provider twice.
`MINUTES=15 THREADS=4 pytest -n 0 -s tests/proofs/test_mixed_load.py` is the long one; the figures are printed.
"""

import os
import random
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic, process_time, sleep
from typing import Any

import pytest
from appointments import reminding
from notifications import app, senders, sweep
from notifications.errors import SendRefused
from quickcare import clock
from quickcare.settings import settings

from operators import invariants
from operators.invariants import snapshot
from tests import leftovers
from tests.api import Api, Context
from tests.documents import crashes
from tests.fakes.sms import Context as WorkersContext
from tests.fakes.sms import SmsQueue
from tests.faults import items
from tests.proofs.load import Client, Load
from tests.town import Town

MINUTES, THREADS = float(os.environ.get("MINUTES", "0.4")), int(os.environ.get("THREADS", "4"))
BEGIN, SPEED = datetime(2026, 3, 1, 12, 20, tzinfo=UTC), 20
"""Ten minutes before the reminders of the evening, and how much faster than the machine's the clock is."""
WINDOW = {"start_time": "09:00", "end_time": "13:00", "slot_duration_minutes": 15, "max_patients": 16}
MOST_AT_ONCE = 10


class Provider:
    """Takes SMS, and refuses one in twenty."""

    provider = "twilio"

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._dice = random.Random(1)  # noqa: S311 - dice, so that a load can be made again

    def send(self, _to: str, _body: str, sms_id: str = "", _dlt: object = None) -> str:
        if self._dice.random() < 0.05:
            raise SendRefused("provider answered 503 (code 20503)")
        self.taken[sms_id] += 1
        return f"SM{sms_id}"


class Workers:
    """The functions that no client waits for. What they keep comes again."""

    def __init__(self) -> None:
        self.queue, self.runs = SmsQueue(), 0
        self._kept: list[dict[str, Any]] = []
        self._jobs: list[dict[str, Any]] = []

    def run_all(self) -> None:
        """Each once, with what waits for it."""
        clocked: list[Any] = [sweep, reminding]
        for module in clocked:
            module.handler({}, Context())
        jobs = [*self._jobs, *leftovers.received()]
        # One at a time, as its queue gives them; each comes twice, and in another order.
        failed = {one for job in (*jobs, *jobs[::-1]) for one in leftovers.work([job])}
        self._jobs = [job for job in jobs if job["messageId"] in failed]
        crashes.work_off()
        self._send()
        self.runs += 1

    def finish(self) -> None:
        """Until nothing waits and nothing is kept."""
        for _ in range(20):
            self.run_all()
        assert self._kept == self._jobs == []

    def _send(self) -> None:
        came = self.queue.event()["Records"]
        for one in came:
            self.queue.client.delete_message(QueueUrl=self.queue.url, ReceiptHandle=one["receiptHandle"])
        records = [*self._kept, *came]
        self._kept = []
        for start in range(0, len(records), MOST_AT_ONCE):
            batch = records[start : start + MOST_AT_ONCE]
            answer = app.handler({"Records": [*batch, *batch[::-1]]}, WorkersContext())
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            self._kept += [one for one in batch if one["messageId"] in failed]


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("real_dynamodb")
def test_a_mixed_load_breaks_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    started = monotonic()
    monkeypatch.setattr(clock, "now", lambda: BEGIN + SPEED * timedelta(seconds=monotonic() - started))
    monkeypatch.setenv("PUBLIC_URL", "https://qck.in")
    settings.cache_clear()
    provider = Provider()
    monkeypatch.setattr(senders, "configured", lambda _: provider)
    load, workers, errors = Load(Api(), Town(Api())), Workers(), list[str]()
    open_hours(load)
    began, used = monotonic(), process_time()
    run_beside(load, workers, began + 60 * MINUTES, errors)
    took, cpu = monotonic() - began, process_time() - used
    workers.finish()
    with snapshot.of_table(settings().table_name) as seen:
        found, counts = list(invariants.check(seen, clock.now())), seen.counts()
    with capsys.disabled():
        print(f"\n{report(load, workers, took, cpu, counts)}")  # noqa: T201 - the figures are what the proof is for
    assert errors == []
    assert load.failed == []
    assert found == []
    assert provider.taken
    assert provider.taken.most_common(1)[0][1] == 1
    assert items(kind="OutboxSms") == items(kind="Job") == []


def open_hours(load: Load) -> None:
    """Let both doctors work every day but Sunday and Monday, where they have hours already."""
    for place in (load.town.here, load.town.there):
        for day in ("tuesday", "wednesday", "thursday", "friday", "saturday"):
            path = f"/api/doctors/{place.ids['doctor_id']}/availability/"
            answer = load.api.post(path, {"day": day, **WINDOW}, place.people["doctor"].token)
            assert answer.status == 201, answer


def run_beside(load: Load, workers: Workers, until: float, errors: list[str]) -> None:
    """Let all clients act until then, and the workers beside them."""

    def repeat(act: Callable[[], object], pause: float = 0.0) -> None:
        while monotonic() < until:
            try:
                act()
            except Exception:  # noqa: BLE001 - the test shows what was raised in a thread
                errors.append(traceback.format_exc())
                return
            sleep(pause)

    acts = [(Client(load, number).act, 0.0) for number in range(THREADS)]
    threads = [threading.Thread(target=repeat, args=one) for one in [*acts, (workers.run_all, 0.5)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def report(load: Load, workers: Workers, took: float, cpu: float, counts: dict[str, int]) -> str:
    many = sum(map(len, load.seconds.values()))
    lines = [
        f"{THREADS} clients, {took:.0f} s, {cpu:.0f} s of CPU: {many} requests, {many / took:.1f} a second",
        f"{workers.runs} runs of all workers; items in the end: {sum(counts.values())}",
        f"refused: {dict(+load.refused)}",
        f"{'':24} {'n':>6} {'p50 ms':>8} {'p99 ms':>8}",
    ]
    for kind, seconds in sorted(load.seconds.items()):
        lines.append(f"{kind:24} {len(seconds):6} {1000 * at(seconds, 0.5):8.0f} {1000 * at(seconds, 0.99):8.0f}")
    return "\n".join(lines)


def at(seconds: list[float], share: float) -> float:
    """So that this share of them took no longer."""
    return sorted(seconds)[int(share * (len(seconds) - 1))]

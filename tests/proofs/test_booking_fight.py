"""64 clients fight for the same slots in real threads on AWS's own engine, while the doctors change clinics.

Two doctors take three patients each, in slots of 15 and of 20 minutes, and change places every few rounds. The 64
clients are only 32 patients, so that each competes with itself. Some visits are completed at once, which gives
nothing back, some are cancelled, which does. Every few rounds a doctor leaves one clinic and joins the other, the
worker takes out what can no longer take place (each job comes twice), and owners end some of that.

Nothing may overlap, for a doctor or a patient, no window hold a fourth, and everybody who gets no slot must be told so
by a 409, or a 400 when there is no such slot now. What was left behind is marked and told once, and holds no time.
`ROUNDS=20 make proof` is a quick try.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, process_time
from typing import Any

import pytest
from notifications import sweep
from quickcare.clinic import booking_rules, slots
from quickcare.db.item import Item
from quickcare.settings import settings

from operators.invariants import appointments as by_the_operators_look
from operators.invariants import snapshot
from tests import leftovers
from tests.api import Context
from tests.appointments.audit import audit, most_in_window
from tests.conftest import FakeClock
from tests.proofs.clients import CLIENTS, PER_WINDOW, ROUNDS, Fight
from tests.proofs.moves import DONE, published, require_told_once

# What clients may be told who compete for slots, and only they.
LOST = {
    booking_rules.SLOT_TAKEN,
    booking_rules.WINDOW_FULL,
    booking_rules.PATIENT_BUSY,
    "400 The doctor does not offer this time.",
}
# What a doctor who moves causes besides: between two clinics nobody can book.
BETWEEN_CLINICS = {f"400 {booking_rules.CLOSED}"}
# A doctor does not see what is left at the old clinic, and has no rights between two; who came back finds appointments
# marked, or ended by the clinic. Patient and owner may end the same one.
LEFT_BEHIND = {
    "404 Not found.",
    "403 You do not have permission to do this.",
    "400 An appointment that is pending cannot become confirmed.",
    "400 An appointment that is confirmed cannot become completed.",
    "400 An appointment that is cancelled cannot become confirmed.",
    "400 An appointment that is cancelled cannot be cancelled.",
}


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("real_dynamodb")
def test_no_minute_has_two_winners_and_no_loser_sees_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, time: FakeClock
) -> None:
    monkeypatch.setenv("ADDRESS_RATE_LIMITS", "off")  # A patient has more than 20 here.
    settings.cache_clear()
    fight, tried, began, used = Fight(time), Counter[str](), monotonic(), process_time()
    events = Item._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", lambda **_: tried.update(["transactions"]))
    with published() as sent:
        with ThreadPoolExecutor(CLIENTS) as clients:
            told = sum(clients.map(fight.run, range(CLIENTS)), Counter[str]())
        sweep_and_work_off(time)
    appointments = audit()
    with snapshot.of_table(settings().table_name) as seen:
        assert list(by_the_operators_look.findings(seen, time())) == []
    marked = [one for one in appointments if "needs_attention" in one]
    ended = [one for one in marked if one.get("cancelled_by") == "clinic"]
    report = f"{ROUNDS} rounds in {monotonic() - began:.0f} s, {process_time() - used:.0f} s of this process: "
    report += f"{dict(told.most_common())}; {tried.total()} transactions were tried for {told[DONE]} winners; "
    report += f"{len(marked)} were left behind, {len(ended)} of them ended by their clinic"
    with capsys.disabled():
        print(f"\n{report}")  # noqa: T201 - the figures are what the proof is for
    require_no_other_answers(told, report)
    assert told[DONE] == len(appointments) >= ROUNDS * PER_WINDOW
    assert {one["status"] for one in appointments} >= {"pending", "completed", "cancelled"}
    assert most_in_window(appointments, "09:00", "10:00") == PER_WINDOW
    assert {one["status"] for one in marked} >= {"pending", "cancelled"}
    assert ended
    fight.clinics.require_nothing_left(appointments, slots.today(time()).isoformat())
    require_told_once(appointments, sent)


def require_no_other_answers(told: Counter[str], report: str) -> None:
    """Everybody was told what the fight and the moves explain, and somebody came when a doctor was between clinics."""
    bookings = {one for one in told if not one.startswith(("end: ", "office: ", "worker: "))}
    assert bookings - {DONE, *LOST} <= BETWEEN_CLINICS, report
    others = told.keys() - bookings
    assert others <= {f"end: {one}" for one in (DONE, *LEFT_BEHIND)} | {f"office: {DONE}", "worker: 0 failed"}, report
    assert bookings >= BETWEEN_CLINICS, report


def sweep_and_work_off(time: FakeClock) -> None:
    """Relay what nobody relayed, and let the worker do what waits."""
    time.advance(minutes=1)
    handler: Any = sweep.handler  # a context of the tests is no LambdaContext
    assert handler({}, Context())["failed"] == 0
    leftovers.work_off()

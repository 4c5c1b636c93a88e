"""A crash at every AWS call of booking and cancelling, before it and after it, on AWS's own engine.

The process ends at once: no code that would run after that (an `except`, a clean-up) runs. What the table then holds
must keep the invariants, and the same request, sent again, must end as if there had been no crash.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from quickcare import aws, clock, ids
from quickcare.db.item import Item
from quickcare.sms import outbox

from tests.api import Answer
from tests.appointments.audit import audit
from tests.appointments.before_lengths import go_back
from tests.bench import sms_to
from tests.people import People, Person
from tests.practice import Practice

pytestmark = pytest.mark.usefixtures("real_dynamodb")
MOMENTS = ("before-call", "after-call")
at_each_moment = pytest.mark.parametrize("moment", MOMENTS)


class ProcessDied(BaseException):
    """No `except Exception` of the code under test catches it."""


class Countdown:
    """Dies at the call with this number; counts them all."""

    def __init__(self, fatal: int | None) -> None:
        self.fatal, self.calls = fatal, 0

    def __call__(self, **_: object) -> None:
        self.calls += 1
        if self.calls - 1 == self.fatal:
            raise ProcessDied


@contextmanager
def dying(moment: str, fatal: int | None) -> Iterator[Countdown]:
    """Inside, the process dies before or after its AWS call number `fatal` (the first is 0)."""
    countdown = Countdown(fatal)
    clients = [Item._get_connection().connection.client, *map(aws.client, ("dynamodb", "sns", "sqs"))]
    for client in clients:
        client.meta.events.register(moment, countdown)
    try:
        yield countdown
    finally:
        for client in clients:
            client.meta.events.unregister(moment, countdown)


def crash_everywhere(
    prepare: Callable[[], Callable[[], Answer]], check: Callable[[Answer], None], moment: str, *, old_data: bool = False
) -> int:
    """Crash the request that `prepare` makes at each of its calls, before or after it.

    `check` gets the answer of its repetition.

    Returns the number of crashes.
    """
    request = prepare()
    with dying(moment, fatal=None) as countdown:
        answer = request()
    check(answer)
    for fatal in range(countdown.calls):
        request = prepare()
        with dying(moment, fatal), pytest.raises(ProcessDied):
            request()
        audit(old_data=old_data)
        check(request())
    return countdown.calls


@pytest.fixture
def alice(people: People) -> Person:
    return people.alice


def announced(who: Person) -> list[str]:
    """The SMS that reached the topic, once the sweep has passed."""
    for waiting in outbox.pending(clock.now() + timedelta(hours=1), 100):
        assert outbox.relay(waiting)
    return sms_to(who.contact)


@at_each_moment
def test_booking_survives_a_crash_at_every_call(practice: Practice, alice: Person, moment: str) -> None:
    slots = [(f"2026-03-{day:02d}", time) for day in range(9, 14) for time in ("09:00", "09:15", "09:30", "09:45")]
    wanted: list[str] = []
    practice.cancel(alice, practice.booked(alice))  # A patient's first booking makes one call more.

    def prepare() -> Callable[[], Answer]:
        date, time = slots[len(wanted)]
        wanted.append(ids.new_uuid())
        key = {"Idempotency-Key": wanted[-1]}
        return lambda: practice.book(alice, headers=key, appointment_date=date, appointment_time=time)

    def check(answer: Answer) -> None:
        assert answer.status == 201, answer
        assert len(audit()) == len(wanted) + 1
        assert announced(alice), "the patient gets no SMS"

    assert crash_everywhere(prepare, check, moment) >= 6


@at_each_moment
def test_cancelling_survives_a_crash_at_every_call(practice: Practice, alice: Person, moment: str) -> None:
    def prepare() -> Callable[[], Answer]:
        appointment_id = practice.booked(alice)
        return lambda: practice.cancel(alice, appointment_id)

    assert crash_everywhere(prepare, all_cancelled, moment) >= 3


@at_each_moment
def test_a_cancellation_by_the_doctor_survives_a_crash_at_every_call(
    practice: Practice, alice: Person, moment: str
) -> None:
    def prepare() -> Callable[[], Answer]:
        appointment_id = practice.booked(alice)
        announced(alice)
        return lambda: practice.move(appointment_id, "cancelled")

    def check(answer: Answer) -> None:
        all_cancelled(answer)
        assert "was cancelled by the doctor" in announced(alice)[0]

    assert crash_everywhere(prepare, check, moment) >= 5


@at_each_moment
def test_the_first_booking_beside_old_appointments_survives_a_crash_at_every_call(
    practice: Practice, alice: Person, moment: str
) -> None:
    days = [f"2026-03-{day:02d}" for day in (*range(3, 8), *range(9, 15), *range(16, 22), *range(23, 29))]
    used: list[str] = []
    monday = practice.booked(alice)

    def prepare() -> Callable[[], Answer]:
        for day in used[-1:]:
            cancel_all_on(practice, alice, day)
        go_back()
        used.append(days[len(used)])
        key = {"Idempotency-Key": ids.new_uuid()}
        return lambda: practice.book(alice, headers=key, appointment_date=used[-1], appointment_time="10:00")

    def check(answer: Answer) -> None:
        assert answer.status == 201, answer
        live = {one["appointment_date"]: one["id"] for one in audit() if one["status"] == "pending"}
        assert live == {"2026-03-02": monday, used[-1]: answer.json["id"]}

    assert crash_everywhere(prepare, check, moment, old_data=True) >= 7


def cancel_all_on(practice: Practice, who: Person, day: str) -> None:
    for one in audit(old_data=True):
        if one["appointment_date"] == day and one["status"] == "pending":
            assert practice.cancel(who, int(one["id"])).status == 200


@at_each_moment
def test_cancelling_an_old_appointment_survives_a_crash_at_every_call(
    practice: Practice, alice: Person, moment: str
) -> None:
    def prepare() -> Callable[[], Answer]:
        appointment_id = practice.booked(alice)
        go_back()
        return lambda: practice.cancel(alice, appointment_id)

    assert crash_everywhere(prepare, all_cancelled, moment, old_data=True) >= 7


@at_each_moment
def test_a_change_of_the_grid_over_old_appointments_survives_a_crash_at_every_call(
    practice: Practice, alice: Person, people: People, moment: str
) -> None:
    practice.plan()
    made = practice.add_window(slot_duration_minutes=60)
    old = [practice.booked(alice), practice.booked(people.bob, appointment_time="10:00")]
    body = {"slot_id": made, "slot_duration_minutes": 15}

    def prepare() -> Callable[[], Answer]:
        practice.change_window(made, slot_duration_minutes=60)
        go_back()
        path = f"/api/doctors/{practice.doctor_id}/availability/"
        return lambda: practice.api.put(path, body, practice.doctor.access)

    def check(answer: Answer) -> None:
        assert (answer.status, answer.json["conflicting_appointments"]) == (200, old)
        assert [one["duration_minutes"] for one in audit(old_data=True)] == [60, 60]

    assert crash_everywhere(prepare, check, moment, old_data=True) >= 7


def all_cancelled(answer: Answer) -> None:
    """All appointments are cancelled; after a crash that came behind the transaction, the repetition gets a 400."""
    assert answer.status in (200, 400), answer
    assert {one["status"] for one in audit()} == {"cancelled"}

"""Bookings, changes of status and availability, leaves and removals in any order end as a simple model says they must.

Hypothesis drives the services on AWS's own engine and a model beside them; each answer and, after each step, what the
table holds must be the model's. `EXAMPLES=20000 make soak` runs longer.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import hypothesis.strategies as st
import pytest
from appointments import booking, booking_rules, changing
from appointments.schemas import BookAppointment, CancelAppointment, ChangeAppointment
from appointments.status import ForbiddenStep, Status
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, DayLedger, Doctor, Membership, PatientHour
from quickcare.errors import AppError, Forbidden, Invalid

from tests.appointments import hospital
from tests.practice import change_item, leave, plan, window

EXAMPLES = int(os.environ.get("EXAMPLES", "500"))
STEPS = 30
BEGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
DAYS = (date(2026, 3, 2), date(2026, 3, 3))
TIMES = ("09:00", "09:07", "09:15", "09:30", "10:00", "10:15")
# Each plan: its windows as (start, end, minutes, most).
PLANS = {
    "usual": (("09:00", "10:00", 15, 2), ("10:00", "11:00", 15, 10)),
    "busy": (("09:00", "11:00", 15, 1),),
    "slow": (("09:00", "10:00", 30, 3),),
    "none": (),
}
NEXT = {"pending": {"confirmed", "cancelled"}, "confirmed": {"completed", "cancelled", "no_show"}}
done = Counter[str]()

people, days = st.integers(0, 1), st.sampled_from(DAYS)
rarely = st.sampled_from([False, False, False, True])
R = TypeVar("R")


def now() -> datetime:
    """A millisecond later at each step: one millisecond has 1,024 ids, fewer than appointments are made here."""
    return BEGIN + timedelta(milliseconds=done["steps"])


def tried(call: Callable[[], R]) -> tuple[R | None, AppError | None]:
    """What a call answers, or how it refuses."""
    try:
        return call(), None
    except AppError as refused:
        return None, refused


@dataclass
class Booked:
    """The model's appointment."""

    id: int
    patient: int
    doctor: int
    day: date
    time: str
    status: str = "pending"

    @property
    def is_live(self) -> bool:
        return self.status in NEXT


@dataclass
class Desk:
    """The model's doctor."""

    plan: str = "usual"
    leaves: set[date] = field(default_factory=set)
    employed: bool = True


class Bookings(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clinic_id, self.doctors = hospital.hire_doctors(2)
        self.patients = hospital.admit_patients(2)
        self.desks = [Desk(), Desk()]
        self.booked: list[Booked] = []
        for number in range(2):
            self._publish(number)
        done["runs"] += 1

    # What patients and doctors do

    @rule(patient=people, doctor=people, day=days, time=st.sampled_from(TIMES))
    def book(self, patient: int, doctor: int, day: date, time: str) -> None:
        wish = BookAppointment(doctor=int(self.doctors[doctor].id), appointment_date=day, appointment_time=time)
        expected = self._refusal(patient, doctor, day, time)
        made, refused = tried(lambda: booking.book(self.patients[patient], wish, None, now()))
        assert (refused.field if isinstance(refused, Invalid) else refused and refused.message) == expected
        if made:
            self.booked.append(Booked(int(made.appointment.id), patient, doctor, day, time))
        self._check(f"book: {expected or 'won'}")

    @rule(patient=people, doctor=people, day=days)
    def book_first(self, patient: int, doctor: int, day: date) -> None:
        """The slot that most plans have, so that many fight for it."""
        self.book(patient, doctor, day, TIMES[0])

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.booked))
        body = CancelAppointment(status=Status.CANCELLED)
        _, refused = tried(lambda: changing.cancel(self.patients[one.patient], one.id, body, now()))
        assert (refused and refused.status) == (None if one.is_live else 400)
        one.status = "cancelled" if one.is_live else one.status
        self._check("cancel")

    @precondition(lambda self: self.booked)
    @rule(data=st.data(), status=st.sampled_from(["confirmed", "confirmed", "completed", "no_show", "cancelled"]))
    def move(self, data: st.DataObject, status: str) -> None:
        one = data.draw(st.sampled_from(self.booked))
        allowed = NEXT.get(one.status, set())
        body = ChangeAppointment(status=Status(status))
        _, refused = tried(lambda: changing.change(self.doctors[one.doctor].user_id, one.id, body, now()))
        if not self.desks[one.doctor].employed:
            assert isinstance(refused, Forbidden)
        elif status not in allowed:
            assert isinstance(refused, ForbiddenStep)
            assert set(refused.allowed) == allowed
        else:
            assert refused is None
            one.status = status
        self._check(f"{status}: {type(refused).__name__ if refused else 'moved'}")

    # What changes around them

    @rule(doctor=people, name=st.sampled_from(sorted(PLANS)))
    def change_availability(self, doctor: int, name: str) -> None:
        self.desks[doctor].plan = name
        self._publish(doctor)
        self._check("change availability")

    @rule(doctor=people, day=days, away=rarely)
    def take_or_end_leave(self, doctor: int, day: date, away: bool) -> None:
        leaves = self.desks[doctor].leaves
        leaves.add(day) if away else leaves.discard(day)
        self._publish(doctor)
        self._check("leave")

    @rule(doctor=people, gone=rarely)
    def remove_or_return_member(self, doctor: int, gone: bool) -> None:
        item = self.doctors[doctor]
        self.desks[doctor].employed = not gone
        change_item(Doctor.key(int(item.id)), {"clinic_id": None if gone else self.clinic_id})
        change_item(Membership.key(item.user_id, self.clinic_id), {"status": "inactive" if gone else "active"})
        self._check("membership")

    def _publish(self, doctor: int) -> None:
        desk = self.desks[doctor]
        windows = tuple(
            window(start, end, slot_duration_minutes=minutes, max_patients=most)
            for start, end, minutes, most in PLANS[desk.plan]
        )
        leaves = tuple(leave(day.isoformat(), day.isoformat()) for day in desk.leaves)
        plan(int(self.doctors[doctor].id), self.clinic_id, windows, leaves)

    # The oracle

    def _refusal(self, patient: int, doctor: int, day: date, time: str) -> str | None:
        """The field or message that a booking must be refused with; None when it must succeed."""
        desk = self.desks[doctor]
        live = [one for one in self.booked if one.is_live and one.day == day]
        taken = [one.time for one in live if one.doctor == doctor]
        around = [plan for plan in PLANS[desk.plan] if plan[0] <= time < plan[1]]
        if not desk.employed:
            return "doctor"
        if day in desk.leaves:
            return "appointment_date"
        if not any(_is_on_grid(time, start, minutes) for start, _, minutes, _ in around):
            return "appointment_time"
        if time in taken:
            return booking_rules.SLOT_TAKEN
        if any(sum(start <= one < end for one in taken) >= most for start, end, _, most in around):
            return booking_rules.WINDOW_FULL
        if any(one.patient == patient and one.time == time for one in live):
            return booking_rules.PATIENT_BUSY
        return None

    def _check(self, step: str) -> None:
        """What the table holds is what the model says: one read."""
        done["steps"] += 1
        done[step] += 1
        books = [(doctor, day) for doctor in range(2) for day in DAYS]
        ledgers: list[Key[Any]] = [DayLedger.key(int(self.doctors[d].id), str(day)) for d, day in books]
        hours = [(patient, day, time) for patient in range(2) for day in DAYS for time in TIMES]
        held: list[Key[Any]] = [PatientHour.key(self.patients[patient], str(day), time) for patient, day, time in hours]
        kept: list[Key[Any]] = [Appointment.key(one.id) for one in self.booked]
        found: list[Any] = table.fetch_all([*ledgers, *held, *kept])
        live = [one for one in self.booked if one.is_live]
        for (doctor, day), ledger in zip(books, found, strict=False):
            wanted = {one.time: one.id for one in live if (one.doctor, one.day) == (doctor, day)}
            assert (ledger.times if isinstance(ledger, DayLedger) else {}) == wanted
        for hour, claim in zip(hours, found[len(books) :], strict=False):
            claimed = [one.id for one in live if (one.patient, one.day, one.time) == hour]
            assert ([int(claim.appointment_id)] if isinstance(claim, PatientHour) else []) == claimed
        stored = [one.status for one in found[len(books) + len(hours) :] if isinstance(one, Appointment)]
        assert stored == [one.status for one in self.booked]


def _is_on_grid(time: str, start: str, minutes: int) -> bool:
    """Whether a slot of a window that began at `start` begins at `time`; the plans' windows are whole slots."""
    since = datetime.strptime(time, "%H:%M") - datetime.strptime(start, "%H:%M")  # noqa: DTZ007 - times of day
    return since.total_seconds() % (minutes * 60) == 0


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("real_dynamodb")
def test_the_table_does_what_the_model_does(capsys: pytest.CaptureFixture[str]) -> None:
    done.clear()
    run_state_machine_as_test(
        Bookings,
        settings=settings(
            # A run may be shorter than the most it may have.
            max_examples=EXAMPLES * 5 // 4,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        print(f"\n{done['runs']} runs, {done['steps']} steps: {dict(done.most_common())}")  # noqa: T201 - the figures
    assert done["runs"] >= EXAMPLES
    assert done["steps"] >= EXAMPLES * STEPS

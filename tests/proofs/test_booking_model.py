"""Bookings, changes of status and availability, leaves and moves between clinics in any order end as a model says.

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
from appointments import changing, leftovers
from appointments.schemas import CancelAppointment, ChangeAppointment
from appointments.status import ForbiddenStep
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from quickcare import settings as environment
from quickcare.clinic import booking, booking_rules
from quickcare.clinic.appointment_views import BookAppointment
from quickcare.clinic.calendar import entries
from quickcare.clinic.status import Status
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, DayLedger, Doctor, Membership, PatientCalendar
from quickcare.errors import AppError, Forbidden, Invalid, NotFound

from tests.appointments import hospital
from tests.practice import change_item, leave, plan, window

EXAMPLES = int(os.environ.get("EXAMPLES", "350"))
STEPS = 30
BEGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
DAYS = (date(2026, 3, 2), date(2026, 3, 3))
TIMES = ("09:00", "09:07", "09:15", "09:20", "09:30", "10:00", "10:15")
MOST_LIVE, MOST_A_DAY = 6, 3
# Each plan: its windows as (start, end, minutes, most).
PLANS = {
    "usual": (("09:00", "10:00", 15, 2), ("10:00", "11:00", 15, 10)),
    "busy": (("09:00", "11:00", 15, 1),),
    "slow": (("09:00", "10:00", 30, 3),),
    "hours": (("09:00", "11:00", 60, 9),),
    "odd": (("08:40", "11:00", 20, 4),),
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
    minutes: int
    clinic: int
    status: str = "pending"
    is_marked: bool = False
    """Whether the worker has taken it out: it cannot take place, because its doctor has left the clinic."""

    @property
    def is_live(self) -> bool:
        return self.status in NEXT

    @property
    def holds_slot(self) -> bool:
        return self.status != "cancelled" and not self.is_marked

    @property
    def next_statuses(self) -> set[str]:
        allowed = NEXT.get(self.status, set())
        return allowed & {"cancelled"} if self.is_marked else allowed

    @property
    def span(self) -> tuple[int, int]:
        """From which minute until before which."""
        return _minute(self.time), _minute(self.time) + self.minutes


@dataclass
class Desk:
    """The model's doctor."""

    plan: str = "usual"
    leaves: set[date] = field(default_factory=set)
    clinic: int | None = 0


class Bookings(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        first, self.doctors = hospital.hire_doctors(2)
        self.clinics = [first, hospital.second_workplace(self.doctors)]
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
        made, refused = tried(lambda: booking.book(self.patients[patient], wish, "https://qck.in", now()))
        assert (refused.field if isinstance(refused, Invalid) else refused and refused.message) == expected
        if made:
            minutes = self._slot_length(doctor, time)
            assert made.minutes == minutes
            clinic = self.desks[doctor].clinic or 0
            self.booked.append(Booked(int(made.appointment.id), patient, doctor, day, time, minutes or 0, clinic))
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
        allowed, clinic = one.next_statuses, self.desks[one.doctor].clinic
        body = ChangeAppointment(status=Status(status))
        _, refused = tried(
            lambda: changing.change(self.doctors[one.doctor].user_id, one.id, body, "https://qck.in", now())
        )
        if clinic is None:
            assert isinstance(refused, Forbidden)
        elif clinic != one.clinic:
            assert isinstance(refused, NotFound)
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

    @rule(doctor=people, clinic=st.sampled_from([0, 0, 0, 1, None]))
    def move_doctor(self, doctor: int, clinic: int | None) -> None:
        """The doctor works in this clinic from now on, or in none; every appointment is left as it is."""
        item = self.doctors[doctor]
        self.desks[doctor].clinic = clinic
        change_item(Doctor.key(int(item.id)), {"clinic_id": None if clinic is None else self.clinics[clinic]})
        for number, clinic_id in enumerate(self.clinics):
            status = "active" if number == clinic else "inactive"
            change_item(Membership.key(item.user_id, clinic_id), {"status": status})
        self._publish(doctor)
        self._check("doctor moves")

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        """The worker comes to an appointment, early or late or once more."""
        one = data.draw(st.sampled_from(self.booked))
        appointment = table.fetch(Appointment.key(one.id))
        assert appointment
        leftovers.settle(appointment, now())
        cannot_take_place = one.is_live and self.desks[one.doctor].clinic != one.clinic
        one.is_marked = one.is_marked or cannot_take_place
        self._check("taken out" if cannot_take_place else "left as it is")

    def _publish(self, doctor: int) -> None:
        desk = self.desks[doctor]
        windows = tuple(
            window(start, end, slot_duration_minutes=minutes, max_patients=most)
            for start, end, minutes, most in PLANS[desk.plan]
        )
        leaves = tuple(leave(day.isoformat(), day.isoformat()) for day in desk.leaves)
        plan(int(self.doctors[doctor].id), self.clinics[desk.clinic or 0], windows, leaves)

    # The oracle

    def _refusal(self, patient: int, doctor: int, day: date, time: str) -> str | None:
        """The field or message that a booking must be refused with; None when it must succeed."""
        desk = self.desks[doctor]
        standing = [one for one in self.booked if (one.doctor, one.day) == (doctor, day) and one.holds_slot]
        theirs = [one for one in self.booked if one.is_live and not one.is_marked and one.patient == patient]
        minutes = self._slot_length(doctor, time)
        around = [plan for plan in PLANS[desk.plan] if plan[0] <= time < plan[1]]
        if desk.clinic is None:
            return "doctor"
        if day in desk.leaves:
            return "appointment_date"
        if minutes is None:
            return "appointment_time"
        if any(_overlap(one, time, minutes) for one in standing):
            return booking_rules.SLOT_TAKEN
        if any(sum(start <= one.time < end for one in standing) >= most for start, end, _, most in around):
            return booking_rules.WINDOW_FULL
        if any(one.day == day and _overlap(one, time, minutes) for one in theirs):
            return booking_rules.PATIENT_BUSY
        if len(theirs) >= MOST_LIVE:
            return booking_rules.TOO_MANY.format(most=MOST_LIVE)
        if sum((one.doctor, one.day) == (doctor, day) for one in theirs) >= MOST_A_DAY:
            return booking_rules.TOO_MANY_THAT_DAY.format(most=MOST_A_DAY)
        return None

    def _slot_length(self, doctor: int, time: str) -> int | None:
        """How long the slot is that begins at this time; None when there is none."""
        for start, end, minutes, _ in PLANS[self.desks[doctor].plan]:
            if start <= time < end and (_minute(time) - _minute(start)) % minutes == 0:
                return minutes
        return None

    def _check(self, step: str) -> None:
        """What the table holds is what the model says: one read."""
        done["steps"] += 1
        done[step] += 1
        books = [(doctor, day) for doctor in range(2) for day in DAYS]
        ledgers: list[Key[Any]] = [DayLedger.key(int(self.doctors[d].id), str(day)) for d, day in books]
        calendars: list[Key[Any]] = [PatientCalendar.key(patient_id) for patient_id in self.patients]
        kept: list[Key[Any]] = [Appointment.key(one.id) for one in self.booked]
        found: list[Any] = table.fetch_all([*ledgers, *calendars, *kept])
        standing = [one for one in self.booked if one.holds_slot]
        for (doctor, day), ledger in zip(books, found, strict=False):
            wanted = {one.time: (one.id, one.minutes) for one in standing if (one.doctor, one.day) == (doctor, day)}
            assert _kept_in(ledger) == wanted
        for patient, calendar in enumerate(found[len(books) : len(books) + len(calendars)]):
            theirs = [one for one in self.booked if one.is_live and not one.is_marked and one.patient == patient]
            live = {one.id: one.minutes for one in theirs}
            held = entries(calendar, now()) if calendar else []
            assert {one.appointment_id: one.minutes for one in held} == live
        stored = [one for one in found[len(books) + len(calendars) :] if isinstance(one, Appointment)]
        assert [(one.status, one.duration_minutes) for one in stored] == [(o.status, o.minutes) for o in self.booked]
        assert [one.needs_attention is not None for one in stored] == [one.is_marked for one in self.booked]


def _kept_in(ledger: DayLedger | None) -> dict[str, tuple[int, int]]:
    return {time: (number, ledger.minutes[time]) for time, number in ledger.taken.items()} if ledger else {}


def _minute(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _overlap(one: Booked, time: str, minutes: int) -> bool:
    first, end = one.span
    return first < _minute(time) + minutes and _minute(time) < end


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("real_dynamodb")
def test_the_table_does_what_the_model_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_LIVE_APPOINTMENTS", str(MOST_LIVE))
    monkeypatch.setenv("MAX_APPOINTMENTS_PER_DOCTOR_DAY", str(MOST_A_DAY))
    environment.settings.cache_clear()
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

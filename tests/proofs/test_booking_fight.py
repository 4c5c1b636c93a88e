"""64 clients fight for the same slots, 250 times, in real threads on AWS's own engine.

Two doctors take three patients each, in slots of 15 and of 20 minutes, and change places every few rounds. The 64
clients are only 32 patients, so that each competes with itself. Some visits are completed at once, which gives
nothing back, some are cancelled, which does. Nothing may overlap, for a doctor or a patient, no window hold a fourth,
and everybody who gets no slot must be told so by a 409, or a 400 when there is no such slot now.
`ROUNDS=20 make proof` is a quick try.
"""

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time

import pytest
from appointments import booking, booking_rules, changing
from appointments.schemas import BookAppointment, CancelAppointment, ChangeAppointment
from appointments.status import Status
from quickcare.db.item import Item
from quickcare.db.items import Doctor
from quickcare.errors import AppError
from quickcare.settings import settings

from tests.appointments import hospital
from tests.appointments.audit import audit, most_in_window
from tests.practice import plan, window

CLIENTS, PATIENTS, DOCTORS = 64, 32, 2
ROUNDS = int(os.environ.get("ROUNDS", "250"))
STAMPEDE = 25  # in every 25th round all clients begin at the same moment; in the others each begins when it can
REGRID = 10  # rounds, after which the doctors change their grids
BLOCK = 250  # rounds of the same patients: the days of a block are as many as can be booked ahead
TIMES = {15: ("09:00", "09:15", "09:30", "09:45"), 20: ("09:00", "09:20", "09:40")}
PER_WINDOW = 3
NO_SLOT = "400 The doctor does not offer this time."
ENDINGS = ("none", "none", "none", "completed", "cancelled")
MIDNIGHT = clock_time()
FIRST_DAY = date(2026, 3, 2)


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("real_dynamodb")
def test_no_minute_has_two_winners_and_no_loser_sees_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRESS_RATE_LIMITS", "off")  # A patient has more than 20 here.
    settings.cache_clear()
    clinic_id, doctors = hospital.hire_doctors(DOCTORS)
    patients = [hospital.admit_patients(PATIENTS) for _ in range(0, ROUNDS, BLOCK)]
    work(clinic_id, doctors, 0)
    start, answers, began = threading.Barrier(CLIENTS), Counter[str](), time.monotonic()
    tried = Counter[str]()
    events = Item._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", lambda **_: tried.update(["transactions"]))

    def fight(client: int) -> None:
        dice = random.Random(client)  # noqa: S311 - dice, so that a fight can be fought again
        for number, day in enumerate(days()):
            which = dice.randrange(DOCTORS)
            doctor, times = doctors[which], TIMES[length(which, number // REGRID)]
            wish = BookAppointment(doctor=int(doctor.id), appointment_date=day, appointment_time=dice.choice(times))
            if number % STAMPEDE == 0:
                start.wait(timeout=600)
            if client == 0 and number % REGRID == 0:
                work(clinic_id, doctors, number // REGRID)
            patient_id, ending, now = patients[number // BLOCK][client % PATIENTS], dice.choice(ENDINGS), clock(number)
            answers[attempt(patient_id, doctor, wish, ending, now)] += 1

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(fight, range(CLIENTS)))
    appointments = audit()
    report = f"{answers.total()} attempts in {time.monotonic() - began:.0f} s: {dict(answers.most_common())}"
    report += f"; {tried.total()} transactions were tried for {answers['won']} winners"
    with capsys.disabled():
        print(f"\n{report}")  # noqa: T201 - the figures are what the proof is for
    refusals = {booking_rules.SLOT_TAKEN, booking_rules.WINDOW_FULL, booking_rules.PATIENT_BUSY, NO_SLOT}
    assert set(answers) <= {"won", *refusals}, report
    assert answers["won"] == len(appointments) >= ROUNDS * PER_WINDOW
    assert {one["status"] for one in appointments} >= {"pending", "completed", "cancelled"}
    assert most_in_window(appointments, "09:00", "10:00") == PER_WINDOW


def days() -> list[date]:
    """As many working days as there are rounds."""
    after = (FIRST_DAY + timedelta(days=number) for number in range(2 * ROUNDS + 7))
    return [day for day in after if day.weekday() != 6][:ROUNDS]


def clock(number: int) -> datetime:
    """The time of a round, a millisecond after the last: all before the first day of its block, so that no patient's
    appointment has ended for one client and not for another."""
    first = days()[number - number % BLOCK]
    return datetime.combine(first, MIDNIGHT, UTC) - timedelta(days=1) + timedelta(milliseconds=number)


def length(doctor: int, turn: int) -> int:
    """The length of a doctor's slots; clients of another round may find the other one still, or already."""
    return tuple(TIMES)[(doctor + turn) % len(TIMES)]


def work(clinic_id: str, doctors: list[Doctor], turn: int) -> None:
    """Publish the doctors' windows, with the other grid than the turn before."""
    for number, doctor in enumerate(doctors):
        minutes = length(number, turn)
        hour = window("09:00", "10:00", max_patients=PER_WINDOW, slot_duration_minutes=minutes)
        plan(int(doctor.id), clinic_id, (hour,))


def attempt(patient_id: str, doctor: Doctor, wish: BookAppointment, ending: str, now: datetime) -> str:
    """How it ended: "won", or the message of the refusal, with its status when that is not 409."""
    try:
        made = booking.book(patient_id, wish, None, now).appointment
        if ending == "cancelled":
            changing.cancel(patient_id, int(made.id), CancelAppointment(status=Status.CANCELLED), now)
        elif ending == "completed":
            for status in (Status.CONFIRMED, Status.COMPLETED):
                changing.change(doctor.user_id, int(made.id), ChangeAppointment(status=status), now)
    except AppError as refused:
        return refused.message if refused.status == 409 else f"{refused.status} {refused.message}"
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is a 5xx and ends in the report
        return f"5xx {type(failure).__name__}"
    return "won"

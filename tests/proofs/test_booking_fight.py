"""64 clients fight for the same slots, 500 times, in real threads on AWS's own engine.

Two doctors offer four slots each and take three patients each. The 64 clients are only 48 patients, so that some
compete with themselves. No slot may be booked twice, and everybody who gets none must be told so by a 409.
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
from appointments import booking, booking_rules
from appointments.schemas import BookAppointment
from quickcare.db.item import Item
from quickcare.errors import AppError

from tests.appointments import hospital
from tests.appointments.audit import audit, most_in_window
from tests.practice import plan, window

CLIENTS, PATIENTS, DOCTORS = 64, 48, 2
ROUNDS = int(os.environ.get("ROUNDS", "500"))
STAMPEDE = 25  # in every 25th round all clients begin at the same moment; in the others each begins when it can
TIMES, PER_WINDOW = ("09:00", "09:15", "09:30", "09:45"), 3
MIDNIGHT = clock_time()
FIRST_DAY = date(2026, 3, 2)


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("real_dynamodb")
def test_no_slot_has_two_winners_and_no_loser_sees_anything_but_409(capsys: pytest.CaptureFixture[str]) -> None:
    clinic_id, doctors = hospital.hire_doctors(DOCTORS)
    patients = hospital.admit_patients(PATIENTS)
    for doctor in doctors:
        plan(int(doctor.id), clinic_id, (window("09:00", "10:00", max_patients=PER_WINDOW),))
    start, answers, began = threading.Barrier(CLIENTS), Counter[str](), time.monotonic()
    tried = Counter[str]()
    events = Item._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", lambda **_: tried.update(["transactions"]))

    def fight(client: int) -> None:
        dice = random.Random(client)  # noqa: S311 - dice, so that a fight can be fought again
        for number, day in enumerate(days()):
            wish = BookAppointment(
                doctor=int(dice.choice(doctors).id), appointment_date=day, appointment_time=dice.choice(TIMES)
            )
            if number % STAMPEDE == 0:
                start.wait(timeout=600)
            answers[attempt(patients[client % PATIENTS], wish)] += 1

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(fight, range(CLIENTS)))
    appointments = audit()
    report = f"{answers.total()} attempts in {time.monotonic() - began:.0f} s: {dict(answers.most_common())}"
    report += f"; {tried.total()} transactions were tried for {answers['won']} winners"
    with capsys.disabled():
        print(f"\n{report}")  # noqa: T201 - the figures are what the proof is for
    assert set(answers) <= {"won", booking_rules.SLOT_TAKEN, booking_rules.WINDOW_FULL, booking_rules.PATIENT_BUSY}, (
        report
    )
    assert answers["won"] == len(appointments) >= ROUNDS * PER_WINDOW
    assert most_in_window(appointments, "09:00", "10:00") == PER_WINDOW


def days() -> list[date]:
    """As many working days as there are rounds."""
    after = (FIRST_DAY + timedelta(days=number) for number in range(2 * ROUNDS + 7))
    return [day for day in after if day.weekday() != 6][:ROUNDS]


def attempt(patient_id: str, wish: BookAppointment) -> str:
    """How it ended: "won", or the message of the refusal, with its status when that is not 409."""
    try:
        booking.book(patient_id, wish, None, datetime.combine(wish.appointment_date, MIDNIGHT, UTC) - timedelta(days=1))
    except AppError as refused:
        return refused.message if refused.status == 409 else f"{refused.status} {refused.message}"
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is a 5xx and ends in the report
        return f"5xx {type(failure).__name__}"
    return "won"

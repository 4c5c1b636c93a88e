"""The 64 clients of the fight (`test_booking_fight`), and what some of them do besides booking."""

import os
import random
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import cache, partial
from typing import Any

from appointments import changing
from appointments.schemas import CancelAppointment, ChangeAppointment
from quickcare.clinic import booking
from quickcare.clinic.appointment_views import BookAppointment
from quickcare.clinic.status import Status

from tests import leftovers
from tests.appointments import hospital
from tests.conftest import FakeClock
from tests.practice import window
from tests.proofs.moves import Clinics, answer

CLIENTS, PATIENTS, DOCTORS = 64, 32, 2
ROUNDS = int(os.environ.get("ROUNDS", "120"))
STAMPEDE = 25  # in every 25th round all clients begin at the same moment; in the others each begins when it can
REGRID = 10  # rounds, after which the doctors change their grids
MOVE = 10  # rounds, after which a doctor leaves a clinic; in the round after that they join the other
END = 3  # rounds, after which each owner ends an appointment that cannot take place
BLOCK = 250  # rounds of the same patients: the days of a block are as many as can be booked ahead
TIMES = {15: ("09:00", "09:15", "09:30", "09:45"), 20: ("09:00", "09:20", "09:40")}
PER_WINDOW = 3
ENDINGS = ("none", "none", "none", "completed", "cancelled")
MIDNIGHT = clock_time()
FIRST_DAY = date(2026, 3, 2)


class Fight:
    """What the clients share."""

    def __init__(self, time: FakeClock) -> None:
        self.time = time
        self.clinics = Clinics(DOCTORS)
        self.patients = [hospital.admit_patients(PATIENTS) for _ in range(0, ROUNDS, BLOCK)]
        self.start = threading.Barrier(CLIENTS)
        self.came: list[dict[str, Any]] = []
        self.publish(0)

    def publish(self, turn: int) -> None:
        """Publish the doctors' windows, with the other grid than the turn before."""
        self.turn = turn
        for number in range(DOCTORS):
            minutes = length(number, turn)
            hour = window("09:00", "10:00", max_patients=PER_WINDOW, slot_duration_minutes=minutes)
            self.clinics.publish(number, hour)

    def run(self, client: int) -> Counter[str]:
        """What became of a client's attempts, and of what else it does."""
        dice = random.Random(client)  # noqa: S311 - dice, so that a fight can be fought again
        told = Counter[str]()
        for number, day in enumerate(days()):
            if number % STAMPEDE == 0:
                self.start.wait(timeout=600)
            told += self.duties(client, number)
            told += self.attempt(client, number, day, dice)
        return told

    def duties(self, client: int, number: int) -> Counter[str]:
        """The first client is the office, the next two are the worker, then come the owners."""
        told = Counter[str]()
        if client == 0:
            told[f"office: {answer(partial(self.administer, number))}"] += 1
        elif client == 1:
            self.came = leftovers.received()
            told[f"worker: {len(leftovers.work(self.came))} failed"] += 1
        elif client == 2:  # The queue may deliver twice, in another order.
            told[f"worker: {len(leftovers.work(self.came[::-1]))} failed"] += 1
        elif client in (3, 4) and number % END == 0:
            told[f"end: {answer(lambda: self.clinics.end_one(client - 3, clock(number)))}"] += 1
        return told

    def administer(self, number: int) -> None:
        doctor = number // MOVE % DOCTORS
        if number % BLOCK == 0:
            self.time.now = clock(number) + timedelta(hours=1)  # the worker's time
        if number % REGRID == 0:
            self.publish(number // REGRID)
        if number % MOVE == 5:
            self.clinics.leave(doctor, clock(number))
        elif number % MOVE == 6:
            self.clinics.join(doctor, clock(number))
            self.publish(self.turn)

    def attempt(self, client: int, number: int, day: date, dice: random.Random) -> Counter[str]:
        """Book, and end some of what was booked."""
        which, now = dice.randrange(DOCTORS), clock(number)
        doctor, times = self.clinics.doctors[which], TIMES[length(which, self.turn)]
        wish = BookAppointment(doctor=int(doctor.id), appointment_date=day, appointment_time=dice.choice(times))
        patient_id, ending = self.patients[number // BLOCK][client % PATIENTS], dice.choice(ENDINGS)
        booked: list[int] = []
        told = Counter([answer(lambda: booked.append(book(patient_id, wish, now)))])
        if booked and ending == "cancelled":
            body = CancelAppointment(status=Status.CANCELLED)
            told[f"end: {answer(lambda: changing.cancel(patient_id, booked[0], body, now))}"] += 1
        elif booked and ending == "completed":
            told[f"end: {answer(lambda: complete(doctor.user_id, booked[0], now))}"] += 1
        return told


@cache
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
    """The length of a doctor's slots; who reads the turn while it changes may find the other one still, or already."""
    return tuple(TIMES)[(doctor + turn) % len(TIMES)]


def book(patient_id: str, wish: BookAppointment, now: datetime) -> int:
    return int(booking.book(patient_id, wish, "https://qck.in", now).appointment.id)


def complete(doctor_user_id: str, appointment_id: int, now: datetime) -> None:
    for status in (Status.CONFIRMED, Status.COMPLETED):
        changing.change(doctor_user_id, appointment_id, ChangeAppointment(status=status), "https://qck.in", now)

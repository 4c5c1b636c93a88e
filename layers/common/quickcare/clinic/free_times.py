"""The next free times of a doctor, over several days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from quickcare.clinic import appointments, slots, staff
from quickcare.db import table
from quickcare.db.items import Doctor, Membership, Schedule

_DAYS = 14  # how far ahead it is looked
_OF_A_DAY = 3  # so that not all of them are of one day


def upcoming(doctor: Doctor, membership: Membership | None, most: int, now: datetime) -> list[tuple[str, str]]:
    """The next free times as date and time, at most three of a day: 1 read. The doctor must take patients, and the
    membership be theirs in the clinic where they work."""
    if membership is None:
        return []
    today = slots.today(now)
    schedule, ledgers = table.parallel(
        lambda: table.fetch(Schedule.key(int(doctor.id))),
        lambda: appointments.ledgers(int(doctor.id), today, today + timedelta(days=_DAYS)),
    )
    booked = {ledger.date: slots.booked(ledger, schedule) for ledger in ledgers}

    def found() -> Iterator[tuple[str, str]]:
        for ahead in range(_DAYS + 1):
            day = today + timedelta(days=ahead)
            if staff.has_joined(membership, day):
                free = slots.of_day(schedule, doctor.clinic_id, day).free(booked.get(day, []), now)
                yield from ((day.isoformat(), time) for time in free[:_OF_A_DAY])

    return list(islice(found(), most))

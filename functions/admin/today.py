"""Today: how much happened in the last days, and what needs an administrator's attention.

All lists behind it are read together, the newest of each, and then what they lead to: 2 reads.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from quickcare import clock, tally
from quickcare.accounts import users_list
from quickcare.clinic import clinics_list, slots
from quickcare.db import keys, table
from quickcare.db.item import Item, Key
from quickcare.db.items import Clinic, DayLedger, Doctor, FailedSms, Schedule, SmsReceipt, User
from quickcare.db.items.directory import DirectoryRow
from quickcare.roles import Role
from quickcare.search import Directory, Query
from quickcare.tally import Counted

from admin import messages

SHOWN = {
    Counted.BOOKED: "Bookings",
    Counted.COMPLETED: "Visits",
    Counted.NO_SHOW: "No-shows",
    Counted.CANCELLED: "Cancellations",
    Counted.REGISTERED: "Registrations",
    Counted.CODES: "Codes",
    Counted.FAILED: "Failed messages",
}
"""What is counted, in the order of the page."""
DAYS = 7
MOST = 100
"""So many of the newest doctors, clinics and failed messages are looked at."""
_AHEAD = 7  # days in which conflicts with leaves are looked for


class Chart(NamedTuple):
    """What happened on each of the last days, today last."""

    name: str
    days: Sequence[tuple[date, int]]

    @property
    def today(self) -> int:
        return self.days[-1][1]

    @property
    def most(self) -> int:
        """The highest bar; 1 when nothing happened, so that none is as high as the chart."""
        return max(1, *(number for _, number in self.days))


class Conflict(NamedTuple):
    """A doctor on whose leave there are appointments, the first day of these, and how many they are."""

    doctor: User
    first: date
    appointments: int


class Today(NamedTuple):
    """What the page shows. `failed` are the messages that failed within a day and were not sent again."""

    charts: Sequence[Chart]
    doctors: Sequence[User]
    clinics: Sequence[Clinic]
    failed: int
    conflicts: Sequence[Conflict]


def read(now: datetime) -> Today:
    """The whole page: 2 reads."""
    doctors = Query(where={"role": int(Role.DOCTOR)}, order="joined", descending=True)
    clinics = Query(where={"active": True}, order="created", descending=True)
    reads: list[Callable[[], Any]] = [
        partial(tally.of_days, now, DAYS),
        *_rows(users_list.USERS, doctors),
        *_rows(clinics_list.REGISTER, clinics),
        *(partial(_failed, pk, now) for pk in messages.shards_of(keys.SMS_FAILED)),
    ]
    of_doctors, of_clinics = len(_rows(users_list.USERS, doctors)), len(_rows(clinics_list.REGISTER, clinics))
    counts, *found = table.gather(reads)
    return _with_items(
        [Chart(name, [(day, sums[what]) for day, sums in counts]) for what, name in SHOWN.items()],
        _newest(found[:of_doctors]),
        _newest(found[of_doctors : of_doctors + of_clinics]),
        [one for shard in found[of_doctors + of_clinics :] for one in shard][:MOST],
        now,
    )


def _rows(directory: Directory, query: Query) -> list[Callable[[], list[DirectoryRow]]]:
    """The reads of the newest rows of a list: 1 for each of its partitions."""
    pks = query.source(directory).partitions
    return [partial(table.query, DirectoryRow, pk, limit=MOST, newest_first=True) for pk in pks]


def _failed(pk: str, now: datetime) -> list[FailedSms]:
    since = FailedSms.sk > clock.sortable(now - timedelta(days=1))
    return table.query(FailedSms, pk, since, limit=MOST, newest_first=True)


def _newest(shards: Sequence[Sequence[DirectoryRow]]) -> list[DirectoryRow]:
    return sorted((row for shard in shards for row in shard), key=lambda row: str(row.sk), reverse=True)[:MOST]


def _with_items(
    charts: Sequence[Chart],
    doctors: Sequence[DirectoryRow],
    clinics: Sequence[DirectoryRow],
    failed: Sequence[FailedSms],
    now: datetime,
) -> Today:
    """What the rows lead to: 1 read."""
    days = [slots.today(now) + timedelta(days=ahead) for ahead in range(_AHEAD)]
    numbers = {row.item_id: int(row.copied["doctor"]) for row in doctors if row.copied["doctor"] is not None}
    wanted: list[Key[Any]] = [User.key(user_id) for user_id in numbers]
    wanted += [key for number in numbers.values() for key in (Doctor.key(number), Schedule.key(number))]
    wanted += [DayLedger.key(number, day.isoformat()) for number in numbers.values() for day in days]
    wanted += [Clinic.key(row.item_id) for row in clinics]
    wanted += [SmsReceipt.key(one.message_id) for one in failed]
    items: list[Item | None] = table.fetch_all(wanted) if wanted else []
    found = {(item.pk, item.sk): item for item in items if item is not None}

    def get(key: Key[Any]) -> Any:
        return found.get((key.pk, key.sk))

    pairs = [(get(User.key(user_id)), get(Doctor.key(number))) for user_id, number in numbers.items()]
    there = [(user, doctor) for user, doctor in pairs if user and user.is_active and doctor]
    return Today(
        charts=charts,
        doctors=[user for user, doctor in there if not doctor.is_verified],
        clinics=[
            clinic
            for row in clinics
            if (clinic := get(Clinic.key(row.item_id))) and clinic.is_active and not clinic.is_verified
        ],
        failed=sum(
            receipt is not None and messages.has_failed(receipt, now)
            for receipt in (get(SmsReceipt.key(one.message_id)) for one in failed)
        ),
        conflicts=[conflict for user, doctor in there if (conflict := _conflict(user, doctor, days, get))],
    )


def _conflict(user: User, doctor: Doctor, days: Sequence[date], get: Callable[[Key[Any]], Any]) -> Conflict | None:
    """The appointments of a doctor in a leave, by the days that the doctor's ledgers are of."""
    number = int(doctor.id)
    schedule = get(Schedule.key(number))
    if schedule is None or doctor.clinic_id is None:
        return None
    in_leave = [
        day
        for day in days
        for one in slots.booked(get(DayLedger.key(number, day.isoformat())), schedule)
        if slots.of_day(schedule, doctor.clinic_id, day).is_absent(one.time, one.minutes)
    ]
    return Conflict(user, in_leave[0], len(in_leave)) if in_leave else None

"""Reminds patients of their appointments, and offers those who missed one another time (invariant 14): every minute.

A row says where to look (`quickcare.clinic.reminders`). What is so is read then, and one transaction deletes the row,
checks that the appointment is as it was read, and writes the SMS and the row of the next reminder. So a row may come
twice, late, or after its appointment was cancelled, and two runs may work at the same time. What a run does not finish,
the next one does: a cursor says before which minute nothing is left.

Reminders share the provider with codes, which somebody waits for. So a run tells a thousand people at most, 25 a
second, and nobody while so many SMS wait for the provider: they wait in the table, where a cancelled one is dropped.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError
from quickcare import aws, budget, clock, links
from quickcare.clinic import appointment_details, calendar, reminders
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.reminders import About
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.items import Appointment, DueReminder, ReminderCursor
from quickcare.db.items.appointment import minute_of
from quickcare.db.operations import Check, Create, Delete, Operation, Put, Refused, unchanged
from quickcare.links import Scope
from quickcare.observability import count, logger, measure, show
from quickcare.settings import settings
from quickcare.sms import outbox, texts

_MINUTE = timedelta(minutes=1)
_MAY_STILL_COME = 2 * _MINUTE  # a booking that began before a minute may write its row of that minute after it
_TIME_FOR_SOME = 12_000  # milliseconds
_OF_A_SHARD = 10  # rows that are read of each shard at a time
_AT_ONCE = 100  # rows whose appointments are read together
_PAUSE = 5 * _MINUTE  # until what failed is tried again
_TRIES = 5
_TOLD_IN_A_RUN = 1000  # in about 40 s
_TOLD_IN_A_SECOND = 25
_MAY_WAIT = 1000  # SMS in the queue of the provider
_DECIDED_ON = "status", "needs_attention"  # of an appointment

Row = tuple[DueReminder, AppointmentDetails]


@logger.inject_lambda_context
@budget.kept
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Tell whoever has to be told by now, the earliest first, while there is time; answers what became of how many."""
    now = clock.now()
    cursor = table.fetch(ReminderCursor.key())
    first = _floor(now - _MAY_STILL_COME) if cursor is None else cursor.instant
    done, counts, room = first, Counter[str](), _room()
    for minute in _minutes(first, now):
        if not _finish(minute, context, counts, room):
            break
        done = minute + _MINUTE
    if (after := min(done, _floor(now - _MAY_STILL_COME))) > first or cursor is None:
        # Of two runs at once either may win: nothing is lost by looking twice.
        table.write(cursor=Put(ReminderCursor.key().item(minute=minute_of(after))))
    measure("ReminderAge", max((now - done).total_seconds(), 0.0), "Seconds")
    if counts:
        logger.info("reminders swept", extra=dict(counts))
    return dict(counts)


def _floor(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _minutes(first: datetime, now: datetime) -> Iterator[datetime]:
    minute = _floor(first)
    while minute <= now:
        yield minute
        minute += _MINUTE


def _room() -> int:
    """How many may be told in this run: none while too many SMS wait for the provider, or to be tried again."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    try:
        answer = aws.client("sqs").get_queue_attributes(QueueUrl=settings().sms_queue_url, AttributeNames=names)
    except (BotoCoreError, ClientError) as error:
        logger.warning("nobody knows how many SMS wait", error=type(error).__name__)
        return _TOLD_IN_A_RUN
    return _TOLD_IN_A_RUN if sum(int(answer["Attributes"][name]) for name in names) < _MAY_WAIT else 0


def _finish(minute: datetime, context: LambdaContext, counts: Counter[str], room: int) -> bool:
    """Do what is due in a minute, until `room` are told. Returns whether nothing of it is left."""
    while context.get_remaining_time_in_millis() >= _TIME_FOR_SOME:
        rows = _rows(minute)
        if not rows:
            return True
        for start in range(0, len(rows), _AT_ONCE):
            if counts["told"] >= room or context.get_remaining_time_in_millis() < _TIME_FOR_SOME:
                return False
            began = time.monotonic()
            became = _settle_all(rows[start : start + _AT_ONCE], clock.now())
            counts.update(became)
            if "left" in became:
                return False  # The table refuses even to put it off, so this is not about one row.
            time.sleep(max(0.0, became.count("told") / _TOLD_IN_A_SECOND - (time.monotonic() - began)))
    return False


def _rows(minute: datetime) -> list[DueReminder]:
    """Some of what is due in a minute, from all shards in turn: 1 read."""
    shards = keys.shards(keys.due(minute_of(minute)))[1:]
    read = partial(table.query, DueReminder, limit=_OF_A_SHARD)
    found = table.gather([partial(read, shard) for shard in shards])
    return [row for part in found for row in part]


def _settle_all(rows: Sequence[DueReminder], now: datetime) -> list[str]:
    """What became of each row: 1 read, 1 transaction for each."""
    try:
        details: Sequence[AppointmentDetails | None] = appointment_details.fetch(rows)
    except (KeyError, TypeError, ValueError):  # An item among them makes no sense, so each is read for itself.
        details = [None] * len(rows)
    return table.gather([partial(_settle, row, one, now) for row, one in zip(rows, details, strict=True)])


def _settle(row: DueReminder, details: AppointmentDetails | None, now: datetime) -> str:
    """Do one row; one that fails keeps nobody else waiting."""
    try:
        return _act(row, details or appointment_details.fetch([row])[0], now)
    except Refused:
        return "changed"  # by its patient, its doctor or another run: what is left of it is read again
    except Exception as error:  # noqa: BLE001 - see above
        number = int(row.appointment_id)
        logger.warning("a reminder failed", appointment_id=number, about=row.about, error=type(error).__name__)
        show(error)
        return _put_off(row, now)


def _act(row: DueReminder, details: AppointmentDetails, now: datetime) -> str:
    """Raises Refused when the row is gone or the appointment has changed since it was read.

    A row may be seen before the appointment that was written with it, so not even a dropped one goes without the check.
    """
    is_as_read = Check(Appointment.key(int(row.appointment_id)), unchanged(details.appointment, *_DECIDED_ON))
    gone: dict[str, Operation] = {"row": Delete(row.place, DueReminder.pk.exists())}
    if not _is_so(row, details, now):
        table.write(appointment=is_as_read, **gone)
        return "dropped"
    gone |= _next(row, details, now)
    if reminders.is_quiet(now) or not details.patient.reminders or _is_overtaken(row, details.appointment, now):
        table.write(**gone)
        return "left out"
    _tell(row, details, {"appointment": is_as_read, **gone}, now)
    return "told"


def _is_so(row: DueReminder, details: AppointmentDetails, now: datetime) -> bool:
    """Whether there is still something to be told: everybody is there, and the appointment live or missed."""
    one, doctor, clinic, patient = details.appointment, details.doctor, details.clinic, details.patient
    if not (one and doctor and clinic and patient and details.doctor_user):
        return False
    if not (patient.is_active and clinic.is_active and doctor.clinic_id == one.clinic_id):
        return False
    if row.about == About.MISSED:
        return bool(one.status == Status.NO_SHOW)
    return calendar.holds_time(one) and reminders.starts_at(one) > now


def _is_overtaken(row: DueReminder, appointment: Appointment, now: datetime) -> bool:
    """Whether a reminder comes so late that the next one follows within the hour."""
    return row.about != About.MISSED and reminders.comes_soon(appointment, now)


def _next(row: DueReminder, details: AppointmentDetails, now: datetime) -> dict[str, Operation]:
    """The row that comes after this one; an offer that falls into the quiet hours is made in the morning."""
    if row.about != About.MISSED:
        return reminders.following(details.appointment, row.link_base, now)
    is_later = reminders.is_quiet(now) and details.patient.reminders
    return reminders.of_missed(details.appointment, row.link_base, now) if is_later else {}


def _tell(row: DueReminder, details: AppointmentDetails, gone: dict[str, Operation], now: datetime) -> None:
    one, patient = details.appointment, details.patient
    names = details.doctor_user.name, details.clinic.name
    base, number = settings().link_base or row.link_base, int(one.id)
    if row.about == About.MISSED:
        link, code = links.new(Scope.MISSED, patient.id, now, appointment_id=number)
        text = texts.missed_visit(*names, links.url(base, code))
    else:
        link, code = links.new(Scope.APPOINTMENT, patient.id, now, reminders.starts_at(one), appointment_id=number)
        when = one.appointment_date, one.appointment_time
        text = texts.appointment_reminder(*when, *names, links.url(base, code))
    sms = outbox.to_user(patient, text, now, links.live(link))
    table.write(link=Create(link), **outbox.accepted(sms), **gone)
    outbox.relay(sms)


def _put_off(row: DueReminder, now: datetime) -> str:
    """Try a row that failed again in some minutes, five times at most."""
    writes: dict[str, Operation] = {"row": Delete(row.place, DueReminder.pk.exists())}
    names = ("about", "appointment_id", "patient_id", "doctor_id", "doctor_user_id", "clinic_id", "link_base", "ttl")
    if row.tries + 1 < _TRIES:
        later = DueReminder.key(now + _PAUSE, int(row.appointment_id), row.about)
        writes["later"] = Put(later.item(tries=row.tries + 1, **row.pick(names)))
    else:
        count("ReminderGivenUp")
    try:
        table.write(**writes)
    except Refused:
        return "changed"
    except Exception as error:  # noqa: BLE001 - the next run tries again
        logger.warning("a reminder could not be put off", error=type(error).__name__)
        return "left"
    return "put off"

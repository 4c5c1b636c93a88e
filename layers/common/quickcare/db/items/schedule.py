"""When a doctor works, and which times of a doctor's day are taken."""

import datetime
from typing import Any

from pynamodb.attributes import ListAttribute, NumberAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.db.values import PlainMap


class Schedule(Item, discriminator="Schedule"):
    """All windows and leaves of a doctor. They are one item, so a booking can check that none of them changed.

    `windows`: maps of id, clinic_id, day (monday…), start_time and end_time (HH:MM; a day ends at 24:00),
    slot_duration_minutes, max_patients, is_active. `leaves`: maps of id, clinic_id, start_date, end_date (YYYY-MM-DD),
    reason, created_at; one for a part of its days has start_time and end_time (HH:MM) too.
    Every change raises `version`, under the condition that it is as it was read.
    """

    windows: ListAttribute[Any] = ListAttribute(default=list)
    leaves: ListAttribute[Any] = ListAttribute(default=list)
    version = NumberAttribute(default=0)

    @staticmethod
    def key(doctor_id: int) -> Key["Schedule"]:
        return Key(Schedule, keys.doctor(doctor_id), keys.SCHEDULE)


class DayLedger(Item, discriminator="DayLedger"):
    """The appointments of a doctor on one day that were not cancelled.

    `taken` maps the start (HH:MM) to the appointment's id, `minutes` the same start to its length; what was written
    before appointments had a length is in `taken` only. Every change raises `version`.
    """

    taken = PlainMap(default=dict)
    minutes = PlainMap(default=dict)
    version = NumberAttribute(default=0)

    @property
    def date(self) -> datetime.date:
        return datetime.date.fromisoformat(self.sk.removeprefix(keys.day("")))

    @staticmethod
    def key(doctor_id: int, date: str) -> Key["DayLedger"]:
        return Key(DayLedger, keys.doctor(doctor_id), keys.day(date))

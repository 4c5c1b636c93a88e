"""Which reminders are due when."""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class DueReminder(Item, discriminator="DueReminder"):
    """That somebody may have to be told something about an appointment, in this minute or later.

    It only says where to look: what is so is read when it is due. `about` is one of `clinic.reminders.About`,
    `link_base` where the links of the request that caused it led, `tries` how often telling has failed.
    """

    about = UnicodeAttribute()
    appointment_id = NumberAttribute()
    patient_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    link_base = UnicodeAttribute()
    tries = NumberAttribute(default=0)

    @property
    def place(self) -> Key["DueReminder"]:
        """Where this one is."""
        return Key(DueReminder, self.pk, self.sk)

    @staticmethod
    def key(due: datetime, appointment_id: int, about: str) -> Key["DueReminder"]:
        sk = keys.due_reminder(appointment_id, about)
        return Key(DueReminder, keys.sharded(keys.due(minute_of(due)), sk), sk)


class ReminderCursor(Item, discriminator="ReminderCursor"):
    """Before which minute nothing is due any more (`YYYY-MM-DDTHH:MM`, in UTC)."""

    minute = UnicodeAttribute()

    @property
    def instant(self) -> datetime:
        """The minute's beginning."""
        return datetime.fromisoformat(self.minute).replace(tzinfo=UTC)

    @staticmethod
    def key() -> Key["ReminderCursor"]:
        return Key(ReminderCursor, keys.DUE_CURSOR, keys.DUE_CURSOR)


def minute_of(instant: datetime) -> str:
    """The minute of an instant, as keys have it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M}"

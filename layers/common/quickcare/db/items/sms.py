"""An SMS on its way out, and the proof of what was done about it."""

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class OutboxSms(Item, discriminator="OutboxSms"):
    """An SMS that is accepted but not yet published. `to` is E.164, `body` one GSM-7 segment."""

    to = UnicodeAttribute()
    body = UnicodeAttribute()

    @property
    def message_id(self) -> str:
        """The id under which it is sent at most once: the UUID that ends the sort key."""
        return self.sk.rpartition("#")[2]

    @staticmethod
    def key(sk: str) -> Key["OutboxSms"]:
        return Key(OutboxSms, keys.OUTBOX, sk)


class SmsReceipt(Item, discriminator="SmsReceipt"):
    """Claims a message for the one run that may send it. Without `sent_at`, that run is busy or died."""

    claim = UnicodeAttribute()
    claimed_at = UTCDateTimeAttribute()
    sent_at = UTCDateTimeAttribute(null=True)

    @staticmethod
    def key(message_id: str) -> Key["SmsReceipt"]:
        return Key(SmsReceipt, keys.sms(message_id), keys.RECEIPT)

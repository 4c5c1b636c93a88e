"""SMS that wait to be sent, and the receipts of those that were."""

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class OutboxSms(Item, discriminator="OutboxSms"):
    """An SMS that was accepted and is not yet in the queue. `to` is an E.164 number, `body` one GSM-7 segment."""

    to = UnicodeAttribute()
    body = UnicodeAttribute()

    @property
    def message_id(self) -> str:
        """The UUID at the end of the sort key. An SMS with this id is sent at most once."""
        return self.sk.rpartition("#")[2]

    @staticmethod
    def key(sk: str) -> Key["OutboxSms"]:
        return Key(OutboxSms, keys.OUTBOX, sk)


class SmsReceipt(Item, discriminator="SmsReceipt"):
    """Says which run may send an SMS. While it has no `sent_at`, that run is still sending, or it died."""

    claim = UnicodeAttribute()
    claimed_at = UTCDateTimeAttribute()
    sent_at = UTCDateTimeAttribute(null=True)

    @staticmethod
    def key(message_id: str) -> Key["SmsReceipt"]:
        return Key(SmsReceipt, keys.sms(message_id), keys.RECEIPT)

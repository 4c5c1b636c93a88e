"""SMS that wait to be sent, the lists of those that were accepted, and the receipt of each that a run took in hand."""

from datetime import datetime
from typing import Any, NamedTuple

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class LiveCode(NamedTuple):
    """What keeps the code or password in an SMS alive: the item with this key, while it has this `expires_at`.

    When the code is used the item is deleted. When a new code replaces it the item gets another `expires_at`, which is
    exact to a microsecond.
    """

    pk: str
    sk: str
    expires_at: datetime

    @classmethod
    def at(cls, key: Key[Any], expires_at: datetime) -> "LiveCode":
        return cls(key.pk, key.sk, expires_at)


class OutboxSms(Item, discriminator="OutboxSms"):
    """An SMS that was accepted and is not yet in the queue. `to` is an E.164 number, or empty for nobody.

    `body` is what it says, `text` the key of that in the registry (`quickcare.sms.texts`), `language` the language. One
    that was accepted by an older release has only `body`.

    One with a code or a password has the key of the item that keeps it alive, and its expiry (`LiveCode`).
    `correlation_id` is the request with which all began (`observability.following`).
    """

    to = UnicodeAttribute()
    body = UnicodeAttribute()
    text = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    code_pk = UnicodeAttribute(null=True)
    code_sk = UnicodeAttribute(null=True)
    code_expires_at = UTCDateTimeAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)

    @property
    def message_id(self) -> str:
        """The UUID at the end of the sort key. An SMS with this id is sent at most once."""
        return self.sk.rpartition("#")[2]

    @property
    def place(self) -> Key["OutboxSms"]:
        """Where this one is, which for one of yesterday's code is another place than `key` says."""
        return Key(OutboxSms, self.pk, self.sk)

    @property
    def code(self) -> LiveCode | None:
        """What keeps the code in it alive; None when there is no code in it."""
        if self.code_pk is None or self.code_sk is None or self.code_expires_at is None:
            return None
        return LiveCode(self.code_pk, self.code_sk, self.code_expires_at)

    @staticmethod
    def key(sk: str) -> Key["OutboxSms"]:
        return Key(OutboxSms, keys.sharded(keys.OUTBOX, sk), sk)


class SmsEntry(Item, discriminator="SmsEntry"):
    """That an SMS was accepted: in the list of everybody's, and in that of the contact. It has no text, and it never
    changes: what became of the SMS stands in its receipt. Those from before the lists are in none.

    `to` is masked. `code_expires_at` is there when there is a code or a password in it.
    """

    to = UnicodeAttribute()
    text = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    segments = NumberAttribute()
    code_expires_at = UTCDateTimeAttribute(null=True)

    @property
    def message_id(self) -> str:
        return self.sk.rpartition("#")[2]

    @staticmethod
    def listed(sk: str) -> Key["SmsEntry"]:
        return Key(SmsEntry, keys.sharded(keys.SMS_LIST, sk), sk)

    @staticmethod
    def of_contact(contact: int, sk: str) -> Key["SmsEntry"]:
        return Key(SmsEntry, keys.sms_to(contact), sk)

    @staticmethod
    def of_nobody(sk: str) -> tuple[Key["SmsEntry"], Key["SmsEntry"]]:
        """Where both entries of an SMS to nobody are: in no list that anybody reads."""
        listed = Key(SmsEntry, keys.sharded(keys.SMS_LIST_OF_NOBODY, sk), sk)
        return listed, Key(SmsEntry, keys.sharded(keys.SMS_TO_NOBODY, sk), sk)


class FailedSms(Item, discriminator="FailedSms"):
    """That an SMS failed for good: the sort key says when, and which one."""

    @property
    def message_id(self) -> str:
        return self.sk.rpartition("#")[2]

    @staticmethod
    def key(sk: str) -> Key["FailedSms"]:
        return Key(FailedSms, keys.sharded(keys.SMS_FAILED, sk), sk)


class SmsReceipt(Item, discriminator="SmsReceipt"):
    """What became of one SMS: `claim` says which run may send it, `state` how it ended.

    Without `state` that run is still sending, or it died, or nobody knows whether the provider took the SMS.
    `sent`: the provider took it; `delivered`: the phone has it; `undeliverable`: it can never be delivered, and
    `provider_code` says why; `given_up`: the provider took it at no try, and `provider_code` is the last answer;
    `sent_again`: it failed, and an administrator sent another one; `expired`, `replaced`: the code in it was dead, so
    it was not sent.
    `to` is masked: `+91******3210`. `text` is the key of what it says, `language` the language. `body` and `number` are
    what an administrator needs to send it again: not of one with a code, a password or a link, and only while it may
    still fail.
    `correlation_id` is of the request with which all began.
    """

    to = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    claim = UnicodeAttribute(null=True)
    claimed_at = UTCDateTimeAttribute(null=True)
    sent_at = UTCDateTimeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    changed_at = UTCDateTimeAttribute(null=True)
    provider = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    provider_code = UnicodeAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)
    segments = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    number = UnicodeAttribute(null=True)

    @staticmethod
    def key(message_id: str) -> Key["SmsReceipt"]:
        return Key(SmsReceipt, keys.sms(message_id), keys.RECEIPT)

"""Temporary passwords of new staff, and the superadmin's log of them (docs/contract.md: Admin panel)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class TempPasswordLog(Item, discriminator="TempPasswordLog"):
    """That a temporary password was sent. `is_used` becomes true when the user completes onboarding.

    `id` is also its sort key. The password itself is in `TempPassword`.
    """

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    contact = NumberAttribute()
    is_used = BooleanAttribute(default=False)
    created_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()

    @staticmethod
    def key(log_id: str) -> Key["TempPasswordLog"]:
        return Key(TempPasswordLog, keys.sharded(keys.TEMP_PASSWORD_LOG, log_id), log_id)

    @staticmethod
    def before_shards(log_id: str) -> Key["TempPasswordLog"]:
        """Where entries from before the shards are."""
        return Key(TempPasswordLog, keys.TEMP_PASSWORD_LOG, log_id)


class TempPassword(Item, discriminator="TempPassword"):
    """A temporary password in plain text. It is deleted at the first login with it and when it is replaced.

    DynamoDB deletes an expired item late, so a reader compares `expires_at` too. `log_pk` is the partition of its entry
    in the log, None for one from before the log had shards.
    """

    password = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()
    log_pk = UnicodeAttribute(null=True)

    @staticmethod
    def key(log_id: str) -> Key["TempPassword"]:
        return Key(TempPassword, keys.temp_password(log_id), keys.TEMP_PASSWORD)

    @property
    def log(self) -> Key[TempPasswordLog]:
        """The entry of the password in the log."""
        log_id = self.pk.partition("#")[2]
        return Key(TempPasswordLog, self.log_pk or keys.TEMP_PASSWORD_LOG, log_id)

"""Temporary passwords of new staff, for the superadmin's log (docs/contract.md: Admin panel)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class TempPasswordLog(Item, discriminator="TempPasswordLog"):
    """That a temporary password was issued. `is_used` turns true when its owner completes onboarding.

    `id` is also its sort key. The password itself is in TempPassword, which does not live long.
    """

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    contact = NumberAttribute()
    is_used = BooleanAttribute(default=False)
    created_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()

    @staticmethod
    def key(log_id: str) -> Key["TempPasswordLog"]:
        return Key(TempPasswordLog, keys.TEMP_PASSWORD_LOG, log_id)


class TempPassword(Item, discriminator="TempPassword"):
    """The password as the SMS had it, readable until the first login with it, its replacement or `expires_at`.

    DynamoDB deletes expired items late, so a reader also looks at `expires_at`.
    """

    password = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()

    @staticmethod
    def key(log_id: str) -> Key["TempPassword"]:
        return Key(TempPassword, keys.temp_password(log_id), keys.TEMP_PASSWORD)

"""What the admin panel keeps: its logins, its audit trail, and how many superadmins there are."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class AdminSession(Item, discriminator="AdminSession"):
    """One login to the admin panel. `id` is the SHA-256 of the cookie's jti, so that the table cannot be replayed."""

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    epoch = NumberAttribute()
    created_at = UTCDateTimeAttribute()
    seen_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()

    @staticmethod
    def key(user_id: str, session_id: str) -> Key["AdminSession"]:
        return Key(AdminSession, keys.user(user_id), keys.admin_session(session_id))


class AuditEntry(Item, discriminator="AuditEntry"):
    """What an administrator did, with the names as they were then: only ever created.

    `target` is where the panel shows what it was done to, such as `users/<id>`.
    """

    actor_id = UnicodeAttribute()
    actor_name = UnicodeAttribute()
    action = UnicodeAttribute()
    target = UnicodeAttribute(null=True)
    target_name = UnicodeAttribute(null=True)
    detail = UnicodeAttribute(null=True)
    source_ip = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()

    @staticmethod
    def key(sk: str) -> Key["AuditEntry"]:
        return Key(AuditEntry, keys.AUDIT, sk)


class Superadmins(Item, discriminator="Superadmins"):
    """How many superadmins may log in. It changes in the transactions that change them and never falls below one."""

    active = NumberAttribute()

    @staticmethod
    def key() -> Key["Superadmins"]:
        return Key(Superadmins, keys.SUPERADMINS, keys.SUPERADMINS)

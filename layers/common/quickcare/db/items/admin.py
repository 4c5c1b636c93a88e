"""The admin panel's sessions, its audit trail, and the count of superadmins."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class AdminSession(Item, discriminator="AdminSession"):
    """One login to the admin panel. `id` is the SHA-256 of the cookie's `jti`, so nobody can make a cookie from it."""

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
    """An action of an administrator, with the names of that time. It is never changed.

    `target` is the panel's path of what the action changed, such as `users/<id>`.
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
    """How many active superadmins there are, at least one. It changes in the transactions that change a superadmin."""

    active = NumberAttribute()

    @staticmethod
    def key() -> Key["Superadmins"]:
        return Key(Superadmins, keys.SUPERADMINS, keys.SUPERADMINS)

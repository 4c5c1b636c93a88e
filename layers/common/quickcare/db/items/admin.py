"""The admin panel's sessions and second factors, its audit trail, and the count of superadmins."""

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)

from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.db.items.log import ChainedEntry


class AdminSession(Item, discriminator="AdminSession"):
    """One login to the admin panel. `id` is the SHA-256 of the cookie's `jti`, so nobody can make a cookie from it.

    `has_second_factor` says that a code of the app, or a recovery code, was entered; `tries` how many codes were.
    """

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    epoch = NumberAttribute()
    created_at = UTCDateTimeAttribute()
    seen_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    # Sessions from before these attributes lack them.
    has_second_factor = BooleanAttribute(default=False)
    tries = NumberAttribute(default=0)

    @staticmethod
    def key(user_id: str, session_id: str) -> Key["AdminSession"]:
        return Key(AdminSession, keys.user(user_id), keys.admin_session(session_id))


class SecondFactor(Item, discriminator="SecondFactor"):
    """An administrator's second factor. Its partition is its own, so that only the panel's role can read it.

    `secret` is what the authenticator app computes its codes from (TOTP, base32). `last_step` is the time step of the
    last code that was taken; only later ones are. `recovery` are the hashes of the recovery codes that are left.
    """

    secret = UnicodeAttribute()
    last_step = NumberAttribute()
    recovery = UnicodeSetAttribute(null=True)
    created_at = UTCDateTimeAttribute()

    @staticmethod
    def key(user_id: str) -> Key["SecondFactor"]:
        return Key(SecondFactor, keys.second_factor(user_id), keys.SECOND_FACTOR)


class OfferedSecret(Item, discriminator="OfferedSecret"):
    """A secret that the enrolment page shows to one session, until a code proves that an app has it."""

    secret = UnicodeAttribute()

    @staticmethod
    def key(user_id: str, session_id: str) -> Key["OfferedSecret"]:
        return Key(OfferedSecret, keys.second_factor(user_id), keys.offer(session_id))


class AuditEntry(ChainedEntry, discriminator="AuditEntry"):
    """An action of an administrator, with the names of that time.

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


class AuditPointer(Item, discriminator="AuditPointer"):
    """Points to an entry of the audit, with its sort key: one for each thing by which entries are looked for."""

    @staticmethod
    def key(what: str, of: str, sk: str) -> Key["AuditPointer"]:
        return Key(AuditPointer, keys.audit_of(what, of), sk)


class Superadmins(Item, discriminator="Superadmins"):
    """How many active superadmins there are, at least one. It changes in the transactions that change a superadmin."""

    active = NumberAttribute()

    @staticmethod
    def key() -> Key["Superadmins"]:
        return Key(Superadmins, keys.SUPERADMINS, keys.SUPERADMINS)

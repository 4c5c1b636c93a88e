"""Links in SMS."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class Link(Item, discriminator="Link"):
    """A link that was sent by SMS: for whom, what for, and until when it is good. Its key is the hash of its code, so
    nobody can make a link from the table."""

    scope = UnicodeAttribute()
    user_id = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()
    # What an invitation is about.
    member_id = UnicodeAttribute(null=True)
    clinic_id = UnicodeAttribute(null=True)
    # What a consent is about.
    consent_id = UnicodeAttribute(null=True)
    # What a reminder is about, and an offer to book again.
    appointment_id = NumberAttribute(null=True)

    @property
    def id(self) -> str:
        """The SHA-256 of the code, in hex."""
        return self.pk.partition("#")[2]

    @staticmethod
    def key(code_hash: str) -> Key["Link"]:
        return Key(Link, keys.link(code_hash), keys.LINK)

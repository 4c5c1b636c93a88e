"""One-time codes: what waits for one, how often they were sent, and the log of them."""

from typing import Any

from pynamodb.attributes import (
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from quickcare.db import keys
from quickcare.db.item import Item, Key


class PendingOtp(Item):
    """What every item that waits for a code has. The code itself is nowhere: it is TOTP(secret, issued_at)."""

    otp_id = UnicodeAttribute()
    otp_secret = UnicodeAttribute()
    otp_log_sk = UnicodeAttribute()
    issued_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    tries = NumberAttribute(default=0)


class Registration(PendingOtp, discriminator="Registration"):
    """A person between step 1 and step 2. Gone after step 2, dead after ten minutes."""

    name = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    role_id = NumberAttribute()
    token_hash = UnicodeAttribute()

    @staticmethod
    def key(contact: int) -> Key["Registration"]:
        return Key(Registration, keys.contact(contact), keys.REGISTRATION)


class PasswordReset(PendingOtp, discriminator="PasswordReset"):
    """A user who asked for a code because the password is forgotten."""

    user_id = UnicodeAttribute()

    @staticmethod
    def key(contact: int) -> Key["PasswordReset"]:
        return Key(PasswordReset, keys.contact(contact), keys.PASSWORD_RESET)


class SendLog(Item, discriminator="SendLog"):
    """When codes were sent lately to one contact, or for one network address, and when that address tried the passwords
    of live registrations. `sent` holds epoch milliseconds."""

    sent: ListAttribute[Any] = ListAttribute()

    @staticmethod
    def of_contact(contact: int) -> Key["SendLog"]:
        return Key(SendLog, keys.contact(contact), keys.SENDS)

    @staticmethod
    def of_address(source_ip: str) -> Key["SendLog"]:
        return Key(SendLog, keys.address_limit(source_ip), keys.SENDS)

    @staticmethod
    def of_guesses(source_ip: str) -> Key["SendLog"]:
        return Key(SendLog, keys.address_limit(source_ip), keys.GUESSES)


class OtpLog(Item, discriminator="OtpLog"):
    """One code that was made: who, why, when, until when, and when it was used. Never the code."""

    contact = NumberAttribute()
    purpose = UnicodeAttribute()
    otp_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    used_at = UTCDateTimeAttribute(null=True)

    @staticmethod
    def key(sk: str) -> Key["OtpLog"]:
        return Key(OtpLog, keys.OTP_LOG, sk)

"""One-time codes: the items that wait for one, the times when codes were sent, and the log of codes."""

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
    """The attributes of every item that waits for a code. The code is not stored: it is TOTP(secret, issued_at)."""

    otp_id = UnicodeAttribute()
    otp_secret = UnicodeAttribute()
    otp_log_sk = UnicodeAttribute()
    issued_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    tries = NumberAttribute(default=0)


class Registration(PendingOtp, discriminator="Registration"):
    """A person between step 1 and step 2 of a registration. Step 2 deletes it; it is good for ten minutes."""

    name = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    role_id = NumberAttribute()
    token_hash = UnicodeAttribute()

    @staticmethod
    def key(contact: int) -> Key["Registration"]:
        return Key(Registration, keys.contact(contact), keys.REGISTRATION)


class PasswordReset(PendingOtp, discriminator="PasswordReset"):
    """A user who has forgotten the password and asked for a code."""

    user_id = UnicodeAttribute()

    @staticmethod
    def key(contact: int) -> Key["PasswordReset"]:
        return Key(PasswordReset, keys.contact(contact), keys.PASSWORD_RESET)


class SendLog(Item, discriminator="SendLog"):
    """When codes were sent to one contact, or at the request of one network address; when that address tried the
    password of a registration, or a link that was none; when a clinic invited a person; when an
    administrator entered a code of their app. `sent` are epoch milliseconds.
    """

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

    @staticmethod
    def of_missed_links(source_ip: str) -> Key["SendLog"]:
        return Key(SendLog, keys.address_limit(source_ip), keys.MISSED_LINKS)

    @staticmethod
    def of_invitations(user_id: str, clinic_id: str) -> Key["SendLog"]:
        return Key(SendLog, keys.user(user_id), keys.invitations(clinic_id))

    @staticmethod
    def of_second_factor(user_id: str) -> Key["SendLog"]:
        return Key(SendLog, keys.second_factor(user_id), keys.CODE_TRIES)


class OtpLog(Item, discriminator="OtpLog"):
    """A code that was made: for whom, why, when, until when it is good, and when it was used. It has not the code."""

    contact = NumberAttribute()
    purpose = UnicodeAttribute()
    otp_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    used_at = UTCDateTimeAttribute(null=True)

    @staticmethod
    def key(sk: str) -> Key["OtpLog"]:
        return Key(OtpLog, keys.OTP_LOG, sk)

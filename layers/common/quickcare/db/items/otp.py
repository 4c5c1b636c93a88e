"""One-time codes: the items that wait for one, the times when codes were sent, and the log of codes."""

from typing import Any

from pynamodb.attributes import (
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)

from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.db.items.account import Door


class PendingOtp(Item):
    """The attributes of every item that waits for a code. The code is not stored: it is TOTP(secret, issued_at).

    `tries` are those of whoever has the registration's token; all others are counted for their network (`SendLog`).
    """

    otp_id = UnicodeAttribute()
    otp_secret = UnicodeAttribute()
    otp_log_sk = UnicodeAttribute()
    # None for codes from before the log had shards.
    otp_log_pk = UnicodeAttribute(null=True)
    issued_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    tries = NumberAttribute(default=0)

    @property
    def log(self) -> Key["OtpLog"]:
        """The entry of the code in the log."""
        return Key(OtpLog, self.otp_log_pk or keys.OTP_LOG, self.otp_log_sk)


class Registration(PendingOtp, discriminator="Registration"):
    """A person between step 1 and step 2 of a registration. Step 2 deletes it; it is good for ten minutes."""

    name = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    role_id = NumberAttribute()
    token_hash = UnicodeAttribute()
    language = UnicodeAttribute(default="en")

    @staticmethod
    def key(contact: int) -> Key["Registration"]:
        return Key(Registration, keys.contact(contact), keys.REGISTRATION)


class PasswordReset(PendingOtp, discriminator="PasswordReset"):
    """A user who has forgotten the password and asked for a code.

    When the contact has no active account, it waits all the same, without a `user_id`: for a code that nobody gets.
    """

    user_id = UnicodeAttribute(null=True)

    @staticmethod
    def key(contact: int) -> Key["PasswordReset"]:
        return Key(PasswordReset, keys.contact(contact), keys.PASSWORD_RESET)


class SendLog(Item, discriminator="SendLog"):
    """When something happened that is counted exactly: codes sent to a contact, at the request of one network to it, or
    of one network to anybody; codes and passwords of a contact that were guessed; passwords of registrations and wrong
    links that a network tried; invitations of a person by a clinic; codes of their app that an administrator entered.
    `sent` are epoch milliseconds.
    """

    sent: ListAttribute[Any] = ListAttribute()

    @staticmethod
    def of_contact(contact: int) -> Key["SendLog"]:
        return Key(SendLog, keys.contact(contact), keys.SENDS)

    @staticmethod
    def of_contact_at(contact: int, source_ip: str) -> Key["SendLog"]:
        return Key(SendLog, keys.contact(contact), keys.at_network(keys.SENDS, contact, source_ip))

    @staticmethod
    def of_code_guesses(contact: int) -> Key["SendLog"]:
        return Key(SendLog, keys.contact(contact), keys.CODE_GUESSES)

    @staticmethod
    def of_code_guesses_at(contact: int, source_ip: str) -> Key["SendLog"]:
        return Key(SendLog, keys.contact(contact), keys.at_network(keys.CODE_GUESSES, contact, source_ip))

    @staticmethod
    def of_password_guesses(contact: int, door: Door) -> Key["SendLog"]:
        return Key(SendLog, keys.contact(contact), f"{keys.PASSWORD_GUESSES}#{door}")

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


class AddressCount(Item, discriminator="AddressCount"):
    """What one network did in one hour: how often, and, for logins and codes, at which contacts it failed
    (fingerprints). DynamoDB itself adds, so that many requests of one network at a time do not refuse each other."""

    tries = NumberAttribute(default=0)
    contacts = UnicodeSetAttribute(null=True)

    @staticmethod
    def key(source_ip: str, what: str, hour: int) -> Key["AddressCount"]:
        return Key(AddressCount, keys.address_limit(source_ip), keys.address_count(what, hour))


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
        return Key(OtpLog, keys.sharded(keys.OTP_LOG, sk), sk)

    @staticmethod
    def before_shards(sk: str) -> Key["OtpLog"]:
        """Where an entry may be that yesterday's code wrote; the last of them is gone after 90 days."""
        return Key(OtpLog, keys.OTP_LOG, sk)

    @staticmethod
    def of_nobody(sk: str) -> Key["OtpLog"]:
        """Of a code that was sent to nobody: it is in no list."""
        return Key(OtpLog, keys.sharded(keys.OTP_LOG_OF_NOBODY, sk), sk)


class CodePointer(Item, discriminator="CodePointer"):
    """Points to an entry of the log of codes, with its sort key, in a partition of its contact."""

    @staticmethod
    def key(contact: int, sk: str) -> Key["CodePointer"]:
        return Key(CodePointer, keys.codes_of(contact), sk)

    @staticmethod
    def of_nobody(sk: str) -> Key["CodePointer"]:
        """Of a code that was sent to nobody: beside the log's entry."""
        return Key(CodePointer, keys.sharded(keys.OTP_LOG_OF_NOBODY, sk), f"{sk}#of")

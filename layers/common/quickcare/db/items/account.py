"""A person's account, and what belongs only to that person."""

from enum import StrEnum

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.roles import Role


class User(Item, discriminator="User"):
    """An account. All sessions end when `session_epoch` grows: a session of an older epoch is not live."""

    id = UnicodeAttribute()
    contact = NumberAttribute()
    name = UnicodeAttribute()
    role_id = NumberAttribute()
    password_hash = UnicodeAttribute()
    session_epoch = NumberAttribute(default=0)
    is_active = BooleanAttribute(default=True)
    is_partial_onboarding = BooleanAttribute(default=True)
    is_complete_onboarding = BooleanAttribute(default=False)
    date_joined = UTCDateTimeAttribute()
    age = NumberAttribute(default=18)
    email = UnicodeAttribute(null=True)
    gender = UnicodeAttribute(null=True)
    blood_group = UnicodeAttribute(null=True)
    avatar = UnicodeAttribute(null=True)
    # In which language the user gets SMS, and whether they want reminders.
    language = UnicodeAttribute(default="en")
    reminders = BooleanAttribute(default=True)
    # The `Doctor` item, since a clinic added the user as a doctor.
    doctor_id = NumberAttribute(null=True)
    # Until when a temporary password is good; None while the password is one that the user chose.
    temporary_password_until = UTCDateTimeAttribute(null=True)
    # The `TempPasswordLog` entry of the last temporary password. It stays when the password was replaced.
    temporary_password_log = UnicodeAttribute(null=True)
    # Its partition; None for passwords from before the log had shards.
    temporary_password_log_pk = UnicodeAttribute(null=True)
    # Grows when a membership of the user changes, and when the user creates a clinic. A change of the role, of a
    # membership or a new clinic has the condition that it did not grow, so that no two of them overlap.
    staff_version = NumberAttribute(default=0)
    # Of how many partitions of each administrators' list this one has one; None for people from before there were 16,
    # which have one of the first 8.
    list_shards = NumberAttribute(null=True, default_for_new=keys.LIST_SHARDS)
    # What `accounts/limits.py` counts in one day, and the day (UTC, YYYY-MM-DD).
    counted_on = UnicodeAttribute(null=True)
    sms_caused = NumberAttribute(default=0)
    lookups = NumberAttribute(default=0)

    @property
    def role(self) -> Role:
        """`role_id` as a `Role`."""
        return Role(int(self.role_id))

    @staticmethod
    def key(user_id: str) -> Key["User"]:
        return Key(User, keys.user(user_id), keys.USER)


class ContactOwner(Item, discriminator="ContactOwner"):
    """Reserves a contact for one user (invariant 1). It is only written when there is none."""

    user_id = UnicodeAttribute()

    @staticmethod
    def key(contact: int) -> Key["ContactOwner"]:
        return Key(ContactOwner, keys.contact(contact), keys.CONTACT_OWNER)


class Session(Item, discriminator="Session"):
    """One login. `id` is the SHA-256 of the refresh token's `jti`, so nobody can make a token from the table.

    `last_seen_at` is exact to an hour; with it come the address and the program that were seen then. Sessions that
    began before these were kept have none until their next refresh.
    """

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    epoch = NumberAttribute()
    created_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    last_seen_at = UTCDateTimeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)

    @staticmethod
    def key(user_id: str, session_id: str) -> Key["Session"]:
        return Key(Session, keys.user(user_id), keys.session(session_id))


class Door(StrEnum):
    """Where a password is asked for. Each has its own count of failures."""

    API = "API"
    PANEL = "PANEL"


class LoginThrottle(Item, discriminator="LoginThrottle"):
    """How many logins of a contact from one network failed since the last one that succeeded, and when the next try is
    allowed."""

    failures = NumberAttribute()
    locked_until = UTCDateTimeAttribute(null=True)

    @staticmethod
    def key(contact: int, door: Door, source_ip: str) -> Key["LoginThrottle"]:
        sk = keys.at_network(f"{keys.LOGIN_THROTTLE}#{door}", contact, source_ip)
        return Key(LoginThrottle, keys.contact(contact), sk)


class KnownNetworks(Item, discriminator="KnownNetworks"):
    """From which networks an account has logged in: the fingerprint of each (`networks.fingerprint`) with the time of
    the last login, in epoch seconds. `version` grows with each change."""

    logins: JSONAttribute = JSONAttribute()
    version = NumberAttribute()

    @staticmethod
    def key(contact: int) -> Key["KnownNetworks"]:
        return Key(KnownNetworks, keys.contact(contact), keys.KNOWN_NETWORKS)


class MedicalProfile(Item, discriminator="MedicalProfile"):
    """What a patient says about their health. `weight_kg` is a decimal string with two places."""

    allergies = UnicodeAttribute(null=True)
    chronic_conditions = UnicodeAttribute(null=True)
    current_medications = UnicodeAttribute(null=True)
    past_surgeries = UnicodeAttribute(null=True)
    family_history = UnicodeAttribute(null=True)
    emergency_contact_name = UnicodeAttribute(null=True)
    emergency_contact_number = NumberAttribute(null=True)
    height_cm = NumberAttribute(null=True)
    weight_kg = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()

    @staticmethod
    def key(user_id: str) -> Key["MedicalProfile"]:
        return Key(MedicalProfile, keys.user(user_id), keys.MEDICAL_PROFILE)


class Address(Item, discriminator="Address"):
    """A postal address. `CurrentAddress` says which one is current, so only one can be."""

    id = NumberAttribute()
    area = UnicodeAttribute(null=True)
    house_no = UnicodeAttribute(null=True)
    landmark = UnicodeAttribute(null=True)
    town = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    pincode = UnicodeAttribute(null=True)
    country = UnicodeAttribute(default="India")
    address_type = UnicodeAttribute(null=True)
    # Whether the quota counts it; None for addresses from before quotas.
    is_counted = BooleanAttribute(null=True)

    @staticmethod
    def key(user_id: str, address_id: int) -> Key["Address"]:
        return Key(Address, keys.user(user_id), keys.address(address_id))


class CurrentAddress(Item, discriminator="CurrentAddress"):
    """Points to the one address of a user that is current."""

    address_id = NumberAttribute()

    @staticmethod
    def key(user_id: str) -> Key["CurrentAddress"]:
        return Key(CurrentAddress, keys.user(user_id), keys.CURRENT_ADDRESS)

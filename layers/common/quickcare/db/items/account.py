"""A person's account and what only they own."""

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.roles import Role


class User(Item, discriminator="User"):
    """An account. `session_epoch` grows when all sessions must end; a session of an older epoch is dead."""

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
    # A doctor's public profile, once a clinic has added them as one.
    doctor_id = NumberAttribute(null=True)
    # Set while the password is a temporary one that was sent by SMS; the login with it dies then.
    temporary_password_until = UTCDateTimeAttribute(null=True)
    # The TempPasswordLog entry of that password; it stays when the password is gone.
    temporary_password_log = UnicodeAttribute(null=True)
    # Grows with every change of the user's memberships and every clinic they make, so that each, and each change of
    # their role, is decided on what the last one left.
    staff_version = NumberAttribute(default=0)
    # What `quickcare.limits` counts a day, and the day (UTC).
    counted_on = UnicodeAttribute(null=True)
    sms_caused = NumberAttribute(default=0)
    lookups = NumberAttribute(default=0)

    @property
    def role(self) -> Role:
        return Role(int(self.role_id))

    @staticmethod
    def key(user_id: str) -> Key["User"]:
        return Key(User, keys.user(user_id), keys.USER)


class ContactOwner(Item, discriminator="ContactOwner"):
    """Claims a contact for one user (invariant 1): only ever created where none is."""

    user_id = UnicodeAttribute()

    @staticmethod
    def key(contact: int) -> Key["ContactOwner"]:
        return Key(ContactOwner, keys.contact(contact), keys.CONTACT_OWNER)


class Session(Item, discriminator="Session"):
    """One login. `id` is the SHA-256 of the refresh token's jti, so that the table cannot be replayed."""

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    epoch = NumberAttribute()
    created_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()

    @staticmethod
    def key(user_id: str, session_id: str) -> Key["Session"]:
        return Key(Session, keys.user(user_id), keys.session(session_id))


class LoginThrottle(Item, discriminator="LoginThrottle"):
    """Failed logins of a contact since the last success, and until when the next try must wait."""

    failures = NumberAttribute()
    locked_until = UTCDateTimeAttribute(null=True)

    @staticmethod
    def key(contact: int) -> Key["LoginThrottle"]:
        return Key(LoginThrottle, keys.contact(contact), keys.LOGIN_THROTTLE)


class MedicalProfile(Item, discriminator="MedicalProfile"):
    """A patient's standing medical facts. `weight_kg` is a decimal string with two places."""

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
    """A postal address. Which one is current is kept in CurrentAddress, so that it can only be one."""

    id = NumberAttribute()
    area = UnicodeAttribute(null=True)
    house_no = UnicodeAttribute(null=True)
    landmark = UnicodeAttribute(null=True)
    town = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    pincode = UnicodeAttribute(null=True)
    country = UnicodeAttribute(default="India")
    address_type = UnicodeAttribute(null=True)

    @staticmethod
    def key(user_id: str, address_id: int) -> Key["Address"]:
        return Key(Address, keys.user(user_id), keys.address(address_id))


class CurrentAddress(Item, discriminator="CurrentAddress"):
    """Points to the one address of a user that is current."""

    address_id = NumberAttribute()

    @staticmethod
    def key(user_id: str) -> Key["CurrentAddress"]:
        return Key(CurrentAddress, keys.user(user_id), keys.CURRENT_ADDRESS)

"""Doctors, and who works in which clinic."""

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from quickcare.db import keys
from quickcare.db.item import Item, Key


class Doctor(Item, discriminator="Doctor"):
    """A doctor's public profile. Fees are decimal strings with two places, in rupees."""

    id = NumberAttribute()
    user_id = UnicodeAttribute()
    # The workplace: the one clinic where the doctor is active (invariant 3). It changes in the transaction that
    # changes the membership.
    clinic_id = UnicodeAttribute(null=True)
    is_active = BooleanAttribute(default=True)
    specialty = UnicodeAttribute(default="general_medicine")
    qualification = UnicodeAttribute(null=True)
    registration_number = UnicodeAttribute(null=True)
    biography = UnicodeAttribute(null=True)
    languages = UnicodeAttribute(null=True)
    experience_years = NumberAttribute(default=0)
    first_visit_fee = UnicodeAttribute(default="0.00")
    follow_up_fee = UnicodeAttribute(default="0.00")
    offers_video_consultation = BooleanAttribute(default=False)
    is_verified = BooleanAttribute(default=False)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    # Of how many partitions of each administrators' list this one has one; None for doctors from before there were 16,
    # which have one of the first 8.
    list_shards = NumberAttribute(null=True, default_for_new=keys.LIST_SHARDS)
    # The generation of the doctor's directory rows; None when the doctor is not listed.
    directory_id = UnicodeAttribute(null=True)

    @staticmethod
    def key(doctor_id: int) -> Key["Doctor"]:
        return Key(Doctor, keys.doctor(doctor_id), keys.DOCTOR)


class Membership(Item, discriminator="Membership"):
    """That a person works, worked or is invited to work in a clinic. The key allows one per person and clinic
    (invariant 4)."""

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    member_role = UnicodeAttribute()
    status = UnicodeAttribute()
    department = UnicodeAttribute(null=True)
    joined_at = UnicodeAttribute(null=True)
    left_at = UnicodeAttribute(null=True)
    notes = UnicodeAttribute(null=True)
    added_by_id = UnicodeAttribute(null=True)
    invite_accepted_at = UTCDateTimeAttribute(null=True)
    # The `Link` that the newest SMS of this invitation carried; older ones are no longer good.
    link_id = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()

    @staticmethod
    def key(user_id: str, clinic_id: str) -> Key["Membership"]:
        return Key(Membership, keys.user(user_id), keys.membership(clinic_id))


class RosterEntry(Item, discriminator="RosterEntry"):
    """Points from a clinic to a membership. It has only ids and the time when the person was added."""

    user_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()

    @staticmethod
    def key(clinic_id: str, member_id: str) -> Key["RosterEntry"]:
        return Key(RosterEntry, keys.clinic(clinic_id), keys.roster_entry(member_id))

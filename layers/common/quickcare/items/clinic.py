"""A clinic and what belongs to it."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare import keys
from quickcare.table import Item, Key


class Clinic(Item, discriminator="Clinic"):
    """A clinic, hospital or diagnostic centre. The counters count active members, doctors included in `staff_count`."""

    id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    name = UnicodeAttribute()
    slug = UnicodeAttribute()
    clinic_type = UnicodeAttribute()
    phone = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    pincode = UnicodeAttribute(null=True)
    registration_number = UnicodeAttribute(null=True)
    logo = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    is_active = BooleanAttribute(default=True)
    doctor_count = NumberAttribute(default=0)
    staff_count = NumberAttribute(default=0)
    created_at = UTCDateTimeAttribute()
    # Which write made the clinic's directory rows.
    directory_id = UnicodeAttribute(null=True)

    @staticmethod
    def key(clinic_id: str) -> Key["Clinic"]:
        return Key(Clinic, keys.clinic(clinic_id), keys.CLINIC)

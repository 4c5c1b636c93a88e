"""A clinic and what belongs to it."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


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
    # Which change the directory rows of its doctors have still to follow.
    relisting = UnicodeAttribute(null=True)

    @staticmethod
    def key(clinic_id: str) -> Key["Clinic"]:
        return Key(Clinic, keys.clinic(clinic_id), keys.CLINIC)


class ClinicSlug(Item, discriminator="ClinicSlug"):
    """Claims a slug for one clinic: only ever created where none is."""

    clinic_id = UnicodeAttribute()

    @staticmethod
    def key(slug: str) -> Key["ClinicSlug"]:
        return Key(ClinicSlug, keys.slug(slug), keys.SLUG)


class OwnedClinic(Item, discriminator="OwnedClinic"):
    """Pointer from an owner to a clinic of theirs."""

    clinic_id = UnicodeAttribute()

    @staticmethod
    def key(owner_id: str, clinic_id: str) -> Key["OwnedClinic"]:
        return Key(OwnedClinic, keys.user(owner_id), keys.owned_clinic(clinic_id))


class ClinicSlot(Item, discriminator="ClinicSlot"):
    """When a clinic is open. Times are HH:MM in the clinic's zone; the key makes day and start unique."""

    id = UnicodeAttribute()
    # 0 is Monday.
    day_of_week = NumberAttribute()
    start_time = UnicodeAttribute()
    end_time = UnicodeAttribute()
    slot_duration_minutes = NumberAttribute()
    max_appointments = NumberAttribute()
    is_active = BooleanAttribute(default=True)
    created_at = UTCDateTimeAttribute()

    @staticmethod
    def key(clinic_id: str, day_of_week: int, start_time: str) -> Key["ClinicSlot"]:
        return Key(ClinicSlot, keys.clinic(clinic_id), keys.clinic_slot(day_of_week, start_time))


class AdmissionDocument(Item, discriminator="AdmissionDocument"):
    """What a patient has to bring when the clinic admits them."""

    id = UnicodeAttribute()
    document_name = UnicodeAttribute()
    document_type = UnicodeAttribute()
    is_mandatory = BooleanAttribute(default=True)
    notes = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()

    @staticmethod
    def key(clinic_id: str, document_id: str) -> Key["AdmissionDocument"]:
        return Key(AdmissionDocument, keys.clinic(clinic_id), keys.admission_document(document_id))

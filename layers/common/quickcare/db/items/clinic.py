"""Clinics, and what belongs to them."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class Clinic(Item, discriminator="Clinic"):
    """A clinic, hospital, diagnostic centre or polyclinic.

    `staff_count` is the number of active memberships, `doctor_count` that of the doctors among them.
    """

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
    # Whether an administrator checked that it exists. Clinics from before this attribute lack it.
    is_verified = BooleanAttribute(default=False)
    # When its owner deleted it; one that an administrator closed has none, and is reopened with its appointments.
    deleted_at = UTCDateTimeAttribute(null=True)
    doctor_count = NumberAttribute(default=0)
    staff_count = NumberAttribute(default=0)
    created_at = UTCDateTimeAttribute()
    # Of how many partitions of each administrators' list this one has one; None for clinics from before there were 16,
    # which have one of the first 8.
    list_shards = NumberAttribute(null=True, default_for_new=keys.LIST_SHARDS)
    # The generation of the clinic's directory rows; None when it is not listed.
    directory_id = UnicodeAttribute(null=True)
    # A random id while the directory rows of the clinic's doctors do not yet show its last change.
    relisting = UnicodeAttribute(null=True)

    @staticmethod
    def key(clinic_id: str) -> Key["Clinic"]:
        return Key(Clinic, keys.clinic(clinic_id), keys.CLINIC)


class ClinicSlug(Item, discriminator="ClinicSlug"):
    """Reserves a slug for one clinic. It is only written when there is none."""

    clinic_id = UnicodeAttribute()

    @staticmethod
    def key(slug: str) -> Key["ClinicSlug"]:
        return Key(ClinicSlug, keys.slug(slug), keys.SLUG)


class OwnedClinic(Item, discriminator="OwnedClinic"):
    """Points from an owner to one of their clinics."""

    clinic_id = UnicodeAttribute()

    @staticmethod
    def key(owner_id: str, clinic_id: str) -> Key["OwnedClinic"]:
        return Key(OwnedClinic, keys.user(owner_id), keys.owned_clinic(clinic_id))


class ClinicSlot(Item, discriminator="ClinicSlot"):
    """When a clinic is open on one weekday. Times are HH:MM in the clinic's time zone.

    The key has day and start, so no two slots of a clinic have the same.
    """

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
    """A document that a clinic asks its patients to bring."""

    id = UnicodeAttribute()
    document_name = UnicodeAttribute()
    document_type = UnicodeAttribute()
    is_mandatory = BooleanAttribute(default=True)
    notes = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()

    @staticmethod
    def key(clinic_id: str, document_id: str) -> Key["AdmissionDocument"]:
        return Key(AdmissionDocument, keys.clinic(clinic_id), keys.admission_document(document_id))

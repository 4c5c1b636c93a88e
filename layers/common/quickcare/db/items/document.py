"""Medical documents, who may read them, and who has read them."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from quickcare import clock
from quickcare.db import keys
from quickcare.db.item import Item, Key
from quickcare.db.items.log import ChainedEntry


class Document(Item, discriminator="Document"):
    """A PDF about a patient, who is its owner. Until the upload was checked it has a `ttl` and no `object_key`.

    `last_read_at` is when the document was last opened. Whoever withdraws a right writes under the condition that it is
    not later than they read, so that no opening is missing in what they decided on.
    `correlation_id` is the request that announced it, for the upload check to follow.
    """

    id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    uploader_id = UnicodeAttribute()
    uploaded_by_role = UnicodeAttribute()
    # Where the member of staff worked who uploaded it; None for patients, and for uploads from before this attribute.
    clinic_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute()
    document_type = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    appointment_id = NumberAttribute(null=True)
    file_name = UnicodeAttribute()
    upload_status = UnicodeAttribute()
    rejection_reason = UnicodeAttribute(null=True)
    object_key = UnicodeAttribute(null=True)
    # What its owner's quota counts of it; None while it has no file, and for files from before quotas.
    counted_bytes = NumberAttribute(null=True)
    is_deleted = BooleanAttribute(default=False)
    deleted_at = UTCDateTimeAttribute(null=True)
    last_read_at = UTCDateTimeAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()

    def is_there(self, now: datetime) -> bool:
        """Whether the document exists for its readers: not deleted, and its upload was not given up.

        DynamoDB may delete an item days after its `ttl`, so the `ttl` is compared too.
        """
        return not self.is_deleted and (self.ttl is None or self.ttl > now)

    @staticmethod
    def key(document_id: str) -> Key["Document"]:
        return Key(Document, keys.document(document_id), keys.DOCUMENT)


class ShelfEntry(Item, discriminator="ShelfEntry"):
    """Points to a document from somebody who may see it: the owner, the uploader, or a doctor who asked for consent.

    It has only ids and facts that never change. While the upload is not finished it has the document's `ttl`.
    """

    document_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    uploader_id = UnicodeAttribute()
    uploaded_by_role = UnicodeAttribute()
    clinic_id = UnicodeAttribute(null=True)
    document_type = UnicodeAttribute()

    @property
    def created_at(self) -> datetime:
        """When the document was announced, as the key says it."""
        return datetime.fromisoformat(self.sk.split("#")[1])

    @staticmethod
    def key(user_id: str, document_id: str, created_at: datetime) -> Key["ShelfEntry"]:
        return Key(ShelfEntry, keys.user(user_id), keys.shelf(clock.sortable(created_at), document_id))

    @staticmethod
    def is_finished_of(patient_id: str) -> Condition:
        """The condition that an entry is of the patient's own document, with its upload finished: a patient who was a
        lab member has entries of other people's documents too."""
        condition: Condition = (ShelfEntry.owner_id == patient_id) & ShelfEntry.ttl.does_not_exist()
        return condition


class ShelfCount(Item, discriminator="ShelfCount"):
    """How many finished documents somebody owns, an attribute for each type.

    `changes` grows with each change, so that whoever counts anew sees that it changed meanwhile (`documents.counting`).
    """

    of_prescription = NumberAttribute(default=0)
    of_lab_report = NumberAttribute(default=0)
    of_scan = NumberAttribute(default=0)
    of_discharge_summary = NumberAttribute(default=0)
    of_vaccination = NumberAttribute(default=0)
    of_insurance = NumberAttribute(default=0)
    of_other = NumberAttribute(default=0)
    changes = NumberAttribute(default=0)

    @staticmethod
    def key(owner_id: str) -> Key["ShelfCount"]:
        return Key(ShelfCount, keys.shelf_count(owner_id), keys.SHELF_COUNT)


class Consent(Item, discriminator="Consent"):
    """A patient's answer to a doctor who asked to read a document. The key allows one per document and doctor.

    `status` is pending, granted, rejected or revoked. `last_read_at` is when the doctor last opened the document.
    """

    id = UnicodeAttribute()
    document_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()
    # Where the doctor worked who asked. None for consents from before this attribute.
    clinic_id = UnicodeAttribute(null=True)
    # The one link that is good to answer it; asking anew ends the one before.
    link_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    purpose = UnicodeAttribute(null=True)
    expires_at = UTCDateTimeAttribute(null=True)
    actioned_at = UTCDateTimeAttribute(null=True)
    last_read_at = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()

    @property
    def terms(self) -> tuple[str | None, datetime | None, str | None]:
        """What the patient agrees to: the purpose, until when, and for which clinic."""
        return self.purpose, self.expires_at, self.clinic_id

    def status_at(self, now: datetime) -> str:
        """The status, or `expired` for a granted consent whose time is over (docs/contract.md: Consents)."""
        ran_out = self.expires_at is not None and self.expires_at <= now
        return "expired" if self.status == "granted" and ran_out else str(self.status)

    @staticmethod
    def key(document_id: str, doctor_id: int) -> Key["Consent"]:
        return Key(Consent, keys.document(document_id), keys.consent(doctor_id))


class ConsentPointer(Item, discriminator="ConsentPointer"):
    """Points to a consent: from its id, from the patient, and from the doctor's user. It has only ids."""

    consent_id = UnicodeAttribute()
    document_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    doctor_id = NumberAttribute()
    doctor_user_id = UnicodeAttribute()

    @staticmethod
    def of_id(consent_id: str) -> Key["ConsentPointer"]:
        return Key(ConsentPointer, keys.consent_id(consent_id), keys.CONSENT)

    @staticmethod
    def of_owner(owner_id: str, created_at: datetime, consent_id: str) -> Key["ConsentPointer"]:
        sk = keys.consent_of(keys.CONSENT_PREFIX, clock.sortable(created_at), consent_id)
        return Key(ConsentPointer, keys.user(owner_id), sk)

    @staticmethod
    def of_doctor(doctor_user_id: str, created_at: datetime, consent_id: str) -> Key["ConsentPointer"]:
        sk = keys.consent_of(keys.CONSENT_REQUEST_PREFIX, clock.sortable(created_at), consent_id)
        return Key(ConsentPointer, keys.user(doctor_user_id), sk)


class AccessLogEntry(ChainedEntry, discriminator="AccessLogEntry"):
    """That somebody opened a document or was refused it: written twice, for the patient and for the document. Or that
    somebody found the patient or listed their documents: written once, without a document.
    """

    id = UnicodeAttribute()
    document_id = UnicodeAttribute(null=True)
    document_title = UnicodeAttribute(null=True)
    accessed_by_id = UnicodeAttribute()
    accessed_by_name = UnicodeAttribute()
    accessed_by_role = UnicodeAttribute()
    ip_address = UnicodeAttribute(null=True)
    accessed_at = UTCDateTimeAttribute()
    outcome = UnicodeAttribute()

    @staticmethod
    def of_owner(owner_id: str, sk: str) -> Key["AccessLogEntry"]:
        return Key(AccessLogEntry, keys.access_log(owner_id), sk)

    @staticmethod
    def of_document(document_id: str, sk: str) -> Key["AccessLogEntry"]:
        return Key(AccessLogEntry, keys.document_access_log(document_id), sk)

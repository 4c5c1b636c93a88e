"""Documents, consents, and that nobody opened one after the right to it was withdrawn (invariants 10 and 11)."""

from collections.abc import Iterator
from datetime import datetime

from quickcare.db import keys
from quickcare.db.items import AccessLogEntry, Consent, ConsentPointer, Document, ShelfCount, ShelfEntry
from quickcare.documents import counting, log_entries

from operators.invariants import finding
from operators.invariants.finding import Finding
from operators.invariants.snapshot import Snapshot

_UPLOADS = ("pending", "available", "rejected")
_CONSENTS = ("pending", "granted", "rejected", "revoked")


def findings(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    for document in seen.all(Document):
        yield from _of_document(seen, document)
    for consent in seen.all(Consent):
        yield from _of_consent(seen, consent)
    for entry in seen.all(ShelfEntry):
        one = seen.get(Document.key(entry.document_id))
        if one is not None and (entry.owner_id, entry.uploader_id) != (one.owner_id, one.uploader_id):
            yield finding.of(10, entry, "says another owner or uploader than its document")
    for count in seen.all(ShelfCount):
        yield from _of_count(seen, count)
    for pointer in seen.all(ConsentPointer):
        asked = seen.get(Consent.key(pointer.document_id, int(pointer.doctor_id)))
        if asked is not None and asked.id != pointer.consent_id:
            yield finding.of(10, pointer, "points to another consent")


def _of_document(seen: Snapshot, document: Document) -> Iterator[Finding]:
    if document.upload_status not in _UPLOADS:
        yield finding.of(10, document, f"has the status {document.upload_status}")
    if (document.upload_status == "available") != (document.object_key is not None):
        yield finding.of(11, document, f"is {document.upload_status}, and names {document.object_key or 'no object'}")
    if document.upload_status == "available" and document.ttl is not None:
        yield finding.of(11, document, "is available, and DynamoDB will delete it")
    if document.is_deleted != (document.deleted_at is not None):
        yield finding.of(11, document, "is deleted without a time, or has a time and is not deleted")
    for entry in _opened(seen, document):
        if document.deleted_at is not None and entry.accessed_at > document.deleted_at:
            yield finding.of(11, entry, "is an opening after the document was deleted")


def _of_count(seen: Snapshot, count: ShelfCount) -> Iterator[Finding]:
    owner_id = count.pk.partition("#")[2]
    entries = seen.partition(ShelfEntry, keys.user(owner_id), keys.SHELF_PREFIX)
    there_are = counting.sums(counting.of_entries(owner_id, entries))
    for kind, number in counting.sums(count).items():
        if number != there_are[kind]:
            yield finding.of(finding.REFERENCE, count, f"counts {number} of {there_are[kind]} of the type {kind}")


def _of_consent(seen: Snapshot, consent: Consent) -> Iterator[Finding]:
    if consent.status not in _CONSENTS:
        yield finding.of(10, consent, f"has the status {consent.status}")
    document = seen.get(Document.key(consent.document_id))
    if document is None:
        return
    if document.owner_id != consent.owner_id:
        yield finding.of(10, consent, "is of somebody who does not own the document")
    # Who owns or uploaded it may have opened it by that.
    others_right = consent.doctor_user_id in (document.owner_id, document.uploader_id)
    if consent.status not in ("revoked", "rejected") or consent.actioned_at is None or others_right:
        return
    for entry in _opened(seen, document):
        if entry.accessed_by_id == consent.doctor_user_id and entry.accessed_at > consent.actioned_at:
            yield finding.of(10, entry, "is an opening after the consent was withdrawn")


def _opened(seen: Snapshot, document: Document) -> Iterator[AccessLogEntry]:
    for entry in seen.partition(AccessLogEntry, keys.document_access_log(document.id)):
        if entry.outcome == log_entries.ALLOWED:
            yield entry

"""Entries of access logs, which several functions write; `functions/documents/access_log.py` shows them to patients."""

from datetime import datetime
from typing import Any

from quickcare import ids
from quickcare.db import keys
from quickcare.db.item import Key
from quickcare.db.items import AccessLogEntry, Document, LogHead, User

ALLOWED, DENIED, LISTED, FOUND = "allowed", "denied", "listed", "found"


def head_of_owner(owner_id: str) -> Key[LogHead]:
    """Where the head of a patient's log is."""
    return LogHead.of(keys.access_log(owner_id))


def head_of_document(document_id: str) -> Key[LogHead]:
    """Where the head of a document's log is."""
    return LogHead.of(keys.document_access_log(document_id))


def of_owner(owner_id: str, user: User, ip_address: str, outcome: str, now: datetime) -> AccessLogEntry:
    """The unsaved entry, in the log of a patient, that this user found them or listed their documents."""
    sk = ids.timestamp_key(now)
    return AccessLogEntry.of_owner(owner_id, sk).item(**_said(sk, user, ip_address, outcome, now))


def of_document(
    document: Document, user: User, ip_address: str, outcome: str, now: datetime
) -> tuple[AccessLogEntry, AccessLogEntry]:
    """The two unsaved copies of the entry that this user opened a document or was refused it: in its owner's log and in
    its own."""
    sk = ids.timestamp_key(now)
    said = _said(sk, user, ip_address, outcome, now)
    said |= {"document_id": document.id, "document_title": document.title}
    in_owners = AccessLogEntry.of_owner(document.owner_id, sk).item(**said)
    return in_owners, AccessLogEntry.of_document(document.id, sk).item(**said)


def _said(sk: str, user: User, ip_address: str, outcome: str, now: datetime) -> dict[str, Any]:
    return {
        "id": sk.rpartition("#")[2],
        "accessed_by_id": user.id,
        "accessed_by_name": user.name,
        "accessed_by_role": user.role.name.lower(),
        "ip_address": ip_address,
        "accessed_at": now,
        "outcome": outcome,
    }

"""Documents of one patient, who uploaded them, and the entries of their log."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from quickcare import clock
from quickcare.db.item import Item
from quickcare.db.items import AccessLogEntry, Document, ShelfEntry
from quickcare.documents.log_entries import LISTED

from bench.names import uuid
from tests.town import Town


def items(town: Town, number: int, now: datetime) -> Iterator[Item]:
    """A document with its place on the patient's shelf. Its file is not there."""
    created_at = _created(number, now)
    patient, document_id = town.here.people["patient"].id, uuid("document", number)
    whose = {"owner_id": patient, "uploader_id": patient, "uploaded_by_role": "patient", "document_type": "lab_report"}
    yield Document.key(document_id).item(
        id=document_id,
        title=f"Report {number}",
        file_name="report.pdf",
        upload_status="available",
        object_key=f"documents/{document_id}/1",
        created_at=created_at,
        updated_at=created_at,
        **whose,
    )
    yield ShelfEntry.key(patient, document_id, created_at).item(document_id=document_id, **whose)


def ids(number: int, now: datetime) -> list[str]:
    """What tells the rows of one document from those of another."""
    return [uuid("document", number), f"{_created(number, now):%Y-%m-%dT%H:%M:%S}"]


def _created(number: int, now: datetime) -> datetime:
    return now - timedelta(minutes=1 + number)


def log_items(town: Town, number: int, now: datetime) -> Iterator[Item]:
    """The entry that the lab listed the patient's documents. It is younger than all openings, which are looked for."""
    patient, lab = town.here.people["patient"].id, town.here.people["lab_member"].id
    entry_id, at = uuid("listed", number), _listed(number, now)
    yield AccessLogEntry.of_owner(patient, f"{clock.sortable(at)}#{entry_id}").item(
        id=entry_id,
        accessed_by_id=lab,
        accessed_by_name="Lata Das",
        accessed_by_role="lab_member",
        ip_address="203.0.113.7",
        accessed_at=at,
        outcome=LISTED,
    )


def log_ids(number: int, now: datetime) -> list[str]:
    """What tells one entry from another."""
    return [uuid("listed", number), f"{_listed(number, now):%Y-%m-%dT%H:%M:%S}"]


def _listed(number: int, now: datetime) -> datetime:
    return now + timedelta(seconds=1 + number)

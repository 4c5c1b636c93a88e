"""What is left over when something died in the middle, or when a table is older than its bucket: found, and pruned.

Nobody who uses the API sees any of it. Everything is looked at again, with consistent reads, before it is named and
before it goes, because others write meanwhile.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from quickcare import aws, clock
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db import table
from quickcare.db.item import Item, Key
from quickcare.db.items import Clinic, DirectoryEntry, DirectoryRow, Doctor, Document
from quickcare.db.operations import Check, Delete, Refused
from quickcare.search import entries
from quickcare.search.entries import Directory
from quickcare.settings import settings

from operators.invariants import finding
from operators.invariants.references import EXPIRING, POINTERS
from operators.invariants.snapshot import Snapshot

_STORED = "documents/"
_LISTS: dict[str, Directory] = {one.kind: one for one in (clinics_list.CLINICS, doctors_list.DOCTORS)}


class Orphan(NamedTuple):
    """Something that nothing leads to. `prune` removes it, unless it is none any more, and answers whether it did;
    None for what only a person can decide about."""

    kind: str
    name: str
    why: str
    prune: Callable[[], bool] | None


def found(seen: Snapshot, older_than: timedelta, now: datetime) -> Iterator[Orphan]:
    """All orphans of the table in use and of the bucket. `older_than` holds for what is not written in one transaction
    with what leads to it: objects, and rows of lists."""
    yield from _pointers(seen, now)
    yield from _generations(seen, now - older_than)
    yield from _rows(seen)
    yield from _objects(seen, now - older_than)
    yield from _documents(seen)


def _pointers(seen: Snapshot, now: datetime) -> Iterator[Orphan]:
    for model, named in (POINTERS | EXPIRING).items():
        for item in seen.all(model):
            (target,) = named(item)
            if item.ttl is None and not seen.has(target) and table.fetch(target) is None:
                yield _of(item, finding.missing(target), partial(_unpoint, item, target))


def _unpoint(item: Item, target: Key[Any]) -> bool:
    """Delete a pointer whose target is still missing: 1 write."""
    try:
        table.write(target=Check(target, Item.pk.does_not_exist()), pointer=Delete(Key(type(item), item.pk, item.sk)))
    except Refused:
        return False
    return True


def _generations(seen: Snapshot, before: datetime) -> Iterator[Orphan]:
    """Rows that a crashed writer of a list left behind; the next write of their item would remove them."""
    for entry in seen.all(DirectoryEntry):
        directory = _LISTS.get(entry.pk.split("#")[1])
        is_old = entry.written_at < clock.epoch(before)
        if directory and is_old and entry.generation != _generation_now(directory, entry.item_id):
            yield _of(entry, "its item has other rows", partial(_retire, directory, entry))


def _retire(directory: Directory, entry: DirectoryEntry) -> bool:
    current = _generation_now(directory, entry.item_id)
    if entry.generation == current:
        return False
    entries.retire(directory, entry.item_id, entry.generation, clock.now(), current=current)
    return True


def _rows(seen: Snapshot) -> Iterator[Orphan]:
    """Rows whose generation nobody wrote down. It is written down before the first of its rows, and removed after the
    last one."""
    for row in seen.all(DirectoryRow):
        directory = _LISTS.get(row.pk.split("#")[1])
        if directory is None or seen.has(_written(directory, row)):
            continue
        if _is_unknown(directory, row):
            yield _of(row, "nothing says that it is there", partial(_remove_row, directory, row))


def _is_unknown(directory: Directory, row: DirectoryRow) -> bool:
    return row.generation != _generation_now(directory, row.item_id) and table.fetch(_written(directory, row)) is None


def _remove_row(directory: Directory, row: DirectoryRow) -> bool:
    if not _is_unknown(directory, row):
        return False
    table.write(row=Delete(Key(DirectoryRow, row.pk, row.sk)))
    return True


def _written(directory: Directory, row: DirectoryRow) -> Key[DirectoryEntry]:
    return DirectoryEntry.key(directory.kind, row.item_id, row.generation)


def _generation_now(directory: Directory, item_id: str) -> str | None:
    """The generation of an item's rows that count: 1 read."""
    if directory is clinics_list.CLINICS:
        clinic = table.fetch(Clinic.key(item_id))
        return clinic.directory_id if clinic and clinic.is_active else None
    doctor = table.fetch(Doctor.key(int(item_id)))
    return doctor.directory_id if doctor else None


def _objects(seen: Snapshot, before: datetime) -> Iterator[Orphan]:
    """Stored files that no document names."""
    for one in _stored():
        document_id = one["Key"].split("/")[1]
        if one["LastModified"] < before and not _names(seen.get(Document.key(document_id)), one["Key"]):
            document = table.fetch(Document.key(document_id))
            is_waiting = document is not None and document.upload_status == "pending"
            if not is_waiting and not _names(document, one["Key"]):
                why = "no document names it"
                yield Orphan("object", one["Key"], why, partial(_have_removed, document_id))


def _stored() -> Iterable[dict[str, Any]]:
    for page in (
        aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings().documents_bucket, Prefix=_STORED)
    ):
        yield from page.get("Contents", [])


def _names(document: Document | None, object_key: str) -> bool:
    return document is not None and not document.is_deleted and document.object_key == object_key


def _have_removed(document_id: str) -> bool:
    """Let the upload check remove what the document does not name, as after a crash. A version stays for 30 days."""
    body = json.dumps({"document_id": document_id})
    aws.client("sqs").send_message(QueueUrl=os.environ["UPLOAD_QUEUE_URL"], MessageBody=body)
    return True


def _documents(seen: Snapshot) -> Iterator[Orphan]:
    """Documents that name a file which is not there. `restore-documents` brings it back, while a version is left."""
    there = {one["Key"] for one in _stored()}
    for document in seen.all(Document):
        if document.object_key and not document.is_deleted and document.object_key not in there:
            again = table.fetch(Document.key(document.id))
            if again is not None and _names(again, document.object_key):
                yield _of(document, "its file is not in the bucket", None)


def _of(item: Item, why: str, prune: Callable[[], bool] | None) -> Orphan:
    return Orphan(finding.kind_of(type(item)), finding.shown(item.pk, item.sk), why, prune)

"""The upload check: for each notice of S3 in the queue, look at the bytes and make the document available or rejected.

A notice may come twice, late, or for a document that waits for no upload. Then nothing changes, and the uploaded object
is removed. Events: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
The same queue carries the messages of `leftovers`: `{"document_id": …, "correlation_id": …}`.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext
from pynamodb.expressions.condition import Condition
from quickcare import budget, clock, ids, queues
from quickcare.accounts import quotas
from quickcare.db import table
from quickcare.db.items import Document
from quickcare.db.operations import Put, Refused, Update, is_false
from quickcare.documents import counting
from quickcare.observability import count, follow, following, logger, show

from documents import leftovers, pdf, shelf, storage


class Notice(NamedTuple):
    """That an object was uploaded: its key, its size in bytes, and the version id that S3 gave it; None in a bucket
    without versions."""

    key: str
    size: int
    version: str | None


@logger.inject_lambda_context
@budget.kept
def handler(event: dict[str, Any], context: LambdaContext) -> queues.Kept:
    """Handle each message of the batch; answers which of them the queue must keep."""
    failed = [record for record in event["Records"] if not _is_done(record)]
    return queues.kept(failed)


@following(None)
def _is_done(record: queues.Record) -> bool:
    try:
        body, now = json.loads(record["body"]), clock.now()
        if "document_id" in body:
            follow(body.get("correlation_id"))
            leftovers.remove(body["document_id"], now)
        for notice in _notices(body):
            check(notice, now)
    except Exception as error:  # noqa: BLE001 - one message must not fail the others
        logger.error("an upload was not checked", queue_id=record["messageId"], error=type(error).__name__)
        show(error)
        return False
    return True


def _notices(body: dict[str, Any]) -> Iterator[Notice]:
    """The notices in a message; there is none in the test event that S3 sends when notices are set up."""
    for record in body.get("Records", []):
        s3_object = record["s3"]["object"]
        yield Notice(unquote_plus(s3_object["key"]), int(s3_object.get("size", 0)), s3_object.get("versionId"))


def check(notice: Notice, now: datetime) -> None:
    """Decide about one uploaded object, then remove it from `uploads/`. Objects elsewhere are left alone."""
    if not notice.key.startswith(storage.UPLOADS):
        return
    document_id = notice.key.removeprefix(storage.UPLOADS)
    if ids.is_uuid(document_id):
        document = table.fetch(Document.key(document_id))
        if document and document.is_there(now) and document.upload_status == "pending":
            follow(document.correlation_id)
            _decide(document, notice, now)
        else:
            # An earlier run may have stored the bytes and died before the document named them.
            leftovers.remove(document_id, now)
    storage.remove_upload(notice.key, notice.version)


def _decide(document: Document, notice: Notice, now: datetime) -> None:
    """Make a pending document available or rejected, by its bytes. Nothing happens when the object is gone."""
    content = storage.read_upload(notice.key, notice.version) if notice.size <= pdf.LARGEST else b""
    if content is None:
        return
    size = max(notice.size, len(content))
    if size > pdf.LARGEST or not pdf.is_pdf(content):
        _reject(document, pdf.too_large(size) if size > pdf.LARGEST else pdf.NOT_A_PDF, now)
        count("UploadRejected")
        logger.info("upload rejected", document_id=document.id, bytes=size)
        return
    if _make_available(document, storage.store(document.id, content), len(content), now):
        logger.info("upload available", document_id=document.id, bytes=size)
    else:
        # Another run may have stored the same bytes under the same key.
        leftovers.remove(document.id, now)


def _reject(document: Document, reason: str, now: datetime) -> None:
    """Say why: 1 write; none when the document is no longer pending."""
    actions = [
        Document.upload_status.set("rejected"),
        Document.rejection_reason.set(reason),
        Document.updated_at.set(now),
    ]
    with suppress(Refused):
        table.write(document=Update(Document.key(document.id), actions, _still_pending()))


def _make_available(document: Document, object_key: str, size: int, now: datetime) -> bool:
    """Name the object in the document, and let the document and its first shelf entries stay: 1 write. False when the
    document is no longer pending, or its owner's quota has no room for it, which rejects it."""
    actions = [
        Document.upload_status.set("available"),
        Document.updated_at.set(now),
        Document.object_key.set(object_key),
        Document.ttl.remove(),
        *([Document.counted_bytes.set(size)] if quotas.are_on() else []),
    ]
    document.ttl = None
    entries = {f"shelf{number}": Put(entry) for number, entry in enumerate(shelf.first_entries(document))}
    room = quotas.stored(document.owner_id, size)
    try:
        available = Update(Document.key(document.id), actions, _still_pending())
        counting.write(document, 1, available=available, **entries, **room)
    except Refused as refused:
        if refused.names == set(room):
            _reject(document, quotas.no_room(), now)
        return False
    return True


def _still_pending() -> Condition:
    condition: Condition = (Document.upload_status == "pending") & is_false(Document.is_deleted)
    return condition

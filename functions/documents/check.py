"""Notices of S3 about uploads, out of a queue: look at the bytes, then make the document available or rejected.

A notice may come twice, late, or about nothing that is waiting; it then changes nothing, and its object goes.
Events: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
Between them are messages of `aftercare`: `{"document_id": …}`.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import clock, ids
from quickcare.db import table
from quickcare.db.items import Document
from quickcare.observability import count, logger, show

from documents import aftercare, pdf, repository, storage

Record = dict[str, Any]


class Notice(NamedTuple):
    """`version` is what S3 calls the object's version; None in a bucket without versions."""

    key: str
    size: int
    version: str | None


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Check what each message of the batch tells of; answers which ones the queue must keep."""
    failed = [record["messageId"] for record in event["Records"] if not _is_done(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(record: Record) -> bool:
    try:
        body, now = json.loads(record["body"]), clock.now()
        if "document_id" in body:
            aftercare.look_after(body["document_id"], now)
        for notice in _notices(body):
            check(notice, now)
    except Exception as error:  # noqa: BLE001 - one message must not fail the others
        logger.error("an upload was not checked", queue_id=record["messageId"], error=type(error).__name__)
        show(error)
        return False
    return True


def _notices(body: dict[str, Any]) -> Iterator[Notice]:
    """None in the test event that S3 sends when notices are set up."""
    for record in body.get("Records", []):
        s3_object = record["s3"]["object"]
        yield Notice(unquote_plus(s3_object["key"]), int(s3_object.get("size", 0)), s3_object.get("versionId"))


def check(notice: Notice, now: datetime) -> None:
    """Decide about one uploaded object and remove it from where uploads land; anything elsewhere is left alone."""
    if not notice.key.startswith(storage.UPLOADS):
        return
    document_id = notice.key.removeprefix(storage.UPLOADS)
    if ids.is_uuid(document_id):
        document = table.fetch(Document.key(document_id))
        if document and document.is_there(now) and document.upload_status == "pending":
            _decide(document, notice, now)
        else:
            # An earlier try may have kept the bytes and died before it said so.
            aftercare.look_after(document_id, now)
    storage.remove_upload(notice.key, notice.version)


def _decide(document: Document, notice: Notice, now: datetime) -> None:
    content = storage.read_upload(notice.key, notice.version) if notice.size <= pdf.LARGEST else b""
    if content is None:
        return
    if len(content) > pdf.LARGEST or not pdf.is_pdf(content):
        repository.finish(document, "rejected", None, [], now)
        count("UploadRejected")
        return
    key = storage.store(document.id, content)
    document.ttl = None
    if not repository.finish(document, "available", key, repository.shelf_of(document), now):
        # Another run may have kept the same bytes under the same key.
        aftercare.look_after(document.id, now)

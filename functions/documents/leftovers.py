"""The objects in the bucket that no document names, and how they go even after a crash (invariant 11).

The table and the bucket do not change in one step. So whoever deletes a document, or stores a file before its document
exists, first sends a message to the queue of uploads. The message arrives when that request has ended or died. The
upload check then reads the document and removes every object that it does not name.
"""

import json
import os
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from quickcare import aws
from quickcare.db import table
from quickcare.db.items import Document
from quickcare.errors import Unavailable
from quickcare.observability import correlation_id, logger

from documents import storage

# Longer than the request that sends the message and an upload check beside it can run; a test compares template.yaml.
DELAY = timedelta(seconds=120)


def remove_later(document_id: str) -> None:
    """Have `remove` called once this request is over. Raises Unavailable when the queue does not take the message."""
    try:
        aws.client("sqs").send_message(
            QueueUrl=os.environ["UPLOAD_QUEUE_URL"],
            MessageBody=json.dumps({"document_id": document_id, "correlation_id": correlation_id()}),
            DelaySeconds=int(DELAY.total_seconds()),
        )
    except (BotoCoreError, ClientError) as error:
        logger.error("the queue of uploads took no message", error=type(error).__name__)
        raise Unavailable from error


def remove(document_id: str, now: datetime) -> None:
    """Remove the objects that the document does not name; all of them when the document is gone. 1 read.

    Nothing is removed while the document waits for its upload check.
    """
    document = table.fetch(Document.key(document_id))
    # A check that began just before the document expired may still be running.
    if document and document.upload_status == "pending" and document.is_there(now - DELAY):
        return
    storage.remove_all_but(document.object_key if document and not document.is_deleted else None, document_id)

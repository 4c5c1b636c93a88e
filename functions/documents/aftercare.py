"""What makes sure that a crash leaves no object that no document names (invariant 11).

Table and bucket do not change together. So who takes a document out of the table, or puts an object into the bucket
before its document, first leaves a message in the queue of uploads. It comes when that work is done or dead, and the
upload check then removes what the document, as it stands, does not name.
"""

import json
import os
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from quickcare import aws
from quickcare.db import table
from quickcare.db.items import Document
from quickcare.errors import Unavailable
from quickcare.observability import logger

from documents import storage

# As long as the request that asks for it and a check which began meanwhile can live; a test compares template.yaml.
DELAY = timedelta(seconds=120)


def announce(document_id: str) -> None:
    """Have the document's objects looked after once this request is over. Raises Unavailable."""
    try:
        aws.client("sqs").send_message(
            QueueUrl=os.environ["UPLOAD_QUEUE_URL"],
            MessageBody=json.dumps({"document_id": document_id}),
            DelaySeconds=int(DELAY.total_seconds()),
        )
    except (BotoCoreError, ClientError) as error:
        logger.error("the queue of uploads took no message", error=type(error).__name__)
        raise Unavailable from error


def look_after(document_id: str, now: datetime) -> None:
    """Remove the objects that the document does not name; all, when it is gone. One that is still to be checked is left
    to its check."""
    document = table.fetch(Document.key(document_id))
    # Whether a check that began in time can still be running.
    if document and document.upload_status == "pending" and document.is_there(now - DELAY):
        return
    storage.remove_all_but(document.object_key if document and not document.is_deleted else None, document_id)

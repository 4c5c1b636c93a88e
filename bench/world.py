"""Where requests are measured: AWS's DynamoDB Local and an emulated AWS for the rest, both in processes of their own.

So the CPU time of this process is that of the handlers and of the SDK, as on Lambda.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from quickcare import aws, clock
from quickcare.db import item, wire
from quickcare.settings import settings

from scripts.emulated_aws import emulated_aws
from tests import bench as account
from tests import dynamodb_local
from tests.api import Api
from tests.town import Town

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
REGION, ACCOUNT = "ap-south-1", "000000000000"


@contextmanager
def started() -> Iterator[Town]:
    """A town in an empty table, while the `with` block lasts. The clock of the code stands still."""
    with TemporaryDirectory() as scratch, emulated_aws(Path(scratch)) as emulated:
        for engine in dynamodb_local.serve():
            _connect(emulated.endpoint, engine)
            _build_account()
            clock.now = lambda: NOW
            yield Town(Api())


def _connect(endpoint: str, engine: str) -> None:
    """Let all clients of this process, and of those that it starts, speak to these."""
    os.environ |= {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_DYNAMODB": engine,
        "SMS_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:sms",
        "SMS_QUEUE_URL": f"{endpoint}/{ACCOUNT}/sms",
        "SMS_DEAD_LETTERS_URL": f"{endpoint}/{ACCOUNT}/sms-dead-letters",
        "UPLOAD_QUEUE_URL": f"{endpoint}/{ACCOUNT}/uploads",
        "LEFTOVERS_QUEUE_URL": f"{endpoint}/{ACCOUNT}/leftovers",
    }
    settings.cache_clear()
    aws.client.cache_clear()
    item.use(wire.Client(engine))


def _build_account() -> None:
    account.create_table()
    account.create_keys()
    account.create_queues()
    account.create_bucket()
    # Without it the topic may not send to the queue, as on AWS.
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    aws.client("sqs").set_queue_attributes(QueueUrl=settings().sms_queue_url, Attributes={"Policy": policy})

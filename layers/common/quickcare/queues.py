"""What a function that works off an SQS queue answers.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: Implementing partial batch responses
"""

from collections.abc import Sequence
from typing import Any

from quickcare.observability import count, logger
from quickcare.settings import settings

Record = dict[str, Any]
Kept = dict[str, list[dict[str, str]]]


def kept(failed: Sequence[Record]) -> Kept:
    """The answer that leaves these messages in the queue.

    Those that have failed for the last time are counted by the metric `DeadLetter`: SQS takes them out of the queue
    without a word. A dead letter that stays does not hide the next one there, as it does in the queue's length.
    """
    tries = settings().tries
    for record in failed:
        if tries and int(record["attributes"]["ApproximateReceiveCount"]) >= tries:
            logger.error("a message becomes a dead letter", queue_id=record["messageId"])
            count("DeadLetter")
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}

"""The queue of jobs about leftovers, worked off as Lambda does it."""

from typing import Any

from quickcare import aws
from quickcare.settings import settings

from tests.api import Context

EVENT = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:ap-south-1:123456789012:leftovers"}


def received() -> list[dict[str, Any]]:
    """The jobs that wait in the queue, as records of an event. They are no longer in it."""
    client, url, records = aws.client("sqs"), settings().leftovers_queue_url, []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            records.append({**EVENT, "messageId": message["MessageId"], "body": message["Body"]})
    return records


def work(records: list[dict[str, Any]], context: Any = None) -> list[str]:
    """Let the worker do these jobs; the ids of those that the queue must keep."""
    from appointments import leftovers

    handler: Any = leftovers.handler  # a context of the tests is no LambdaContext
    answer = handler({"Records": records}, context or Context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def work_off() -> int:
    """Let the worker do what waits; how many jobs that were."""
    records = received()
    assert work(records) == []
    return len(records)


class Hurried(Context):
    """Has time for so many appointments."""

    def __init__(self, appointments: int) -> None:
        super().__init__()
        self.left = appointments + 1  # the handler asks once for itself

    def get_remaining_time_in_millis(self) -> int:
        self.left -= 1
        return 60_000 if self.left >= 0 else 1_000

"""Notes each message of the queue; one that says "later" only at its second delivery."""

import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failures = []
    for record in event["Records"]:
        deliveries = record["attributes"]["ApproximateReceiveCount"]
        if record["body"] == "later" and deliveries == "1":
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            item = {"pk": "QUEUE", "sk": record["body"], "deliveries": deliveries, "source": record["eventSource"]}
            boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"]).put_item(Item=item)
    return {"batchItemFailures": failures}

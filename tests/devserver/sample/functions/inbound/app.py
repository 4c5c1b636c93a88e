"""Notes each message of the queue; one that says "later" only at its second delivery."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failures = []
    for record in event["Records"]:
        body = record["body"]
        if body.startswith("{"):
            events = json.loads(body).get("Records", [])  # S3's test event has none
            body = "".join(event["s3"]["object"]["key"] for event in events)
        deliveries = record["attributes"]["ApproximateReceiveCount"]
        if body == "later" and deliveries == "1":
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            item = {
                "pk": "QUEUE",
                "sk": body or "test event",
                "deliveries": deliveries,
                "source": record["eventSource"],
            }
            boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"]).put_item(Item=item)
    return {"batchItemFailures": failures}

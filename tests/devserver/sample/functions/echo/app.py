"""Answers with what it was called with."""

import base64
import json
import os
from typing import Any

import boto3

VERSION = "first"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    match event["resource"], event["httpMethod"]:
        case "/crash", _:
            raise RuntimeError("this function always fails")
        case "/binary", _:
            return {
                "statusCode": 200,
                "headers": {"Content-Type": "application/octet-stream"},
                "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
                "body": base64.b64encode(bytes(range(256))).decode(),
                "isBase64Encoded": True,
            }
        case "/queue", "POST":
            boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=event["body"])
            return _answer({})
        case "/files/{id}", _:
            key = event["pathParameters"]["id"]
            boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key=key, Body=event["body"])
            return _answer({})
        case "/queue", _:
            return _answer(
                _table().query(KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": "QUEUE"})
            )
        case "/items/{id}", "PUT":
            _table().put_item(Item={"pk": "ITEM", "sk": event["pathParameters"]["id"], "body": event["body"]})
            return _answer({})
        case "/items/{id}", _:
            item = _table().get_item(Key={"pk": "ITEM", "sk": event["pathParameters"]["id"]}).get("Item", {})
            return _answer({"item": item, "indexes": _indexes()})
    return _answer({"event": event, "version": VERSION, "request_id": context.aws_request_id})


def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def _indexes() -> list[str]:
    return [index["IndexName"] for index in _table().global_secondary_indexes or []]


def _answer(body: Any) -> dict[str, Any]:
    return {"statusCode": 200, "body": json.dumps(body, default=str)}

"""What the tests build in AWS before they call anything, as template.yaml declares it."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from quickcare import aws
from quickcare.settings import settings

from devserver.template import Template

ROOT = Path(__file__).parent.parent
SIGNING_KEY = "k" * 64


@lru_cache
def template() -> Template:
    return Template.load(ROOT / "template.yaml", {"STAGE": "local"})


def create_table() -> None:
    """An empty table with template.yaml's keys and indexes."""
    ((_, properties),) = template().resources("AWS::DynamoDB::Table")
    names = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    declared: dict[str, Any] = {name: properties[name] for name in names if name in properties}
    dynamodb = aws.client("dynamodb")
    name = settings().table_name
    if name in dynamodb.list_tables()["TableNames"]:
        dynamodb.delete_table(TableName=name)
    dynamodb.create_table(TableName=name, **declared)


def create_signing_keys(kid: str = "1", key: str = SIGNING_KEY, previous: dict[str, str] | None = None) -> None:
    value = json.dumps({"kid": kid, "key": key, "previous": previous or {}})
    secrets, name = aws.client("secretsmanager"), settings().signing_keys_secret
    try:
        secrets.create_secret(Name=name, SecretString=value)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=value)


def create_sms_topic() -> None:
    """The topic, and the queue behind it that `sms_to` reads."""
    queue = aws.client("sqs").create_queue(QueueName="sms")["QueueUrl"]
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = aws.client("sns").create_topic(Name="sms")["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})


def create_bucket() -> None:
    """The documents' bucket, versioned as template.yaml declares it."""
    s3, name = aws.client("s3"), settings().documents_bucket
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def sms_to(contact: int) -> list[str]:
    """The texts that were published for a contact so far, newest first. What was read is gone."""
    texts: list[str] = []
    while (
        messages := aws.client("sqs")
        .receive_message(QueueUrl=settings().sms_queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        .get("Messages")
    ):
        for message in messages:
            sms = json.loads(message["Body"])
            if sms["to"] == f"+91{contact}":
                texts.insert(0, sms["body"])
            aws.client("sqs").delete_message(QueueUrl=settings().sms_queue_url, ReceiptHandle=message["ReceiptHandle"])
    return texts

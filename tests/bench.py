"""What the tests build in AWS before they call anything, as template.yaml declares it."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.model import OperationModel
from moto.backends import get_backend
from quickcare import aws
from quickcare.settings import settings

from devserver.template import Template
from tests import acting

ROOT = Path(__file__).parent.parent
SIGNING_KEY, LINK_KEY, PANEL_KEY = "k" * 64, "l" * 64, "p" * 64
LOG_KEY = "g" * 64
READS = ("Describe", "Get", "Head", "List")
MANY = 200  # items; more are gone faster with their table


@lru_cache
def template() -> Template:
    return Template.load(ROOT / "template.yaml", {"STAGE": "local"})


_changed: set[str] = set()
"""The services besides DynamoDB that need to be made anew before the next test."""


def open_account(engine: str | None) -> None:
    """What every test of a process finds in AWS, with the table in this DynamoDB; `clear` comes before each test."""
    aws.session.cache_clear()
    boto3.setup_default_session(botocore_session=aws.session())  # for tests that call AWS themselves
    events = aws.session().get_component("event_emitter")
    acting.watch(events)
    aws.client.cache_clear()
    with pytest.MonkeyPatch.context() as patch:  # programs that tests start have a DynamoDB of their own
        if engine:
            patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", engine)
        aws.client("dynamodb")
    for service in MADE_BY:
        events.register(f"before-call.{service}", _note)
    acting.watch_posts(aws.client("s3"))
    create_table()
    _changed.update(MADE_BY)


def _note(model: OperationModel, **_: object) -> None:
    if not model.name.startswith(READS):
        _changed.add(model.service_model.service_name)


def clear() -> None:
    """As if nothing had happened: an empty table, and anew whatever a test changed of the other services."""
    empty_table()
    if _changed & {"sns", "sqs"}:
        _changed.update(("sns", "sqs"))  # a subscription joins the two
    for service in [service for service in MADE_BY if service in _changed]:
        for account in get_backend(service).values():  # type: ignore[call-overload]  # one overload for each name
            account.reset()
        MADE_BY[service]()
    _changed.clear()


def empty_table() -> None:
    """Delete what is in the table."""
    dynamodb, name = aws.client("dynamodb"), settings().table_name
    try:
        found = dynamodb.scan(TableName=name, ProjectionExpression="pk, sk", ConsistentRead=True, Limit=MANY)
    except dynamodb.exceptions.ResourceNotFoundException:  # a test deleted it
        return create_table()
    if "LastEvaluatedKey" in found:
        return create_table()
    deletes = [{"DeleteRequest": {"Key": key}} for key in found["Items"]]
    for start in range(0, len(deletes), 25):
        dynamodb.batch_write_item(RequestItems={name: deletes[start : start + 25]})
    return None


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
    """The keys of access and refresh tokens."""
    _set_keys(settings().signing_keys_secret, {"kid": kid, "key": key, "previous": previous or {}})


def create_keys() -> None:
    """Of every ring, each with a key that no other has."""
    create_signing_keys()
    _set_keys(settings().link_keys_secret, {"kid": "1", "key": LINK_KEY})
    _set_keys(settings().panel_keys_secret, {"kid": "1", "key": PANEL_KEY})
    _set_keys(settings().log_key_secret, {"key": LOG_KEY})


def _set_keys(name: str, keys: dict[str, Any]) -> None:
    secrets, value = aws.client("secretsmanager"), json.dumps(keys)
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


def create_sms_dead_letters() -> None:
    """Where SMS end that could not be sent."""
    aws.client("sqs").create_queue(QueueName="sms-dead-letters")


def create_bucket() -> None:
    """The documents' bucket, versioned as template.yaml declares it."""
    s3, name = aws.client("s3"), settings().documents_bucket
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def create_upload_queue() -> None:
    """The queue that S3's notices of uploads come through."""
    aws.client("sqs").create_queue(QueueName="uploads")


def create_leftovers_queue() -> None:
    """The queue of jobs that `tests.leftovers` works off."""
    aws.client("sqs").create_queue(QueueName="leftovers")


def create_queues() -> None:
    create_sms_topic()
    create_sms_dead_letters()
    create_upload_queue()
    create_leftovers_queue()


MADE_BY: dict[str, Callable[[], None]] = {
    "sns": lambda: None,  # with the queues
    "sqs": create_queues,
    "s3": create_bucket,
    "secretsmanager": create_keys,
}


def sms_to(contact: int) -> list[str]:
    """The texts that were published for a contact so far, newest first. What was read is gone."""
    return [text for to, text in sms_to_all() if to == contact]


def sms_to_all() -> list[tuple[int, str]]:
    """The same for everybody, each with the contact."""
    found: list[tuple[int, str]] = []
    while (
        messages := aws.client("sqs")
        .receive_message(QueueUrl=settings().sms_queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        .get("Messages")
    ):
        for message in messages:
            sms = json.loads(message["Body"])
            if sms["to"]:
                found.insert(0, (int(sms["to"].removeprefix("+91")), sms["body"]))
            aws.client("sqs").delete_message(QueueUrl=settings().sms_queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found

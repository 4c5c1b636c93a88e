"""What the tests build in AWS before they call anything, as template.yaml declares it."""

import copyreg
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache, lru_cache
from pathlib import Path
from threading import Condition
from typing import Any

import boto3
import pytest
import urllib3
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from moto.backends import get_backend
from moto.core import responses
from moto.core.models import botocore_stubber
from moto.secretsmanager.models import SecretsManagerBackend
from moto.sqs import models as sqs_models
from quickcare import aws
from quickcare.settings import settings

from devserver.template import Template
from tests import acting, declared

ROOT = Path(__file__).parent.parent
SIGNING_KEY, LINK_KEY, PANEL_KEY = "k" * 64, "l" * 64, "p" * 64
LOG_KEY = "g" * 64
READS = ("Describe", "Get", "Head", "List")
ITEMS_AT_ONCE = 25  # that a BatchWriteItem takes
Item = dict[str, Any]
# Queues of moto have a lock; a copy gets one of its own.
copyreg.pickle(Condition, lambda _: (Condition, ()))
# moto works these names out anew in each call.
for module, name in (
    (responses, "method_names_from_class"),
    (responses, "camelcase_to_underscores"),
    (sqs_models, "camelcase_to_underscores"),
):
    setattr(module, name, cache(getattr(module, name)))

_update_secret_version_stage = SecretsManagerBackend.update_secret_version_stage


def _move_stage(backend: Any, **of: str) -> Any:
    """moto moves AWSCURRENT, and goes on to answer with the version that had it before."""
    answer = _update_secret_version_stage(backend, **of)
    if of["version_stage"] == "AWSCURRENT":
        backend.secrets[of["secret_id"]].set_default_version_id(of["move_to_version_id"])
    return answer


setattr(SecretsManagerBackend, "update_secret_version_stage", _move_stage)  # noqa: B010 - mypy refuses the assignment


@lru_cache
def template() -> Template:
    return declared.template(STAGE="local")


_changed: set[str] = set()
"""The services besides DynamoDB that are no longer as every test finds them."""
_as_found: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
"""Their backends in moto, one for each region, each with a copy of what is in it then."""
_engines: list[urllib3.HTTPConnectionPool] = []
"""The engine with the table, unless moto has it."""


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
        dynamodb = aws.client("dynamodb")
    if engine:
        without_moto(dynamodb)
        _engines[:] = [urllib3.connection_from_url(engine)]
    for service in MADE_BY:
        events.register(f"before-call.{service}", _note)
    acting.watch_posts(aws.client("s3"))
    create_table()
    _as_found.clear()


def close_account() -> None:
    for engine in _engines:
        engine.close()
    _engines.clear()


def without_moto(client: Any) -> None:
    """Let the calls of a client go out without being looked at by moto, which would find that they are not for it."""
    client.meta.events.unregister("before-send", botocore_stubber)


def _note(model: OperationModel, **_: object) -> None:
    if not model.name.startswith(READS):
        _changed.add(model.service_model.service_name)


def clear() -> None:
    """As if nothing had happened: an empty table, and the other services as they were before a test changed them."""
    create_table()
    clear_services()


def clear_services() -> None:
    """The services besides DynamoDB as they were before a test changed them."""
    if not _as_found:
        for make in MADE_BY.values():
            make()
        _as_found.update({service: [(one, _copied(vars(one))) for one in _backends(service)] for service in MADE_BY})
        _changed.clear()
    if _changed & {"sns", "sqs"}:
        _changed.update(("sns", "sqs"))  # a subscription joins the two
    for service in _changed:
        for backend in _backends(service):
            backend.reset()  # which closes the files of objects
        for backend, found in _as_found[service]:
            vars(backend).update(_copied(found))
    _changed.clear()


def _backends(service: str) -> list[Any]:
    accounts = get_backend(service).values()  # type: ignore[call-overload]  # one overload for each name
    return [backend for account in accounts for backend in account.values()]


def _copied(found: dict[str, Any]) -> dict[str, Any]:
    """A copy of what is in a backend of moto. What it holds may point to backends; these stay who they are."""
    return deepcopy(found, {id(one): one for service in MADE_BY for one in _backends(service)})


def store(operation: str, **request: Any) -> dict[str, Any]:
    """The table's answer to a call of the tests' own: `store("Scan", TableName=…)`. Raises ClientError.

    Botocore's way to the engine costs ten times as much, above all where many items come back, and each test goes it.
    """
    if not _engines:
        answer: dict[str, Any] = getattr(aws.client("dynamodb"), xform_name(operation))(**request)
        return answer
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/20260101/ap-south-1/dynamodb/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
    }
    got = _engines[0].request("POST", "/", body=json.dumps(request).encode(), headers=headers)
    answer = got.json()
    if got.status != 200:
        code = answer["__type"].rpartition("#")[2]
        raise ClientError({"Error": {"Code": code, "Message": answer.get("message", "")}}, operation)
    return answer


def stored() -> Iterator[Item]:
    """Everything in the table, as DynamoDB writes items."""
    start: dict[str, Any] = {}
    while True:
        page = store("Scan", TableName=settings().table_name, ConsistentRead=True, **start)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def write_all(requests: list[dict[str, Any]]) -> None:
    """Put and delete these items, as BatchWriteItem writes that."""
    for first in range(0, len(requests), ITEMS_AT_ONCE):
        batch = {settings().table_name: requests[first : first + ITEMS_AT_ONCE]}
        assert not store("BatchWriteItem", RequestItems=batch)["UnprocessedItems"]


def create_table() -> None:
    """An empty table with template.yaml's keys and indexes. That costs less than to empty the one that is there."""
    name = settings().table_name
    try:
        store("DeleteTable", TableName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":  # it is the first, or a test deleted it
            raise
    store("CreateTable", TableName=name, **_declared())


@lru_cache
def _declared() -> dict[str, Any]:
    ((_, properties),) = template().resources("AWS::DynamoDB::Table")
    names = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    return {name: properties[name] for name in names if name in properties}


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
    published = (json.loads(body) for body in reversed(_taken_from_queue()))
    return [(int(sms["to"].removeprefix("+91")), sms["body"]) for sms in published if sms["to"]]


@contextmanager
def sms_apart() -> Iterator[None]:
    """What waits in the queue of SMS waits there afterwards, and nothing else."""
    waiting = [(queue, list(queue._messages)) for queue in _queues_of_sms()]
    for queue, _ in waiting:
        queue._messages.clear()
    yield
    for queue, before in waiting:
        queue._messages[:] = before


def _taken_from_queue() -> list[str]:
    """What waits in the queue of SMS, oldest first, and leaves it. From moto directly where it is in this process: its
    API wants three calls."""
    queues = _queues_of_sms()
    if not queues:
        return list(_received())
    found = queues[0].messages
    for message in found:
        queues[0]._messages.remove(message)
    return [message.body for message in found]


def _queues_of_sms() -> list[Any]:
    """moto's queue of SMS; none where another program imitates AWS."""
    return [one.queues["sms"] for one in _backends("sqs") if "sms" in one.queues]


def _received() -> Iterator[str]:
    queue = settings().sms_queue_url
    while messages := aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            yield message["Body"]

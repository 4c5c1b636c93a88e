"""The SMS topic and queue in moto, and where the SMS end up."""

import logging
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

os.environ |= {
    "STAGE": "local",
    "TABLE_NAME": "quickcare-test",
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}

from devserver.template import Template
from quickcare import aws
from quickcare.observability import logger
from quickcare.settings import settings
from tests.fakes.sms import Inbox, SmsQueue


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with mock_aws():
        aws.client.cache_clear()
        settings.cache_clear()
        template = Template.load(Path("template.yaml"), {"Stage": "local"})
        [(_, properties)] = template.resources("AWS::DynamoDB::Table")
        names = ("BillingMode", "AttributeDefinitions", "KeySchema")
        boto3.client("dynamodb").create_table(TableName="quickcare-test", **{k: properties[k] for k in names})
        yield
    settings.cache_clear()


# --- above this line: until tests/conftest.py has it


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> SmsQueue:
    sms_queue = SmsQueue()
    monkeypatch.setenv("SMS_QUEUE_URL", sms_queue.url)
    settings.cache_clear()
    return sms_queue


@pytest.fixture
def logs() -> Iterator[StringIO]:
    """Everything that is logged, as it is written."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    yield written
    logger._logger.removeHandler(handler)


@pytest.fixture
def waits() -> list[int]:
    """The visibility timeouts that were set, in seconds."""
    seconds: list[int] = []

    def record(params: dict[str, Any], **_: object) -> None:
        seconds.append(params["VisibilityTimeout"])

    aws.client("sqs").meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", record)
    return seconds


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Inbox:
    monkeypatch.setenv("SMS_INBOX", str(tmp_path / "sms.jsonl"))
    settings.cache_clear()
    return Inbox(tmp_path / "sms.jsonl")

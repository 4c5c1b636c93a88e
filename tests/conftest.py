"""The bench: the real handlers on a table made from template.yaml, in moto or in AWS's DynamoDB Local.

The environment is set before the first import of `quickcare`, because settings are read once.
"""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ |= {
    "STAGE": "local",
    "TABLE_NAME": f"quickcare-test-{WORKER}",
    "SIGNING_KEYS_SECRET": "signing-keys",
    "TWILIO_SECRET": "twilio",
    "DOCUMENTS_BUCKET": "documents",
    "SMS_TOPIC_ARN": "arn:aws:sns:ap-south-1:123456789012:sms",
    "SMS_QUEUE_URL": "https://sqs.ap-south-1.amazonaws.com/123456789012/sms",
    "MASTER_OTP": "888888",
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
}
os.environ.pop("AWS_ENDPOINT_URL", None)

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from moto import mock_aws
from pynamodb.connection import TableConnection
from quickcare import aws, clock, settings
from quickcare.accounts import passwords, tokens
from quickcare.db.item import Item
from quickcare.observability import logger

from tests import bench, dynamodb_local, threads
from tests.api import Api
from tests.fakes.sms import Inbox, SmsQueue
from tests.people import People

threads.keep_events_apart()


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """What a process keeps (settings, secrets) does not pass from test to test; clients do, they are slow to make."""
    settings.settings.cache_clear()
    aws._secrets.clear()
    tokens._last_reload = float("-inf")
    yield
    settings.settings.cache_clear()


@pytest.fixture
def moto() -> Iterator[None]:
    """AWS in this process: table, secrets, SMS topic with its queue."""
    with mock_aws():
        bench.create_table()
        bench.create_signing_keys()
        bench.create_sms_topic()
        bench.create_bucket()
        yield


@pytest.fixture(scope="session")
def dynamodb_local_url() -> Iterator[str]:
    """AWS's own DynamoDB engine. Skips where Java or npm is missing; CI has both and must not skip."""
    yield from dynamodb_local.serve()


@pytest.fixture
def real_dynamodb(moto: None, dynamodb_local_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same bench with the table on DynamoDB Local: conditional writes and transactions as AWS does them."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local_url)
    connection = TableConnection(
        settings.settings().table_name,
        region="ap-south-1",
        host=dynamodb_local_url,
        meta_table=Item._get_connection().connection.get_meta_table(settings.settings().table_name),
        max_pool_connections=200,
        connect_timeout_seconds=10,
        read_timeout_seconds=60,
    )
    monkeypatch.setattr(Item, "_connection", connection)
    aws.client.cache_clear()
    bench.create_table()
    yield
    aws.client.cache_clear()


class FakeClock:
    """Time that only moves when a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        from datetime import timedelta

        self.now += timedelta(**duration)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of the code under test."""
    fake = FakeClock()
    monkeypatch.setattr(clock, "now", fake)
    return fake


@pytest.fixture
def api(moto: None, time: FakeClock) -> Api:
    """Calls the real handlers as API Gateway does, authorizer included."""
    return Api()


@pytest.fixture
def people(api: Api) -> People:
    """Alice, Bob and Charlie, with accounts and tokens."""
    return People(api)


@pytest.fixture
def queue() -> SmsQueue:
    """The queue of SMS in moto."""
    return SmsQueue()


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Inbox:
    """SMS go to the console, and here."""
    monkeypatch.setenv("SMS_PROVIDER", "console")
    monkeypatch.setenv("SMS_INBOX", str(tmp_path / "sms.jsonl"))
    settings.settings.cache_clear()
    return Inbox(tmp_path / "sms.jsonl")


@pytest.fixture
def logs() -> Iterator[StringIO]:
    """Everything that is logged, as it is written."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    level = logger.log_level
    logger.setLevel(logging.DEBUG)
    yield written
    logger.setLevel(level)
    logger._logger.removeHandler(handler)


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """argon2 with its smallest parameters: tests of other things need no 20 ms per login."""
    patch = pytest.MonkeyPatch()
    from argon2 import PasswordHasher

    patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()

"""The bench: the real handlers on a table made from template.yaml in AWS's DynamoDB Local, or in moto.

The environment is set before the first import of `quickcare`, because settings are read once.
"""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ |= {
    "STAGE": "local",
    "TABLE_NAME": f"quickcare-test-{WORKER}",
    "SIGNING_KEYS_SECRET": "signing-keys",
    "LINK_KEYS_SECRET": "link-keys",
    "PANEL_KEYS_SECRET": "panel-keys",
    "LOG_KEY_SECRET": "log-key",
    "TWILIO_SECRET": "twilio",
    "EXOTEL_SECRET": "exotel",
    "DOCUMENTS_BUCKET": "documents",
    "RECORDS_BUCKET": "records",
    "UPLOAD_QUEUE_URL": "https://sqs.ap-south-1.amazonaws.com/123456789012/uploads",
    "SMS_TOPIC_ARN": "arn:aws:sns:ap-south-1:123456789012:sms",
    "SMS_QUEUE_URL": "https://sqs.ap-south-1.amazonaws.com/123456789012/sms",
    "SMS_DEAD_LETTERS_URL": "https://sqs.ap-south-1.amazonaws.com/123456789012/sms-dead-letters",
    "LEFTOVERS_QUEUE_URL": "https://sqs.ap-south-1.amazonaws.com/123456789012/leftovers",
    "MASTER_OTP": "888888",
    # Tests of other things make more at once than a person may.
    "UPLOADS_PER_PATIENT": "1000",
    "ADDRESSES_PER_USER": "1000",
    "CLINICS_PER_OWNER": "1000",
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ACCESS_KEY_ID": f"testing{WORKER}",  # DynamoDB Local keeps a database for each
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
}
os.environ.pop("AWS_ENDPOINT_URL", None)

import gc
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from moto import mock_aws
from quickcare import aws, clock, ids, pseudonyms, settings, short_way, tally
from quickcare.accounts import passwords, sessions, tokens
from quickcare.db import item, outbox, wire
from quickcare.observability import logger

from tests import acting, bench, dynamodb_local, once, threads, unused_rights, workers
from tests.api import Api
from tests.fakes.sms import Inbox, SmsQueue
from tests.people import People
from tests.practice import Practice, opened
from tests.torn import Tear

threads.keep_events_apart()
# A busy machine fails nobody, and the gate tries the same examples each time. Elsewhere they are new in each run.
hypothesis.settings.register_profile(
    "quickcare",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("quickcare")
acting.wrap_handlers()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(unused_rights.UnusedRights(config))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Handlers read their keys when they are imported. While tests are collected nobody has any to give them; without
    an account here they would ask the network, three times each.

    Nothing of what is imported is ever garbage, and looking for it takes a third of the time."""
    gc.disable()
    with mock_aws(config={"core": {"mock_credentials": False}}):
        yield
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """What a process keeps (settings, secrets) does not pass from test to test; clients do, they are slow to make."""
    settings.settings.cache_clear()
    aws._secrets.clear()
    pseudonyms.forget()
    # A busy machine leaves nothing out that a request does not wait for.
    pseudonyms._PATIENCE = sessions._PATIENCE = tally._PATIENCE = outbox._SECONDS = 60
    tokens._reloaded_at.clear()
    yield
    settings.settings.cache_clear()


@pytest.fixture(autouse=True)
def _only_what_roles_allow() -> Iterator[None]:
    """Refused calls raise at once; this is for those whose error went no further than the code."""
    yield
    if refused := acting.refusals():
        pytest.fail("\n".join(refused), pytrace=False)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as processors: a third of the time they wait for an engine, a thread or a clock."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, processors * 3 // 2)


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """All workers share one engine, each with a table of its own."""
    if not dynamodb_local.lacking():
        config.add_cleanup(dynamodb_local.share())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> workers.Scheduling | None:
    return workers.Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def _engine() -> Iterator[str | None]:
    """The URL of AWS's own DynamoDB engine. None where Java or npm is missing; CI has both and fails without."""
    if dynamodb_local.lacking() and not os.environ.get("CI"):
        yield None
    else:
        yield from dynamodb_local.serve()


@pytest.fixture(scope="session")
def _account(_engine: str | None) -> Iterator[None]:
    """One AWS account for all tests of this process: the table on the engine, everything else in moto."""
    with mock_aws(config={"core": {"mock_credentials": False}}):
        if _engine:
            item.use(wire.Client(_engine, connect_timeout=10, read_timeout=60, connections=200))
            bench.without_moto(wire.CLIENT)
        imitated = {"sns", "sqs", "secretsmanager"} | (set() if _engine else {"dynamodb"})
        short_way.left_to_botocore.update(imitated)  # moto answers inside of it
        bench.open_account(_engine)
        acting.watch(wire.CLIENT.meta.events)
        yield
        bench.close_account()


@pytest.fixture
def moto(_account: None) -> None:
    """AWS with an empty table, the secrets, the SMS topic with its queue and an empty bucket."""
    bench.clear()


@pytest.fixture
def real_dynamodb(moto: None, _engine: str | None) -> None:
    """The same, and the table is on AWS's own engine for certain: for what moto does otherwise than AWS."""
    if _engine is None:
        pytest.skip(dynamodb_local.lacking())


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
def practice(api: Api, people: People) -> Practice:
    """Dora's and Charlie's: from 09:00 to 11:00 on every day but Sunday, every 15 minutes. It is Sunday, 11:30."""
    return once.made(opened, api, people.charlie, people.dora)


@pytest.fixture
def tear(monkeypatch: pytest.MonkeyPatch) -> Tear:
    """Lets something happen between two items that are read together."""
    return Tear(monkeypatch)


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
def _ids_count_up() -> Iterator[None]:
    """While the clock stands still two ids of random bits are equal once in a thousand; `test_equal_ids` has that."""
    patch, new_int, made = pytest.MonkeyPatch(), ids.new_int, count()
    patch.setattr(ids, "new_int", lambda now: (new_int(now) >> 10 << 10) + next(made))
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """argon2 with its smallest parameters: tests of other things need no 20 ms per login."""
    patch = pytest.MonkeyPatch()
    from argon2 import PasswordHasher

    patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()

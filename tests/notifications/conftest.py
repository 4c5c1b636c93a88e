"""The SMS topic and queue in moto, and where the SMS end up."""

from pathlib import Path
from typing import Any

import pytest
from quickcare import aws
from quickcare.settings import settings

from tests.fakes.sms import Inbox, SmsQueue


@pytest.fixture(autouse=True)
def _moto(moto: None) -> None:
    """Every test here has a table, the secrets and the SMS topic with its queue."""


@pytest.fixture
def queue() -> SmsQueue:
    return SmsQueue()


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Inbox:
    """SMS go to the console, and here."""
    monkeypatch.setenv("SMS_PROVIDER", "console")
    monkeypatch.setenv("SMS_INBOX", str(tmp_path / "sms.jsonl"))
    settings.cache_clear()
    return Inbox(tmp_path / "sms.jsonl")


@pytest.fixture
def waits() -> list[int]:
    """The visibility timeouts that were set, in seconds."""
    seconds: list[int] = []

    def record(params: dict[str, Any], **_: object) -> None:
        seconds.append(params["VisibilityTimeout"])

    aws.client("sqs").meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", record)
    return seconds

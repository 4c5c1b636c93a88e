"""Fixtures of the tests of SMS."""

from typing import Any

import pytest
from quickcare import aws
from quickcare.sms import counting


@pytest.fixture(autouse=True)
def _moto(moto: None) -> None:
    """Every test here has a table, the secrets and the SMS topic with its queue."""


@pytest.fixture
def waits() -> list[int]:
    """The visibility timeouts that were set, in seconds."""
    seconds: list[int] = []

    def record(params: dict[str, Any], **_: object) -> None:
        seconds.append(params["VisibilityTimeout"])

    aws.client("sqs").meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", record)
    return seconds


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How SMS ended, as it was counted."""
    counted: list[str] = []
    monkeypatch.setattr(counting, "ended", lambda state, _: counted.append(state))
    return counted

"""The security log as a test reads it."""

import json
from io import StringIO
from typing import Any

import pytest
from quickcare import settings

_TOLD = ("event", "outcome", "status", "contact", "network", "user_id", "route", "request_id", "detail")


class SecurityLog:
    """The lines of a stage on AWS, where they are JSON; on the laptop they are text."""

    def __init__(self, logs: StringIO, monkeypatch: pytest.MonkeyPatch, stage: str = "dev") -> None:
        self._logs = logs
        monkeypatch.setenv("STAGE", stage)
        settings.settings.cache_clear()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Everything that was logged as an event, whole."""
        found = [json.loads(line) for line in self._logs.getvalue().splitlines()]
        return [line for line in found if line["message"] == "security"]

    @property
    def events(self) -> list[str]:
        """What was seen since this was asked last: `login failed`."""
        found = [f"{line['event']} {line['outcome']}" for line in self.lines]
        self.forget()
        return found

    def forget(self) -> None:
        """Forget what was logged so far: people are made in the first test that needs them."""
        self._logs.truncate(0)
        self._logs.seek(0)

    @property
    def last(self) -> dict[str, Any]:
        """The last line, without what every log line has."""
        return {name: self.lines[-1][name] for name in _TOLD if name in self.lines[-1]}

"""The town in which something changes, and what becomes of it there."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from documents import leftovers as documents_leftovers
from notifications import sweep
from quickcare import aws, settings

from tests import leftovers
from tests.api import Api
from tests.conftest import FakeClock
from tests.documents import crashes
from tests.fakes.sms import Context
from tests.outages import Clock
from tests.town import Town

DONE, FAILED = 200, 503
UNTIL_ALL_IS_DONE = timedelta(minutes=3)
"""Longer than a function runs, than the sweep waits for it, and than messages about documents wait in their queue."""


class TickingContext(Context):
    """Lambda's context of a worker that has so many seconds on the clock of `tests.outages`."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self._clock, self._ends = clock, clock.passed + seconds

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]  # a staticmethod there
        return int(max(0.0, self._ends - self._clock.passed) * 1000)


@dataclass
class Scene:
    """The town as it was built, with its clocks."""

    town: Town
    api: Api
    time: FakeClock
    clock: Clock
    patch: pytest.MonkeyPatch
    began: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.time.now
        self.patch.setattr(documents_leftovers, "DELAY", timedelta(0))  # the queue's clock is the machine's

    def begin_anew(self) -> list[tuple[str, str]]:
        """As if nothing had happened; the keys of what had changed in the table."""
        changed = self.town.put_back()
        self.time.now = self.began
        self.published()
        leftovers.received()
        crashes.work_off()
        empty_bucket(settings.settings().documents_bucket)
        return changed

    def set(self, **variables: str) -> None:
        """Set the environment of the functions."""
        for name, value in variables.items():
            self.patch.setenv(name, value)
        settings.settings.cache_clear()

    def work(self, handler: Any, event: dict[str, Any], seconds: float) -> int:
        """Let a worker run: whether it is done, or has failed for a message or as a whole."""
        try:
            answer = handler(event, TickingContext(self.clock, seconds))
        except Exception:  # noqa: BLE001 - Lambda counts it as failed and runs it again
            return FAILED
        return FAILED if answer.get("batchItemFailures") else DONE

    def settle(self) -> None:
        """What happens by itself in the minutes after: the sweep and the workers of the queues run."""
        self.time.advance(seconds=UNTIL_ALL_IS_DONE.total_seconds())
        assert self.work(sweep.handler, {}, 60) == DONE
        leftovers.work_off()
        crashes.work_off()

    def published(self) -> dict[str, tuple[str, str]]:
        """Whom the SMS that were published since this was asked last are to, and which text they are, by their ids."""
        client, url = aws.client("sqs"), settings.settings().sms_queue_url
        found: dict[str, tuple[str, str]] = {}
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sms = json.loads(message["Body"])
                found[sms["id"]] = sms["to"], sms["text"]
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


@dataclass(frozen=True)
class Change:
    """Something that changes something. `prepare` makes what it needs, and returns the call that may be broken.

    That may be called again, as a client or a queue repeats it, and answers an HTTP status; of a worker it is 200 when
    it is done and 503 when it has failed for a message or as a whole. `seconds` is how long the function may run.
    `is_prepared` is False where `prepare` writes nothing. `is_in_parts`: it does one thing after another, each of which
    may fail, and answers 409 with what did.

    `is_sending`: it hands an SMS to the provider, which must not get it twice; so after a death or a lost answer it
    fails until a person decides.
    """

    name: str
    prepare: Callable[[Scene], Callable[[], int]]
    seconds: float = 29.0
    is_prepared: bool = True
    is_worker: bool = False
    is_in_parts: bool = False
    is_sending: bool = False

    def __str__(self) -> str:
        return self.name


def empty_bucket(name: str) -> None:
    client = aws.client("s3")
    for one in client.list_objects_v2(Bucket=name).get("Contents", []):
        client.delete_object(Bucket=name, Key=one["Key"])

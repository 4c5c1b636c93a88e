"""The time that is left to a request: no call of another service outlives it (decision 0026).

Lambda ends a function without a word when its time is over, and the caller then does not know what was written. So the
handler gives all calls a little less than that, and what cannot end in time raises, which is answered by 503.

Threads of `quickcare.db.threads` have the time of whoever gave them the work. Where nobody set an end, as in
`manage.py`, only the timeouts of each client hold.
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError
from urllib3 import Timeout

R = TypeVar("R")

MARGIN = 1.0  # seconds from the end of the last call to the end of the function: to clean up, log and answer
_LONGEST_RETRY = 2.0  # seconds that botocore waits at most before its last try
_ends: ContextVar[float] = ContextVar("ends", default=math.inf)


class OutOfTime(BotoCoreError):
    """The time that a request had is used up. Whoever handles errors of AWS handles this one too."""

    fmt = "the time of this request is used up"


def kept(handler: Callable[[Any, Any], R]) -> Callable[[Any, Any], R]:
    """A decorator for Lambda handlers: all calls end before the function does."""

    @wraps(handler)
    def run(event: Any, context: Any) -> R:
        with at_most(context.get_remaining_time_in_millis() / 1000 - MARGIN):
            return handler(event, context)

    return run


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Inside, calls have this time at most, and no more than they have outside."""
    token = _ends.set(min(_ends.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _ends.reset(token)


def left() -> float:
    """The seconds that calls may still take: 0 when there is no time, infinite when nobody set an end."""
    return max(0.0, _ends.get() - time.monotonic())


def back_off(attempt: int, longest: float) -> None:
    """Wait before the next try for a random time, which grows with each try (counted from 0) up to `longest` seconds.

    Raises OutOfTime at once when there is no time for the wait.
    """
    seconds = random.uniform(0, min(longest, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
    if seconds >= left():
        raise OutOfTime
    time.sleep(seconds)


# How clients are made to end in time


class _Left(Timeout):
    """The timeouts of a client, cut to what is left when a request is sent."""

    def clone(self) -> Timeout:
        """urllib3 makes one for each request."""
        seconds = left()
        total = None if math.isinf(seconds) else max(seconds, 0.001)
        return Timeout(connect=self._connect, read=self._read, total=total)


def limit(client: Any) -> None:
    """Let every call of a boto3 client, which has made none yet, end with the request's time."""
    config, session = client.meta.config, client._endpoint.http_session
    session._timeout = _Left(connect=config.connect_timeout, read=config.read_timeout)
    session._manager.connection_pool_kw["timeout"] = session._timeout
    client.meta.events.register_first("before-send", _begin_in_time)
    client.meta.events.register_first("needs-retry", _repeat_in_time)


def _begin_in_time(**_: object) -> None:
    if not left():
        raise OutOfTime


def _repeat_in_time(response: Any, caught_exception: Exception | None, **_: object) -> None:
    """Do not let botocore wait for a next try that would come too late."""
    if left() >= _LONGEST_RETRY:
        return
    if caught_exception is not None:
        raise caught_exception
    if response[0].status_code >= 500:
        raise OutOfTime

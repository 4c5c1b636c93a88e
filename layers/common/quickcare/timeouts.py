"""Waits and clients that end with the request's time (`quickcare.budget`)."""

import math
import random
import time
from typing import Any

from botocore.exceptions import BotoCoreError
from urllib3 import Timeout

from quickcare.budget import left


class OutOfTime(BotoCoreError):
    """The time that a request had is used up. Whoever handles errors of AWS handles this one too."""

    fmt = "the time of this request is used up"


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
    """Let every call of a botocore client, which has made none yet, end with the request's time."""
    config, session = client.meta.config, client._endpoint.http_session
    session._timeout = _Left(connect=config.connect_timeout, read=config.read_timeout)
    session._manager.connection_pool_kw["timeout"] = session._timeout
    client.meta.events.register_first("before-send", _begin_in_time)
    client.meta.events.register_first("needs-retry", _repeat_in_time)


def _begin_in_time(**_: object) -> None:
    if not left():
        raise OutOfTime


def _repeat_in_time(response: Any, caught_exception: Exception | None, attempts: int, **_: object) -> None:
    """Do not let botocore wait for a next try that would come too late. It waits up to 1 s after the first try, then up
    to twice as long each time (`botocore.retries.standard.ExponentialBackoff`)."""
    if left() >= 2 ** (attempts - 1):
        return
    if caught_exception is not None:
        raise caught_exception
    if response[0].status_code >= 500:
        raise OutOfTime

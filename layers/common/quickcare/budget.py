"""The time that is left to a request: no call of another service outlives it (decision 0026).

Lambda ends a function without a word when its time is over, and the caller then does not know what was written. So the
handler gives all calls a little less than that, and what cannot end in time raises, which is answered by 503
(`quickcare.timeouts`).

Threads of `quickcare.db.threads` have the time of whoever gave them the work. Where nobody set an end, as in
`manage.py`, only the timeouts of each client hold.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

R = TypeVar("R")

MARGIN = 1.0  # seconds from the end of the last call to the end of the function: to clean up, log and answer
_ends: ContextVar[float] = ContextVar("ends", default=math.inf)


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

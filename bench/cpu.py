"""The CPU time that a handler takes for one request: that of all threads of this process, while the handler runs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from quickcare.accounts import passwords

from bench.asking import Asked, put_back
from bench.calls import noted
from tests import api
from tests.town import Town

WARMING = 2


@contextmanager
def timed() -> Iterator[list[float]]:
    """The milliseconds of each call of a handler inside."""
    took: list[float] = []
    invoke = api.invoke

    def measured(module: str, event: dict[str, Any]) -> Any:
        begun = time.process_time()
        answer = invoke(module, event)
        took.append((time.process_time() - begun) * 1000)
        return answer

    api.invoke = measured
    try:
        yield took
    finally:
        api.invoke = invoke


class _Hasher:
    """Counts how often a password is hashed."""

    def __init__(self, hasher: Any) -> None:
        self._hasher, self.times = hasher, 0

    def __getattr__(self, name: str) -> Any:
        self.times += name in ("hash", "verify")
        return getattr(self._hasher, name)


def hashes(asked: Asked, town: Town) -> bool:
    """Whether the request computes argon2, which is slow on purpose."""
    hasher = passwords._hasher
    counted = _Hasher(hasher)
    passwords._hasher = counted  # type: ignore[assignment]  # it does what a hasher does
    try:
        with noted() as record:
            asked.send()
    finally:
        passwords._hasher = hasher
    put_back(town, record.places())
    return counted.times > 0


def milliseconds(asked: Asked, town: Town, rounds: int) -> float:
    """The median of this many requests, each on the table as it was."""
    with timed() as took:
        for _ in range(WARMING + rounds):
            with noted() as record:
                asked.send()
            put_back(town, record.places())
    return median(took[WARMING:])

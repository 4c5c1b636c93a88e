"""The threads in which several calls to DynamoDB run at the same time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

R = TypeVar("R")


class _Threads(ThreadPoolExecutor):
    """Threads that have the time (`quickcare.budget`) of whoever gave them the work."""

    def submit(self, fn: Callable[..., R], /, *arguments: Any, **named: Any) -> Future[R]:
        return super().submit(copy_context().run, fn, *arguments, **named)


# Two pools: in one pool, parallel reads could hold all threads while they wait for their batches to get one.
reads = _Threads(max_workers=8, thread_name_prefix="dynamodb")
batches = _Threads(max_workers=8, thread_name_prefix="dynamodb-batch")

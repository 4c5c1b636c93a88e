"""Writes many items in batches, without conditions. Everything else is written by `table.write`."""

from collections.abc import Callable, Sequence

from quickcare.db import batches, threads
from quickcare.db.item import Item

_BATCH_WRITE = 25  # items that a BatchWriteItem takes


def put_all(items: Sequence[Item]) -> None:
    """Write items without conditions, in parallel batches: 1 write. It is not atomic.

    Only for items that nobody else writes at the same time.
    """
    _change_batches(items, batches.put)


def delete_all(items: Sequence[Item]) -> None:
    """Delete items without conditions, in parallel batches: 1 write. It is not atomic."""
    _change_batches(items, batches.delete)


def _change_batches(items: Sequence[Item], change: Callable[[Sequence[Item]], None]) -> None:
    parts = [items[start : start + _BATCH_WRITE] for start in range(0, len(items), _BATCH_WRITE)]
    list(threads.batches.map(change, parts))

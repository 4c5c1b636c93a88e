"""Writes many items in batches, without conditions. Everything else is written by `table.write`."""

from collections.abc import Callable, Sequence

from pynamodb.models import BatchWrite

from quickcare.db import threads
from quickcare.db.item import Item

_BATCH_WRITE = 25  # items that a BatchWriteItem takes


def put_all(items: Sequence[Item]) -> None:
    """Write items without conditions, in parallel batches: 1 write. It is not atomic.

    Only for items that nobody else writes at the same time.
    """
    _change_batches(items, BatchWrite.save)


def delete_all(items: Sequence[Item]) -> None:
    """Delete items without conditions, in parallel batches: 1 write. It is not atomic."""
    _change_batches(items, BatchWrite.delete)


def _change_batches(items: Sequence[Item], change: Callable[[BatchWrite[Item], Item], None]) -> None:
    def run(part: Sequence[Item]) -> None:
        with Item.batch_write() as batch:
            for item in part:
                change(batch, item)

    parts = [items[start : start + _BATCH_WRITE] for start in range(0, len(items), _BATCH_WRITE)]
    list(threads.batches.map(run, parts))

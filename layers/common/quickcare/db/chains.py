"""Chained logs: each entry carries its number and the digest of the entry before it (decision 0024).

A log is a partition of entries. Its head is an item that names the last entry. An entry is written in one transaction
with the head, under the condition that the head is as it was read: so two writers never follow the same entry, and the
numbers have no gap. `table.write` does this for every `Append`; nothing else writes entries.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from quickcare.db.item import Item
from quickcare.db.items import ChainedEntry, GrownLog, LogHead
from quickcare.db.operations import Append, Create, Operation, Put, unchanged

BEGINS = "0" * 64
"""Stands in the first entry of a chain, in place of a digest."""

Heads = Mapping[str, LogHead | None]
"""The head of each log, by the log's partition key; None for a log without one."""


def digest(stored: Mapping[str, Any]) -> str:
    """The SHA-256 of an entry, in hex. It is over all attributes as DynamoDB keeps them (`{"sk": {"S": "…"}}`), as JSON
    with sorted names, without blanks and in ASCII."""
    text = json.dumps(stored, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def appends(operations: Mapping[str, Operation]) -> dict[str, Append]:
    """Those of the operations that append to a log."""
    return {name: operation for name, operation in operations.items() if isinstance(operation, Append)}


def seen(appended: Iterable[Append]) -> Heads:
    """The heads as the caller has read them."""
    return {one.entry.pk: one.head for one in appended}


def linked(operations: Mapping[str, Operation], heads: Heads) -> dict[str, Operation]:
    """The operations with each `Append` made into what is written: the entry with its number and the digest before it
    under the same name, the log's new head, and the row that says that the log grew on that day.

    The names of the latter two have a blank, so no operation of the caller has them.
    """
    result: dict[str, Operation] = {}
    latest = dict(heads)
    for name, operation in operations.items():
        if not isinstance(operation, Append):
            result[name] = operation
            continue
        entry, log, before = operation.entry, operation.entry.pk, latest[operation.entry.pk]
        latest[log] = after = _follow(entry, before)
        result[name] = Create(entry)
        result[f"head {log}"] = Put(after, unchanged(heads[log], "digest"))
        if before is None or _day(before.last) != _day(entry.sk):
            result[f"day {log} {_day(entry.sk)}"] = Put(GrownLog.key(log, _day(entry.sk)).item())
    return result


def _follow(entry: ChainedEntry, before: LogHead | None) -> LogHead:
    """Let the entry follow the log's head as it was; returns the new head."""
    entry.number = 1 if before is None else int(before.number) + 1
    entry.previous = BEGINS if before is None else before.digest
    return LogHead.of(entry.pk).item(number=entry.number, digest=digest(stored(entry)), last=entry.sk)


def stored(entry: Item) -> dict[str, Any]:
    """An item's attributes as DynamoDB keeps them."""
    return dict(entry.serialize())


def _day(sk: str) -> str:
    """The day (UTC) of the instant with which the sort key of an entry begins."""
    return sk[:10]

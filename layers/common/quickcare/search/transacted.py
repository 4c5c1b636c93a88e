"""Directory rows that are written in the transaction of their item, for lists that must never miss an item.

This costs more than rows outside the transaction, so it is for items that seldom change. All rows have the same
generation, `GENERATION`.
"""

from dataclasses import replace

from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import DirectoryRow
from quickcare.db.operations import Delete, Operation, Put
from quickcare.search.entries import SHARDS_BEFORE, Directory, Entry, rows_of
from quickcare.search.words import fold

GENERATION = "0"
_ORDERED_BY = 40  # letters of a name


def name(text: str) -> str:
    """The order value of a name: its first 40 letters, in any case."""
    return spelled(text)[:_ORDERED_BY]


def beginning(value: str) -> tuple[str, str]:
    """The range, in an order, of all values that begin with this one."""
    return value, value + "\U0010ffff"


def spelled(text: str) -> str:
    """The order value of a text: all of it, in any case."""
    return fold(text).replace("#", " ")


def change(of: Directory, before: Entry | None, after: Entry) -> dict[str, Operation]:
    """The operations that replace the rows of one entry with those of another; none when both are equal.

    `before` is None for an item that has no rows yet.
    """
    if before == after:
        return {}
    old = [] if before is None else list(rows_of(of, before, GENERATION))
    new = list(rows_of(of, after, GENERATION))
    kept = {(row.pk, row.sk) for row in new}
    gone = [row for row in old if (row.pk, row.sk) not in kept]
    # The names begin with the directory's, so that one transaction can change two directories.
    changes: dict[str, Operation] = {f"{of.kind} row {n}": Put(row) for n, row in enumerate(new)}
    return changes | {f"{of.kind} gone {n}": Delete(Key(DirectoryRow, row.pk, row.sk)) for n, row in enumerate(gone)}


def anew(of: Directory, entry: Entry) -> dict[str, Operation]:
    """The operations that write all rows of an entry, and delete those that a release from before `keys.LIST_SHARDS`
    put where it would have had them."""
    return change(of, replace(entry, shards=SHARDS_BEFORE), entry) or change(of, None, entry)


def is_written(of: Directory, entry: Entry) -> bool:
    """Whether all rows of this entry are in the table, as they would be written now: 1 read."""
    rows = list(rows_of(of, entry, GENERATION))
    found = table.fetch_all([Key(DirectoryRow, row.pk, row.sk) for row in rows])
    return all(one and (one.copied, one.words) == (row.copied, row.words) for one, row in zip(found, rows, strict=True))

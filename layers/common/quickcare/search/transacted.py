"""Directory rows that are written in the transaction of their item, for lists that must never miss an item.

This costs more than rows outside the transaction, so it is for items that seldom change. All rows have the same
generation, `GENERATION`.
"""

from quickcare.db.item import Key
from quickcare.db.items import DirectoryRow
from quickcare.db.operations import Delete, Operation, Put
from quickcare.search.entries import Directory, Entry, rows_of
from quickcare.search.words import fold

GENERATION = "0"
_ORDERED_BY = 40  # letters of a name


def name(text: str) -> str:
    """The order value of a name: its first 40 letters, in any case."""
    return _spelled(text)[:_ORDERED_BY]


def beginning(text: str) -> tuple[str, str]:
    """The range, in an order by `name`, of all names that begin with `text`."""
    low = name(text)
    return low, low + "\U0010ffff"


def begins(whole: str, text: str) -> bool:
    """Whether a name begins with `text`. Unlike the order value it compares all letters."""
    return _spelled(whole).startswith(_spelled(text))


def _spelled(text: str) -> str:
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

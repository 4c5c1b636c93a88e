"""Directory rows that change in the transaction of their item, for lists that must never miss one.

They cost a few more writes than rows outside of it, which suits what seldom changes; all share one generation.
"""

from quickcare.db.item import Key
from quickcare.db.items import DirectoryRow
from quickcare.db.operations import Delete, Operation, Put
from quickcare.search.entries import Directory, Entry, rows_of
from quickcare.search.words import fold

GENERATION = "0"
_ORDERED_BY = 40  # letters of a name


def name(text: str) -> str:
    """An order value for names, in any case."""
    return _spelled(text)[:_ORDERED_BY]


def beginning(text: str) -> tuple[str, str]:
    """The range of a `name` order that holds what begins with `text`."""
    low = name(text)
    return low, low + "\U0010ffff"


def begins(whole: str, text: str) -> bool:
    """Whether a name begins with `text`, also beyond what the order tells."""
    return _spelled(whole).startswith(_spelled(text))


def _spelled(text: str) -> str:
    return fold(text).replace("#", " ")


def change(of: Directory, before: Entry | None, after: Entry) -> dict[str, Operation]:
    """The operations that turn the rows of one entry into those of another; none when they say the same."""
    if before == after:
        return {}
    old = [] if before is None else list(rows_of(of, before, GENERATION))
    new = list(rows_of(of, after, GENERATION))
    kept = {(row.pk, row.sk) for row in new}
    gone = [row for row in old if (row.pk, row.sk) not in kept]
    # Named by their directory, so that one transaction can change two.
    changes: dict[str, Operation] = {f"{of.kind} row {n}": Put(row) for n, row in enumerate(new)}
    return changes | {f"{of.kind} gone {n}": Delete(Key(DirectoryRow, row.pk, row.sk)) for n, row in enumerate(gone)}

"""Directory rows that change in the transaction of their item, for lists that must never miss one.

They cost a few more writes than rows outside of it, which suits what seldom changes; all share one generation.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare.db.items import DirectoryRow
from quickcare.db.table import Delete, Item, Key, Operation, Put
from quickcare.search.entries import Directory, Entry, rows_of
from quickcare.search.words import fold

GENERATION = "0"
_ORDERED_BY = 40  # letters of a name


def instant(moment: datetime) -> str:
    """An order value for instants."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


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


def unchanged(model: type[Item], item: Item, attributes: Iterable[str]) -> Condition:
    """The condition that these attributes are still as they were read."""
    same: Condition = reduce(and_, (_is(getattr(model, one), getattr(item, one)) for one in attributes))
    return same


def _is(attribute: Any, value: Any) -> Any:
    return attribute.does_not_exist() if value is None else attribute == value

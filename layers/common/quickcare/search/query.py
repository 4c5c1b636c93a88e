"""A question to a directory, and which rows answer it with the fewest reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from quickcare.db import keys
from quickcare.db.items.directory import DirectoryRow
from quickcare.search.entries import Directory, Facts
from quickcare.search.words import SHORTEST, first, matches, searchable

# `#` ends every order value, and `$` is the next character after it.
_AFTER = "$"
_LAST = "\U0010ffff"


class Source(NamedTuple):
    """Where the candidates are: partitions, and sort keys from `low` to `high`."""

    partitions: list[str]
    low: str | None
    high: str | None
    descending: bool
    beginning: str | None
    # Whether every row in this range matches, by what rows know.
    fits: bool

    @property
    def is_empty(self) -> bool:
        """Whether no sort key can be in the range; DynamoDB answers such a range with an error."""
        return self.low is not None and self.high is not None and self.low > self.high


@dataclass(frozen=True)
class Query:
    """What is asked for.

    `where` are facts that must be equal, `text` the words of a search. `ranges` limit order values from low to high,
    both included; None is no limit. `order` names the order of the results; "" is the first one of the directory.
    """

    where: Mapping[str, Any] = field(default_factory=dict)
    text: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    order: str = ""
    descending: bool = False

    def matches(self, directory: Directory, facts: Facts, words: tuple[str, ...]) -> bool:
        """Whether an item with these facts and words is an answer."""
        if any(facts.get(name) != value for name, value in self.where.items()):
            return False
        for order, (low, high) in self.ranges.items():
            value = directory.orders[order](facts)
            if value is None or (low is not None and value < low) or (high is not None and value > high):
                return False
        return matches(self.text, words)

    def source(self, directory: Directory) -> Source:
        """The rows to read: those of word endings for a search without an order, else the narrowest list that fits."""
        beginning = searchable(self.text)
        if beginning and not self.order:
            pks = [
                keys.directory_search(directory.kind, beginning[:SHORTEST], shard) for shard in range(directory.shards)
            ]
            return Source(
                pks, beginning, beginning + _LAST, self.descending, beginning, not self.where and not self.ranges
            )
        # Only in the order of a range are the rows in the range next to each other.
        order = self.order or next(iter(self.ranges), next(iter(directory.orders)))
        names = next(one for one in directory.filter_sets if set(one) <= set(self.where))
        fits = set(names) == set(self.where) and set(self.ranges) <= {order} and not self.text
        filters = [(name, self.where[name]) for name in names]
        pks = [keys.directory_list(directory.kind, order, filters, shard) for shard in range(directory.shards)]
        if order not in self.ranges:
            return Source(pks, None, None, self.descending, None, fits)
        low, high = self.ranges[order]
        return Source(pks, low or "!", (high or _LAST) + _AFTER, self.descending, None, fits)


def counts(directory: Directory, source: Source, row: DirectoryRow) -> bool:
    """Whether this row stands for its item. When several endings of an item match, only the first one does."""
    if source.beginning is None:
        return True
    ending = first(directory.endings(row.words.split()), source.beginning)
    return ending is not None and row.sk.startswith(f"{ending}#{row.item_id}#")

"""What somebody asks of a directory, and which rows answer it at the least cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from quickcare.db import keys
from quickcare.db.items.directory import DirectoryRow
from quickcare.search.entries import SHARDS, Directory, Facts
from quickcare.search.words import SHORTEST, first_ending, matches, searchable

# After every character of an order value's end, `#`.
_AFTER = "$"
_LAST = "\U0010ffff"


class Source(NamedTuple):
    """The partitions that hold the candidates, and between which sort keys."""

    partitions: list[str]
    low: str | None
    high: str | None
    descending: bool
    beginning: str | None
    # Whether every row between the ends matches, as far as rows can tell.
    fits: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie between the ends, which DynamoDB refuses to be asked."""
        return self.low is not None and self.high is not None and self.low > self.high


@dataclass(frozen=True)
class Query:
    """`where` are facts that must equal; `text` are the words of a search; `ranges` limit order values, both ends
    included, None is open; `order` names the order of the results ("" is the directory's first one)."""

    where: Mapping[str, Any] = field(default_factory=dict)
    text: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    order: str = ""
    descending: bool = False

    def matches(self, directory: Directory, facts: Facts, words: tuple[str, ...]) -> bool:
        """Whether an item with these facts and words belongs into the answer."""
        if any(facts.get(name) != value for name, value in self.where.items()):
            return False
        for order, (low, high) in self.ranges.items():
            value = directory.orders[order](facts)
            if (low is not None and value < low) or (high is not None and value > high):
                return False
        return matches(self.text, words)

    def source(self, directory: Directory) -> Source:
        """A search without an order goes by word endings, all else by the narrowest list in the wanted order."""
        beginning = searchable(self.text)
        if beginning and not self.order:
            pks = [keys.directory_search(directory.kind, beginning[:SHORTEST], shard) for shard in range(SHARDS)]
            return Source(
                pks, beginning, beginning + _LAST, self.descending, beginning, not self.where and not self.ranges
            )
        # A range alone is flat only in its own order.
        order = self.order or next(iter(self.ranges), next(iter(directory.orders)))
        names = next(one for one in directory.filter_sets if set(one) <= set(self.where))
        fits = set(names) == set(self.where) and set(self.ranges) <= {order} and not self.text
        filters = [(name, self.where[name]) for name in names]
        pks = [keys.directory_list(directory.kind, order, filters, shard) for shard in range(SHARDS)]
        if order not in self.ranges:
            return Source(pks, None, None, self.descending, None, fits)
        low, high = self.ranges[order]
        return Source(pks, low or "!", (high or _LAST) + _AFTER, self.descending, None, fits)


def counts(source: Source, row: DirectoryRow) -> bool:
    """Whether a row is the one of its item that counts: of several endings that match, only the first."""
    if source.beginning is None:
        return True
    first = first_ending(row.words.split(), source.beginning)
    return first is not None and row.sk.startswith(f"{first}#{row.item_id}#")

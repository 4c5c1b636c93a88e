"""The rows of an item in a directory: writing them before they count, deleting them after."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zlib import crc32

from pynamodb.exceptions import PynamoDBException

from quickcare import clock
from quickcare.db import bulk, keys, table
from quickcare.db.items.directory import DirectoryEntry, DirectoryRow
from quickcare.db.operations import Delete, Put
from quickcare.observability import logger
from quickcare.search.words import SHORTEST, endings
from quickcare.timeouts import OutOfTime

SHARDS = 10
SHARDS_BEFORE = 8
"""Of the public lists until decision 0051, and of items in the administrators' until decision 0039."""
# No request takes an hour. Rows that are older, and of another generation than the item's, were left by a crash.
_ABANDONED_SECONDS = 3600

Facts = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Directory:
    """A kind of item, and its lists: every filter set in every order, and the search.

    `filter_sets` are names of facts; sets that few items match stand first. `orders` has a function for each order,
    which makes a text from the facts; an item for which it makes None is in no list of this order. The order of these
    texts is the order of the list (`number` makes one from a number); they have no `#`, and items with the same text
    are in the order of their ids. When no list fits the filters, more rows are read. With `at_once` they are read in
    one trip, which costs more when the first rows would have been enough. `endings` says by which endings of its words
    an item is found. `shards` is how many partitions each list is spread over; all of them are read.
    """

    kind: str
    filter_sets: tuple[tuple[str, ...], ...]
    orders: Mapping[str, Callable[[Facts], str | None]]
    at_once: bool = False
    endings: Callable[[Iterable[str]], list[str]] = endings
    shards: int = SHARDS


@dataclass(frozen=True)
class Entry:
    """What a directory knows of one item. `id` has no `#`. `facts` are JSON values; None means that there is none.

    Its rows are in one of the first `shards` partitions of each list.
    """

    id: str
    facts: Facts
    words: tuple[str, ...] = field(default=())
    shards: int = SHARDS

    @property
    def shard(self) -> int:
        """In which of them."""
        return crc32(self.id.encode()) % self.shards


def number(value: int, digits: int = 12) -> str:
    """A whole number of at least 0 as text whose order is the order of numbers."""
    return f"{value:0{digits}d}"


def publish(directory: Directory, entry: Entry, now: datetime) -> str:
    """Write the rows of an item: 2 writes. They count when the item has the generation that this returns."""
    generation = secrets.token_urlsafe(9)
    known = {"facts": dict(entry.facts), "words": " ".join(entry.words)}
    # No condition: nobody else has this generation, and a client that lost the answer writes it again.
    table.write(
        entry=Put(
            DirectoryEntry.key(directory.kind, entry.id, generation).item(
                item_id=entry.id, generation=generation, shards=entry.shards, written_at=clock.epoch(now), **known
            )
        )
    )
    bulk.put_all(list(rows_of(directory, entry, generation)))
    return generation


def says(directory: Directory, entry: Entry, generation: str) -> bool:
    """Whether the rows of a generation were written for just this entry, by the rules for words of today: 1 read."""
    written = table.fetch(DirectoryEntry.key(directory.kind, entry.id, generation))
    return written is not None and dict(written.facts) == entry.facts and written.words == " ".join(entry.words)


def said(written: DirectoryEntry) -> Entry:
    """The entry for which the rows of a generation were written."""
    shards = int(written.shards or SHARDS_BEFORE)
    return Entry(written.item_id, dict(written.facts), tuple(written.words.split()), shards)


def retire(
    directory: Directory, item_id: str, generation: str | None, now: datetime, *, current: str | None = None
) -> None:
    """Delete the item's rows of one generation, and rows that crashed writers left more than an hour ago.

    `current` is the generation that the item has now, None when it is not listed; its rows stay. `now` must be from
    before the item was written.

    Never raises because DynamoDB fails: the item is written, and rows of another generation than the item's are ignored
    until a later write of the item deletes them.
    """
    abandoned_before = clock.epoch(now) - _ABANDONED_SECONDS
    _retire(
        directory,
        item_id,
        lambda written: written.generation == generation or written.written_at < abandoned_before,
        current,
    )


def retire_until(directory: Directory, item_id: str, until: datetime, *, current: str | None) -> None:
    """Delete the item's rows that were written until an instant, but those of `current`, the generation that it has
    now. No writer of that time may be about to give the item its generation. Never raises, like `retire`."""
    _retire(directory, item_id, lambda written: written.written_at <= clock.epoch(until), current)


def _retire(directory: Directory, item_id: str, is_over: Callable[[DirectoryEntry], bool], current: str | None) -> None:
    try:
        for written in table.query(DirectoryEntry, keys.directory_entry(directory.kind, item_id)):
            if is_over(written) and written.generation != current:
                bulk.delete_all(list(rows_of(directory, said(written), written.generation)))
                table.write(entry=Delete(DirectoryEntry.key(directory.kind, item_id, written.generation)))
    except (PynamoDBException, OutOfTime) as error:
        logger.warning("old rows stay in the directory", kind=directory.kind, error=type(error).__name__)


def rows_of(directory: Directory, entry: Entry, generation: str) -> Iterator[DirectoryRow]:
    """Every row of an item in one generation."""
    for pk, value in _positions(directory, entry, entry.shard):
        yield DirectoryRow(
            pk,
            keys.directory_position(value, entry.id, generation),
            item_id=entry.id,
            generation=generation,
            facts=dict(entry.facts),
            words=" ".join(entry.words),
        )


def _positions(directory: Directory, entry: Entry, shard: int) -> Iterable[tuple[str, str]]:
    """The partition key and the beginning of the sort key of each row."""
    for names in directory.filter_sets:
        if all(entry.facts[name] is not None for name in names):
            filters = [(name, entry.facts[name]) for name in names]
            for order, value in directory.orders.items():
                if (position := value(entry.facts)) is not None:
                    yield keys.directory_list(directory.kind, order, filters, shard), position
    for ending in directory.endings(entry.words):
        yield keys.directory_search(directory.kind, ending[:SHORTEST], shard), ending

"""Writing the directory: the rows of an item, before it shows and after it went."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zlib import crc32

from quickcare import clock
from quickcare.db import keys, table
from quickcare.db.items.directory import DirectoryEntry, DirectoryRow
from quickcare.db.operations import Create, Delete
from quickcare.search.words import SHORTEST, endings

SHARDS = 8
# No request lives as long: what an older write left behind, and the item does not carry, was abandoned.
_ABANDONED_SECONDS = 3600

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Directory:
    """A kind of item, and its lists that must be flat: every filter set in every order, and the search.

    `filter_sets` name facts, the set with the fewest items first; `orders` make an order's sort value of the facts:
    text whose order is the wanted one and that has no `#`. Equal values go by id. Values of numbers: `number`. With
    `at_once` filters that no list fits cost one trip too: all rows that may be looked at are read together, which is
    dearer when the first few would have done.
    """

    kind: str
    filter_sets: tuple[tuple[str, ...], ...]
    orders: Mapping[str, Callable[[Facts], str]]
    at_once: bool = False


@dataclass(frozen=True)
class Entry:
    """What the directory knows of one item. `id` sorts as text and has no `#`; `facts` are JSON, None is no value."""

    id: str
    facts: Facts
    words: tuple[str, ...] = field(default=())


def number(value: int, digits: int = 12) -> str:
    """A whole number of at least 0 as an order value."""
    return f"{value:0{digits}d}"


def publish(directory: Directory, entry: Entry, now: datetime) -> str:
    """Write the rows of an item and return their generation; they count once the item carries it. 2 writes in turn."""
    generation = secrets.token_urlsafe(9)
    known = {"facts": dict(entry.facts), "words": " ".join(entry.words)}
    table.write(
        entry=Create(
            DirectoryEntry.key(directory.kind, entry.id, generation).item(
                item_id=entry.id, generation=generation, written_at=clock.epoch(now), **known
            )
        )
    )
    table.put_all(list(rows_of(directory, entry, generation)))
    return generation


def says(directory: Directory, entry: Entry, generation: str) -> bool:
    """Whether the rows of a generation were written for just this entry, by the rules for words of today: 1 read."""
    written = table.fetch(DirectoryEntry.key(directory.kind, entry.id, generation))
    return written is not None and dict(written.facts) == entry.facts and written.words == " ".join(entry.words)


def retire(
    directory: Directory, item_id: str, generation: str | None, now: datetime, *, current: str | None = None
) -> None:
    """Remove the rows of a generation that the item no longer (or never) carries; and those that crashed writers left.

    `current` is the generation that the item carries now, None when it is not listed; `now` must be from before the
    item was written.
    """
    abandoned_before = clock.epoch(now) - _ABANDONED_SECONDS
    for written in table.query(DirectoryEntry, keys.directory_entry(directory.kind, item_id)):
        is_over = written.generation == generation or written.written_at < abandoned_before
        if is_over and written.generation != current:
            entry = Entry(written.item_id, dict(written.facts), tuple(written.words.split()))
            table.delete_all(list(rows_of(directory, entry, written.generation)))
            table.write(entry=Delete(DirectoryEntry.key(directory.kind, item_id, written.generation)))


def rows_of(directory: Directory, entry: Entry, generation: str) -> Iterator[DirectoryRow]:
    """Every row of an item."""
    shard = crc32(entry.id.encode()) % SHARDS
    for pk, value in _places(directory, entry, shard):
        yield DirectoryRow(
            pk,
            keys.directory_position(value, entry.id, generation),
            item_id=entry.id,
            generation=generation,
            facts=dict(entry.facts),
            words=" ".join(entry.words),
        )


def _places(directory: Directory, entry: Entry, shard: int) -> Iterable[tuple[str, str]]:
    """Partition and sort value of each row."""
    for names in directory.filter_sets:
        if all(entry.facts[name] is not None for name in names):
            filters = [(name, entry.facts[name]) for name in names]
            for order, value in directory.orders.items():
                yield keys.directory_list(directory.kind, order, filters, shard), value(entry.facts)
    for ending in endings(entry.words):
        yield keys.directory_search(directory.kind, ending[:SHORTEST], shard), ending

"""Reading a page of a directory: rows of all shards are merged, and every candidate is checked."""

from collections.abc import Callable, Sequence
from itertools import islice
from math import ceil, sqrt
from typing import Generic, NamedTuple, TypeVar

from quickcare.db import queries, table, threads
from quickcare.db.items.directory import DirectoryRow
from quickcare.db.wire import Stored
from quickcare.search.entries import SHARDS, Directory, Entry, Facts
from quickcare.search.query import Query, Source, counts

# How many rows one page may read when no list fits the filters (docs/architecture.md: Round trips).
MOST_CANDIDATES = 1000

V = TypeVar("V")


class Candidate(NamedTuple):
    """An item that may be on the page, with the facts of its row: the ids under which it can be fetched."""

    id: str
    facts: Facts


class Found(NamedTuple, Generic[V]):
    """A candidate as its items are now: the generation, the entry as it would be written now, and the view."""

    generation: str | None
    entry: Entry
    view: V


Load = Callable[[Sequence[Candidate]], Sequence[Found[V] | None]]


class _Run(NamedTuple):
    """Candidates in order, where reading stopped (None at the end), and how many rows may still be read."""

    rows: list[DirectoryRow]
    position: str | None
    budget: int


def page(
    directory: Directory, query: Query, limit: int, after: str | None, load: Load[V]
) -> tuple[list[V], str | None]:
    """Up to `limit` views after a position, and the position of the next page (None on the last page).

    `load` reads the items of the candidates consistently, in one trip, and returns them in the same order, with None
    for one that may not be seen. The page takes 2 reads when a list fits the filters (see `_expected`), and 2 more when
    an item of it was written anew between them. Otherwise it
    reads up to 1,000 rows, with `at_once` in one trip, and may have fewer than `limit` views although a next page
    exists.
    """
    source, position, budget = query.source(directory), after, MOST_CANDIDATES
    if source.is_empty:
        return [], None
    views: list[V] = []
    while not views:
        run = _candidates(directory, query, source, position, limit, budget)
        found = _loaded(run.rows[:limit], load)
        if _has_moved(directory, query, run.rows, found):
            run = _candidates(directory, query, source, position, limit, budget)
            found = _loaded(run.rows[:limit], load)
        shown, budget = run.rows[:limit], run.budget
        position = shown[-1].sk if len(run.rows) > limit else run.position
        views = _checked(directory, query, shown, found)
        if position is None or budget < directory.shards:
            break
    return views, position


class Count(NamedTuple):
    """How many rows a list has; `is_all` is false when there are more."""

    rows: int
    is_all: bool


def counting(directory: Directory, query: Query, most: int) -> Callable[[], Count | None]:
    """Begin to count the rows of a list, up to about `most`: 1 read, beside those of the page. Returns what waits for
    the count; it is None when no list fits the query.

    Rows are counted, not items: only for a directory whose rows change in the transaction of the item.
    """
    source = query.source(directory)
    if not source.fits or source.is_empty or source.beginning is not None:
        return lambda: None
    each = ceil(most / SHARDS)
    between = DirectoryRow.sk.between(source.low, source.high) if source.low else None
    later = [threads.reads.submit(table.how_many, DirectoryRow, pk, between, each) for pk in source.partitions]

    def counted() -> Count:
        found = [one.result() for one in later]
        return Count(sum(found), max(found) < each)

    return counted


def _loaded(rows: Sequence[DirectoryRow], load: Load[V]) -> Sequence[Found[V] | None]:
    return load([Candidate(row.item_id, row.copied) for row in rows]) if rows else []


def _has_moved(
    directory: Directory, query: Query, rows: Sequence[DirectoryRow], found: Sequence[Found[V] | None]
) -> bool:
    """Whether an item has other rows than were read: they were written and the item given their generation between the
    two reads. Those rows are there now, so a second reading does not miss the item."""
    read = {(row.item_id, row.generation) for row in rows}
    return any(
        one is not None
        and one.generation is not None
        and (row.item_id, one.generation) not in read
        and query.matches(directory, one.entry.facts, one.entry.words)
        for row, one in zip(rows, found, strict=False)
    )


def _checked(
    directory: Directory, query: Query, rows: Sequence[DirectoryRow], found: Sequence[Found[V] | None]
) -> list[V]:
    return [
        one.view
        for row, one in zip(rows, found, strict=True)
        if one and _is_of(row, one) and query.matches(directory, one.entry.facts, one.entry.words)
    ]


def _is_of(row: DirectoryRow, found: Found[V]) -> bool:
    """Whether the row is one of those that the item has now, and in its shard: an older release may have put it into
    another one."""
    is_in_place = found.entry.shards == SHARDS or row.pk.endswith(f"#{found.entry.shard}")
    return found.generation == row.generation and is_in_place


def _candidates(
    directory: Directory, query: Query, source: Source, position: str | None, limit: int, budget: int
) -> _Run:
    """Rows whose own facts and words match: one more than `limit`, or as many as the budget allows to read."""
    matching: list[DirectoryRow] = []
    while len(matching) <= limit and budget >= directory.shards:
        size = budget // directory.shards
        if source.fits:
            size = min(_expected(limit + 1 - len(matching)), size)
        elif not directory.at_once:
            size = min(limit + 1, size)
        rows, is_all = _merged(source, position, size)
        budget -= size * directory.shards
        fitting = (
            row
            for row in map(DirectoryRow.from_raw_data, rows)  # most of them only say where a shard ends
            if counts(directory, source, row) and query.matches(directory, row.facts, tuple(row.words.split()))
        )
        matching += islice(fitting, limit + 1 - len(matching))
        if is_all:
            return _Run(matching, None, budget)
        position = _sort_key(rows[-1])
    return _Run(matching, position, budget)


def _expected(rows: int) -> int:
    """How many rows to read of each shard, so that the next `rows` of all shards are nearly always among them.

    The hash that spreads rows over shards puts a binomial number of them into each. Four and a half standard deviations
    more than its mean are too few for one page of 4,000 or more, and that page takes a third trip. Items from when
    there were fewer shards are in the first of them only: of pages with nothing else one of 500 does. A list with more
    shards expects as many, for the same reason.
    """
    mean = rows / SHARDS
    return min(rows, ceil(mean + 4.5 * sqrt(mean)) + 1)


def _merged(source: Source, position: str | None, size: int) -> tuple[list[Stored], bool]:
    """The next rows of all shards, in order, as far as every shard has been read; and whether no more follow."""
    shards = _shards(source, position, size)
    rows = sorted((row for shard in shards for row in shard), key=_sort_key, reverse=source.descending)
    cut = [_sort_key(shard[-1]) for shard in shards if len(shard) == size]
    if not cut:
        return rows, True
    if source.descending:
        first = max(cut)
        return [row for row in rows if _sort_key(row) >= first], False
    last = min(cut)
    return [row for row in rows if _sort_key(row) <= last], False


def _sort_key(row: Stored) -> str:
    return str(row["sk"]["S"])


def _shards(source: Source, position: str | None, size: int) -> list[list[Stored]]:
    """The next rows of each shard."""
    between = DirectoryRow.sk.between(source.low, source.high) if source.low else None
    return queries.stored_in_each(
        DirectoryRow, source.partitions, between, rows=size, after=position, newest_first=source.descending
    )

"""A whole table as one scan saw it, in a database file on this machine that goes when the look is over.

So memory stays small however large the table is, and every check can ask for items by key, by partition and by kind.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any

from quickcare import aws
from quickcare.db.item import Item, Key, T
from quickcare.db.stored import Stored, text

from operators.invariants.finding import kind_of

SEGMENTS = 8
_Page = list[Stored] | BaseException | None


class Snapshot:
    """The items of a table."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self.file = file

    def get(self, key: Key[T]) -> T | None:
        """The item with this key."""
        query = "select item from items where pk = ? and sk = ? and kind = ?"
        row = self.file.execute(query, (key.pk, key.sk, kind_of(key.model))).fetchone()
        return key.model.from_raw_data(json.loads(row[0])) if row else None

    def has(self, key: Key[Any]) -> bool:
        """Whether there is an item with this key, of the key's class."""
        query = "select 1 from items where pk = ? and sk = ? and kind = ?"
        return self.file.execute(query, (key.pk, key.sk, kind_of(key.model))).fetchone() is not None

    def all(self, model: type[T]) -> Iterator[T]:
        """Every item of a class, in the order of the keys."""
        for stored in self._stored("kind = ?", kind_of(model)):
            yield model.from_raw_data(stored)

    def partition(self, model: type[T], pk: str, beginning: str = "") -> Iterator[T]:
        """The items of a class in a partition whose sort keys have this beginning."""
        for stored in self.stored_partition(pk):
            if text(stored, "kind") == kind_of(model) and text(stored, "sk").startswith(beginning):
                yield model.from_raw_data(stored)

    def stored_partition(self, pk: str) -> list[Stored]:
        """A partition as DynamoDB keeps it, in the order of its sort keys."""
        return list(self._stored("pk = ?", pk))

    def partitions(self, model: type[Item]) -> list[str]:
        """The partitions that have items of a class."""
        found = self.file.execute("select distinct pk from items where kind = ? order by pk", (kind_of(model),))
        return [row[0] for row in found]

    def everything(self) -> Iterator[Stored]:
        """Every item as DynamoDB keeps it."""
        yield from self._stored("? = ''", "")

    def forget(self, pk: str, sk: str) -> None:
        """Take an item out of the copy."""
        self.file.execute("delete from items where pk = ? and sk = ?", (pk, sk))

    def counts(self) -> dict[str, int]:
        """How many items each kind has."""
        return dict(self.file.execute("select kind, count(*) from items group by kind order by kind"))

    def _stored(self, where: str, value: str) -> Iterator[Stored]:
        with closing(self.file.cursor()) as cursor:
            query = f"select item from items where {where} order by pk, sk"  # noqa: S608 - three conditions of ours
            for (item,) in cursor.execute(query, (value,)):
                yield json.loads(item)


def of_table(name: str) -> AbstractContextManager[Snapshot]:
    """Scan a table, eight segments at a time, with consistent reads; the copy goes at the end of the block.

    It has everything that the table has, readable for this account of the machine only. Raises botocore's errors.
    """
    return of_pages(_pages(name))


@contextmanager
def of_pages(pages: Iterable[list[Stored]]) -> Iterator[Snapshot]:
    """A copy of these items; it goes at the end of the block."""
    with (
        TemporaryDirectory(prefix="quickcare-") as folder,
        closing(sqlite3.connect(Path(folder) / "items.sqlite")) as file,
    ):
        file.execute("pragma synchronous = off")
        file.execute("pragma journal_mode = off")
        file.execute("create table items (pk text, sk text, kind text, item text, primary key (pk, sk)) without rowid")
        for page in pages:
            rows = [(text(one, "pk"), text(one, "sk"), text(one, "kind"), json.dumps(one)) for one in page]
            # An item that moves between two segments cannot be; one that is read twice after a retry can.
            file.executemany("insert or replace into items values (?, ?, ?, ?)", rows)
        file.execute("create index kinds on items (kind)")
        file.commit()
        yield Snapshot(file)


def _pages(name: str) -> Iterator[list[Stored]]:
    """All pages of a parallel scan, as they come."""
    pages: Queue[_Page] = Queue(2 * SEGMENTS)
    for segment in range(SEGMENTS):
        threading.Thread(target=_scan, args=(name, segment, pages), daemon=True).start()
    running = SEGMENTS
    while running:
        page = pages.get()
        if isinstance(page, BaseException):
            raise page
        if page is None:
            running -= 1
        else:
            yield page


def _scan(name: str, segment: int, pages: "Queue[_Page]") -> None:
    wanted = {"TableName": name, "Segment": segment, "TotalSegments": SEGMENTS, "ConsistentRead": True}
    try:
        for page in aws.client("dynamodb").get_paginator("scan").paginate(**wanted):
            pages.put(page["Items"])
        pages.put(None)
    except Exception as error:  # noqa: BLE001 - it goes on in the thread that waits for the pages
        pages.put(error)

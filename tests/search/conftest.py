"""A small directory, and the plain list of the same items, with which its answers are compared."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from quickcare import search
from quickcare.db.items import DirectoryRow
from quickcare.db.wire import Stored
from quickcare.search import Candidate, Directory, Entry, Found, Query, pages, words
from quickcare.search.query import Source
from quickcare.search.words import matches

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
CITIES = ("jaipur", "pune", "नई दिल्ली", None)
KINDS = ("hospital", "clinic")
NAMES = ("Sharma", "Armaan", "Anand", "Banana", "Dr. Iyer", "O'Neil", "शर्मा", "Li", "Apollo", "Anan", "K. R.")

PLACES = Directory(
    kind="PLACE",
    filter_sets=(("city", "kind"), ("city",), ("kind",), ()),
    orders={"": lambda _: "", "fee": lambda facts: search.number(facts["fee"])},
)


@dataclass
class Shop:
    """The items of the directory: the entry of each as it is now, and its generation."""

    entries: dict[str, Entry] = field(default_factory=dict)
    generations: dict[str, str | None] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def add(self, entry: Entry, now: datetime = NOW) -> None:
        before = self.generations.get(entry.id)
        generation = search.publish(PLACES, entry, now)
        self.entries[entry.id], self.generations[entry.id] = entry, generation
        search.retire(PLACES, entry.id, before, now, current=generation)

    def change(self, item_id: str, **facts: Any) -> None:
        entry = self.entries[item_id]
        self.add(replace(entry, facts={**entry.facts, **facts}))

    def load(self, candidates: Sequence[Candidate]) -> list[Found[str] | None]:
        return [
            None if c.id in self.hidden else Found(self.generations[c.id], self.entries[c.id], c.id) for c in candidates
        ]

    def pages(self, query: Query, limit: int) -> list[list[str]]:
        found, after = [], None
        while True:
            views, after = search.page(PLACES, query, limit, after, self.load)
            found.append(views)
            if after is None:
                return found

    def ids(self, query: Query, limit: int = 50) -> list[str]:
        return [one for page in self.pages(query, limit) for one in page]

    def oracle(self, query: Query) -> set[str]:
        """The ids that a plain filter over all items finds; a directory must find the same."""
        return {
            entry.id
            for entry in self.entries.values()
            if entry.id not in self.hidden
            and all(entry.facts[name] == value for name, value in query.where.items())
            and all(
                (low is None or low <= search.number(entry.facts["fee"]))
                and (high is None or search.number(entry.facts["fee"]) <= high)
                for low, high in query.ranges.values()
            )
            and matches(query.text, entry.words)
        }


@pytest.fixture
def shop(moto: None) -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def town() -> Iterator[Shop]:
    """120 shops. Some are hidden, some have old rows that nobody has deleted.

    The rows are read from memory, because there are thousands of queries. test_entries.py shows that the table gives
    the same answers.
    """
    random, made, rows = Random(4), Shop(), list[DirectoryRow]()  # noqa: S311 - a data set, not a secret
    for i in range(120):
        states = [place(i, random) for _ in range(2 if i % 10 == 0 else 1)]
        for generation, entry in enumerate(states):
            made.entries[entry.id], made.generations[entry.id] = entry, str(generation)
            rows += search.rows_of(PLACES, entry, str(generation))
    made.hidden = {f"{i:04d}" for i in range(5, 120, 17)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "_shards", Rows(rows))
        yield made


class Rows:
    """The directory's rows in memory, queried as DynamoDB does it."""

    def __init__(self, rows: Iterable[DirectoryRow]) -> None:
        self.partitions: dict[str, list[Stored]] = {}
        for row in sorted(rows, key=lambda row: row.sk):
            self.partitions.setdefault(row.pk, []).append(dict(row.serialize()))

    def __call__(self, source: Source, position: str | None, size: int) -> list[list[Stored]]:
        return [self._next(source, pk, position, size) for pk in source.partitions]

    def _next(self, source: Source, pk: str, position: str | None, size: int) -> list[Stored]:
        rows = self.partitions.get(pk, [])[:: -1 if source.descending else 1]
        if source.low and source.high:
            rows = [row for row in rows if source.low <= _sk(row) <= source.high]
        if position is not None:
            rows = [row for row in rows if (_sk(row) < position if source.descending else _sk(row) > position)]
        return rows[:size]


def _sk(row: Stored) -> str:
    return str(row["sk"]["S"])


def place(i: int, random: Random) -> Entry:
    city = random.choice(CITIES[:1] * 3 + CITIES)
    name = f"{random.choice(NAMES)} {random.choice(NAMES)}"
    facts = {
        "city": city,
        "kind": random.choice(KINDS),
        "fee": random.randrange(4),
        "video": i % 3 == 0,
    }
    return Entry(f"{i:04d}", facts, words(name, city))

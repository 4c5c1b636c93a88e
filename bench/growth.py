"""What requests cost as the table grows: clinics, doctors, appointments of one doctor, visits and documents of one
patient.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bench.asking import Asked
from bench.routes import consumption, recorded_of
from bench.stock import Stock, evenly
from tests.town import Town

SIZES = (10, 1000, 100_000)


def measured(town: Town, asked: list[Asked], most: int) -> Iterator[dict[str, Any]]:
    """The figures of every request at 10, 1,000 and `most` of each."""
    stock = Stock(town, asked)
    for size in sorted({min(size, most) for size in SIZES}):
        stock.fill(evenly(size))
        for one in asked:
            yield {"size": size, "route": one.name, **consumption(recorded_of(one, town))}


def by_route(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each route, with its trips of both kinds, its calls and its units at each size."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        figures = [row["read_trips"] + row["write_trips"], row["calls"], row["read_units"], row["write_units"]]
        found.setdefault(row["route"], {"route": row["route"]})[f"{row['size']:,}"] = figures
    return list(found.values())

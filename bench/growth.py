"""What requests cost as the table grows: clinics, doctors, appointments of one doctor, the log of one patient, and up
to 1,000 visits and documents of theirs.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bench.asking import Asked, Refused
from bench.routes import consumption, recorded_of
from bench.stock import Stock, evenly
from tests.town import Town

SIZES = (10, 1000, 100_000)


def measured(town: Town, asked: list[Asked], most: int) -> Iterator[dict[str, Any]]:
    """The figures of every request at 10, 1,000 and `most` of each; none where one could not be answered any more."""
    stock = Stock(town, asked)
    for size in sorted({min(size, most) for size in SIZES}):
        stock.fill(evenly(size))
        for one in asked:
            try:
                figures = _figures(consumption(recorded_of(one, town)))
            except Refused as refused:
                print(f"\nWith {size:,}: {str(refused)[:200]}")
                figures = None
            yield {"size": size, "route": one.name, "figures": figures}


def by_route(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each route, with its figures at each size."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["route"], {"route": row["route"]})[f"{row['size']:,}"] = row["figures"]
    return list(found.values())


def _figures(used: dict[str, Any]) -> list[float]:
    """Trips of both kinds, calls and units."""
    return [used["read_trips"] + used["write_trips"], used["calls"], used["read_units"], used["write_units"]]

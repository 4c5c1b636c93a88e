"""What requests cost as the table grows: clinics, doctors, appointments of one doctor, documents of one patient.

The rows are written directly, without a request for each. Of the directories only the partitions are filled that the
measured requests read.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from quickcare.db import bulk

from bench import appointments, clinics, doctors, documents
from bench.asking import Asked
from bench.copies import Copies, write
from bench.routes import consumption, recorded_of
from bench.world import NOW
from tests.town import Town

SIZES = (10, 1000, 100_000)
A_PAGE = 50  # the longest that is measured
# So many are made as the application makes them; the others are copies with ids of their own.
MADE = 500


def fill_pages(town: Town, asked: list[Asked]) -> None:
    """Write so many of each that the pages which are asked for are full, the patient's appointments among them."""
    _prepare()
    kinds = _kinds(town, _directories(town, asked))
    write(row for number in range(A_PAGE) for kind in kinds for row in kind.rows(number))
    bulk.put_all([appointments.of_patient(town, number) for number in range(A_PAGE)])


def measured(town: Town, asked: list[Asked], most: int) -> Iterator[dict[str, Any]]:
    """The figures of every request at 10, 1,000 and `most` of each."""
    kinds = _kinds(town, _directories(town, asked))
    _prepare()
    there = 0
    for size in sorted({min(size, most) for size in SIZES}):
        write(row for number in range(there, size) for kind in kinds for row in kind.rows(number))
        there = size
        for one in asked:
            yield {"size": size, "route": one.name, **consumption(recorded_of(one, town))}


def _prepare() -> None:
    bulk.put_all([clinics.owner(NOW), *(doctors.clinic(number, NOW) for number in range(doctors.CLINICS))])


def _kinds(town: Town, lists: set[str]) -> list[Copies]:
    return [
        Copies(partial(clinics.items, now=NOW, lists=lists), clinics.ids, MADE),
        Copies(partial(doctors.items, now=NOW, lists=lists), doctors.ids, MADE),
        Copies(partial(appointments.items, town, now=NOW), appointments.ids, 1),
        Copies(partial(documents.items, town, now=NOW), partial(documents.ids, now=NOW), 1),
    ]


def _directories(town: Town, asked: list[Asked]) -> set[str]:
    """The partitions of lists and searches that the requests read."""
    reads = [call.request for one in asked if one.is_read for call in recorded_of(one, town).calls]
    values = [value for request in reads for value in request.get("ExpressionAttributeValues", {}).values()]
    return {value["S"] for value in values if value.get("S", "").startswith("DIRECTORY#")}


def by_route(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each route, with its trips of both kinds, its calls and its units at each size."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        figures = [row["read_trips"] + row["write_trips"], row["calls"], row["read_units"], row["write_units"]]
        found.setdefault(row["route"], {"route": row["route"]})[f"{row['size']:,}"] = figures
    return list(found.values())

"""Every route: CPU, trips, calls and units, in the town with full pages."""

from typing import Any

from quickcare.db import keys

from bench import cpu
from bench.asking import Asked, put_back
from bench.calls import Record, recorded
from tests.town import Town

Row = dict[str, Any]


def consumption(record: Record) -> Row:
    """The figures that are the same in every run."""
    return {
        "read_trips": record.trips.reads,
        "write_trips": record.trips.writes,
        "calls": len(record.calls),
        "read_units": round(record.read_units, 1),
        "write_units": record.write_units,
    }


def recorded_of(asked: Asked, town: Town) -> Record:
    """What a request does, which is undone afterwards. Raises Refused."""
    with recorded() as record:
        asked.send()
    record.weigh(town.stored)
    put_back(town, record.places())
    return record


def measured(asked: Asked, town: Town, record: Record, rounds: int) -> Row:
    """One line of the table. `argon2` marks those whose time is that of hashing a password, `sms` those that send."""
    row = {"route": asked.name, "function": asked.module, **consumption(record)}
    row["cpu_ms"] = round(cpu.milliseconds(asked, town, rounds), 2)
    row["argon2"] = "argon2" if cpu.hashes(asked, town) else None
    row["sms"] = "sms" if any(pk.partition("#")[0] == keys.OUTBOX for pk, _ in record.places()) else None
    return row

"""How many requests of each kind DynamoDB takes in a second, however many functions run, before it throttles one
partition.

A partition takes 1,000 write units in a second. Of the keys that a request uses, those with an id
are the request's own; the others are everybody's, and these set the ceiling of the whole country. Where rows are spread
over shards, each gets its part.
"""

from collections import Counter
from typing import Any

from quickcare.db import keys
from quickcare.search.entries import SHARDS

from bench.calls import Record

WRITES = 1000
# Partitions of which each request uses one by chance.
_BOXES = (keys.OUTBOX, keys.OTP_LOG, keys.OTP_LOG_OF_NOBODY, keys.JOBS, keys.TEMP_PASSWORD_LOG)
SHARDED = {"DIRECTORY": SHARDS, **dict.fromkeys(_BOXES, keys.SHARDS)}


def ceilings(record: Record) -> dict[str, Any] | None:
    """The hottest partition of everybody's and the rate at which it is throttled; the same of the request's own.

    None for a request that writes nothing.
    """
    units: Counter[str] = Counter()
    for (pk, _), used in record.written():
        units[pk] += used
    if not units:
        return None
    everybodys = {_family(pk): used / _shards(pk) for pk, used in units.items() if _is_everybodys(pk)}
    own = {pk: used for pk, used in units.items() if not _is_everybodys(pk)}
    shared, shared_units = max(everybodys.items(), key=lambda one: one[1], default=("", 0.0))
    mine, own_units = max(own.items(), key=lambda one: one[1], default=("", 0))
    return {
        "partition": shared,
        "per_second": int(WRITES / shared_units) if shared else None,
        "own": mine.partition("#")[0],
        "own_per_second": int(WRITES / own_units) if own_units else None,
    }


def _is_everybodys(pk: str) -> bool:
    kind, has_id, _ = pk.partition("#")
    return not has_id or kind in SHARDED


def _shards(pk: str) -> int:
    kind, separator, _ = pk.partition("#")
    return SHARDED.get(kind, 1) if separator else 1


def _family(pk: str) -> str:
    """The partition without its shard."""
    return pk.rpartition("#")[0] if _shards(pk) > 1 else pk


def rate(row: dict[str, Any]) -> float:
    """The rate of a row, to put the lowest first."""
    return float(row["per_second"] or "inf")

"""How many requests of each kind DynamoDB takes in a second, however many functions run, before it throttles one
partition.

A partition takes 1,000 write units and 3,000 read units in a second. Of the keys that a request uses, those with an id
are the request's own; the others are everybody's, and these set the ceiling of the whole country. Where rows are spread
over shards, each gets its part.
"""

from collections import Counter
from typing import Any

from quickcare import tally
from quickcare.accounts import users_list
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db import keys

from bench.calls import Record

WRITES, READS = 1000, 3000
# Partitions of which each request uses one by chance, by how their keys begin.
_BOXES = (
    *(keys.OUTBOX, keys.OTP_LOG, keys.OTP_LOG_OF_NOBODY, keys.JOBS, keys.TEMP_PASSWORD_LOG),
    *(keys.SMS_LIST, keys.SMS_FAILED, "DUE"),
)
_LISTS = (users_list.USERS, users_list.SEARCH, clinics_list.REGISTER, clinics_list.CLINICS, doctors_list.REGISTER)
SHARDED = {
    **dict.fromkeys(_BOXES, keys.SHARDS),
    keys.TALLY: tally.SHARDS,
    "LOG-DAY": keys.LOG_DAY_SHARDS,
    **{f"DIRECTORY#{one.kind}": one.shards for one in (*_LISTS, doctors_list.DOCTORS)},
}
_OF_ONE_ITEM = "ENTRY"


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


def reads(record: Record) -> dict[str, Any] | None:
    """The partition that a request reads most of, whoever's it is, and how often in a second that can be read so.

    Where rows are spread over shards, a page reads of each. None for a request that reads nothing.
    """
    units: Counter[str] = Counter()
    for call in record.calls:
        if call.reads:
            keys_read = call.partitions()
            units.update({pk: max(1.0, call.units / len(keys_read)) * many for pk, many in Counter(keys_read).items()})
    if not units:
        return None
    pk, most = max(units.items(), key=lambda one: one[1])
    return {"partition": _family(pk) if _is_everybodys(pk) else pk.partition("#")[0], "per_second": int(READS / most)}


def _is_everybodys(pk: str) -> bool:
    return "#" not in pk or _shards(pk) > 1


def _shards(pk: str) -> int:
    kind, *rest = pk.split("#")
    if kind == "DIRECTORY":
        return 1 if rest[1] == _OF_ONE_ITEM else SHARDED[f"{kind}#{rest[0]}"]
    return SHARDED.get(kind, 1) if rest else 1


def _family(pk: str) -> str:
    """The partition without its shard."""
    return pk.rpartition("#")[0] if _shards(pk) > 1 else pk


def rate(row: dict[str, Any]) -> float:
    """The rate of a row, to put the lowest first."""
    return float(row["per_second"] or "inf")

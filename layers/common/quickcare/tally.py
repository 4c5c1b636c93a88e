"""How much happened on each day, for the panel's first page (decision 0037).

One is added after what is counted was committed, in an item that is spread over partitions. DynamoDB itself adds, and
no transaction has these items, so nobody waits for anybody. When a process dies in between, a count is one too low.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from pynamodb.expressions.update import Action

from quickcare import budget
from quickcare.db import table, transaction
from quickcare.db.items import DayCounts
from quickcare.db.operations import Upsert
from quickcare.observability import logger
from quickcare.settings import settings

SHARDS = 32
_KEPT = timedelta(days=60)
_PATIENCE = 1  # seconds


class Counted(StrEnum):
    """What is counted; each is an attribute of `DayCounts`."""

    BOOKED = "booked"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    REGISTERED = "registered"
    CODES = "codes"
    CODES_TO_NOBODY = "codes_to_nobody"
    FAILED = "failed"


def count(what: Counted, now: datetime) -> None:
    """Add one to what happened today, in the clinics' time zone: 1 write.

    Never raises and takes a second at most, because what is counted is done.
    """
    day = _day(now)
    key = DayCounts.key(day.isoformat(), secrets.randbelow(SHARDS))
    try:
        with budget.at_most(_PATIENCE):
            transaction.send({"count": Upsert(key, _one_more(what, day))})
    except Exception as error:  # noqa: BLE001 - no failure here may turn the caller's success into an error
        logger.info("a count of the day is one too low", extra={"counted": what, "error": type(error).__name__})


@lru_cache(maxsize=32)
def _one_more(what: Counted, day: date) -> list[Action]:
    expires_at = datetime.combine(day, time.min, UTC) + _KEPT
    return [DayCounts.kind.set(DayCounts), DayCounts.ttl.set(expires_at), getattr(DayCounts, what).add(1)]


def of_days(now: datetime, days: int) -> list[tuple[date, dict[Counted, int]]]:
    """The counts of the last days, today's last: 1 read."""
    dates = [_day(now) - timedelta(days=ago) for ago in reversed(range(days))]
    found = table.fetch_all([DayCounts.key(one.isoformat(), shard) for one in dates for shard in range(SHARDS)])
    return [(one, _sums(found[place * SHARDS : (place + 1) * SHARDS])) for place, one in enumerate(dates)]


def _sums(shards: Sequence[DayCounts | None]) -> dict[Counted, int]:
    return {what: sum(int(getattr(one, what) or 0) for one in shards if one) for what in Counted}


def _day(now: datetime) -> date:
    return now.astimezone(settings().time_zone).date()

"""Limits on what costs money: exact counts over a moving window, kept as the instants of the last sends.

The new list is written in the same transaction as the send it counts, under the condition that nobody else has
counted since it was read; `Refused` then means: read again and decide again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare.errors import TooManyRequests
from quickcare.items import SendLog
from quickcare.table import Create, Key, Put


class Limit(NamedTuple):
    times: int
    seconds: int


CODES_PER_CONTACT = (Limit(1, 30), Limit(5, 3600))
CODES_PER_ADDRESS = (Limit(20, 3600),)


def count(key: Key[SendLog], seen: SendLog | None, limits: Sequence[Limit], now: datetime) -> Put:
    """The write that counts one more send now. Raises TooManyRequests with the seconds to wait."""
    moment = int(now.timestamp() * 1000)
    sent = [int(at) for at in seen.sent] if seen else []
    wait = max(_wait(sent, limit, moment) for limit in limits)
    if wait > 0:
        raise TooManyRequests(f"Too many requests. Please try again in {wait} seconds.", retry_after=wait)
    longest = max(limit.seconds for limit in limits)
    kept = [at for at in sent if at > moment - longest * 1000]
    item = key.item(sent=[*kept, moment], ttl=now + timedelta(seconds=longest))
    return Put(item, SendLog.sent == sent) if seen else Create(item)


def _wait(sent: list[int], limit: Limit, moment: int) -> int:
    """Whole seconds until `limit` allows one more; 0 when it does now."""
    in_window = [at for at in sent if at > moment - limit.seconds * 1000]
    if len(in_window) < limit.times:
        return 0
    free_at = sorted(in_window)[-limit.times] + limit.seconds * 1000
    return -(-(free_at - moment) // 1000)

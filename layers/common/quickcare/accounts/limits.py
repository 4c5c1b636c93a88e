"""Limits on what costs money or shows other people's data.

Codes are counted exactly, over a moving window: a `SendLog` item keeps the times of the last sends. Its new list is
written in the transaction of the send, under the condition that it is as it was read. When that is refused, somebody
else has sent meanwhile: read again and decide again.

What an account may do in one day (UTC) is counted on its `User` item. These counts are added by DynamoDB, so two
requests of one account at the same time do not refuse each other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare import clock
from quickcare.db.item import Key
from quickcare.db.items import SendLog, User
from quickcare.db.operations import Create, Put, Update, unchanged
from quickcare.errors import TooManyRequests


class Limit(NamedTuple):
    """At most `times` sends within any `seconds`."""

    times: int
    seconds: int


CODES_PER_CONTACT = (Limit(1, 30), Limit(5, 3600))
CODES_PER_ADDRESS = (Limit(20, 3600),)
# More than an impatient client sends, and too few to guess a registration's password within its ten minutes.
GUESSES_PER_ADDRESS = (Limit(60, 3600),)
# More wrong links than people behind one address follow, and too few to find one of 80 bits.
MISSED_LINKS_PER_ADDRESS = (Limit(60, 3600),)
_DAY = 86_400  # seconds
# A clinic that invites somebody, takes it back and invites again may not fill their phone.
INVITATIONS_PER_PERSON_AND_CLINIC = (Limit(5, _DAY),)


class PerDay(NamedTuple):
    """At most `most` in one day by one account. `counter` is the attribute of `User` that counts them."""

    counter: str
    most: int


# A hospital adds fewer staff in a day, and a doctor sees fewer patients.
SMS = PerDay("sms_caused", 300)
LOOKUPS = PerDay("lookups", 300)


def count(key: Key[SendLog], seen: SendLog | None, limits: Sequence[Limit], now: datetime) -> Put:
    """The operation that counts one more send at `now`. `seen` is the item as it was read.

    Raises TooManyRequests with the seconds to wait when one of the limits is reached.
    """
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
    """Whole seconds until `limit` allows one more send; 0 when it allows one now. Times are epoch milliseconds."""
    in_window = [at for at in sent if at > moment - limit.seconds * 1000]
    if len(in_window) < limit.times:
        return 0
    free_at = sorted(in_window)[-limit.times] + limit.seconds * 1000
    return -(-(free_at - moment) // 1000)


def count_today(user: User, limit: PerDay, now: datetime) -> Update:
    """The operation that counts one more on `user` as it was read.

    Raises TooManyRequests, with the seconds until midnight UTC, when the limit is reached.
    """
    # A request that began before midnight, and comes after one of the new day, counts for the new day.
    today, counter = max(f"{now:%Y-%m-%d}", user.counted_on or ""), getattr(User, limit.counter)
    if user.counted_on != today:
        others = [getattr(User, name).set(0) for name in (SMS.counter, LOOKUPS.counter) if name != limit.counter]
        return Update(
            User.key(user.id), [User.counted_on.set(today), counter.set(1), *others], unchanged(user, "counted_on")
        )
    if getattr(user, limit.counter) >= limit.most:
        wait = _DAY - clock.epoch(now) % _DAY
        raise TooManyRequests(f"At most {limit.most} of these a day. Please go on tomorrow.", retry_after=wait)
    return Update(User.key(user.id), [counter.add(1)], (User.counted_on == today) & (counter < limit.most))

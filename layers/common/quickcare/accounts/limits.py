"""Limits on what costs money, shows other people's data, or guesses a code or a password.

Codes and guesses are counted exactly, over a moving window: a `SendLog` item keeps the times of the last ones. Its new
list is written in the transaction of the send, or before the guess is compared, under the condition that it is as it
was read. When that is refused, somebody else has been faster: read again and decide again.

What concerns one contact is counted twice: for the network that asks, which has a share of its own, and for the
contact, a wall that holds whatever the number of networks. The wall counts those from which the account logged in
lately, and does not stop them (`accounts/known_networks.py`). What one network does to many contacts is counted in
`accounts/address_limits.py`.

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
from quickcare.settings import settings


class Limit(NamedTuple):
    """At most `times` sends within any `seconds`."""

    times: int
    seconds: int


_HOUR, _DAY = 3600, 86_400  # seconds
# One network leaves the others of a contact enough for a code each time, and these leave nobody the tries for a guess:
# 15 of a million.
CODES_PER_CONTACT = (Limit(1, 30), Limit(10, _DAY))
CODES_PER_CONTACT_AND_NETWORK = (Limit(1, 30), Limit(5, _HOUR), Limit(7, _DAY))
GUESSED_CODES_PER_CONTACT = Limit(15, _DAY)
GUESSED_CODES_PER_CONTACT_AND_NETWORK = Limit(10, _DAY)
# Of both, what only the holder of the registration's token may use.
GUESSES_KEPT_FOR_HOLDERS = 5
# The back-off of `accounts/login.py` is the share of a network.
PASSWORDS_PER_CONTACT = (Limit(100, _DAY),)
# More than an impatient client sends, and too few to guess a registration's password within its ten minutes.
GUESSES_PER_ADDRESS = (Limit(30, _HOUR),)
# More wrong links than people behind one address follow, and too few to find one of 80 bits.
MISSED_LINKS_PER_ADDRESS = (Limit(60, _HOUR),)
# A clinic that invites somebody, takes it back and invites again may not fill their phone.
INVITATIONS_PER_PERSON_AND_CLINIC = (Limit(5, _DAY),)


class PerDay(NamedTuple):
    """At most `most` in one day by one account. `counter` is the attribute of `User` that counts them."""

    counter: str
    most: int


# A hospital adds fewer staff in a day, and a doctor sees fewer patients.
SMS = PerDay("sms_caused", 300)
LOOKUPS = PerDay("lookups", 300)


def codes_of_address() -> Sequence[Limit]:
    """How many codes one network may have sent."""
    return (Limit(settings().codes_per_address, _HOUR),)


def count(
    key: Key[SendLog], seen: SendLog | None, limits: Sequence[Limit], now: datetime, *, stops: bool = True
) -> Put:
    """The operation that counts one more send at `now`. `seen` is the item as it was read.

    Raises TooManyRequests with the seconds to wait when one of the limits is reached, unless `stops` is false.
    """
    moment = int(now.timestamp() * 1000)
    sent = [int(at) for at in seen.sent] if seen else []
    wait = max(_wait(sent, limit, moment) for limit in limits)
    if stops and wait > 0:
        raise TooManyRequests(f"Too many requests. Please try again in {wait} seconds.", retry_after=wait)
    longest = max(limit.seconds for limit in limits)
    kept = [at for at in sent if at > moment - longest * 1000]
    return _put(key, seen, [*kept, moment], now + timedelta(seconds=longest))


def leave(key: Key[SendLog], seen: SendLog | None, limits: Sequence[Limit], now: datetime) -> Put:
    """The operation that makes the same work as `count` and counts nothing."""
    sent = [int(at) for at in seen.sent] if seen else []
    return _put(key, seen, sent, now + timedelta(seconds=max(limit.seconds for limit in limits)))


def _put(key: Key[SendLog], seen: SendLog | None, sent: list[int], ttl: datetime) -> Put:
    item = key.item(sent=sent, ttl=ttl)
    return Put(item, SendLog.sent == seen.sent) if seen else Create(item)


def since(seen: SendLog | None, moment: datetime) -> int:
    """How many of the counted ones are from `moment` or later."""
    return sum(int(at) >= int(moment.timestamp() * 1000) for at in seen.sent) if seen else 0


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

"""Tries of a code, counted before it is compared (`otp.compare`), so that parallel guesses are counted one by one.

A code has five tries for each network, and five of their own for whoever holds the registration's token. In a day a
contact has 15 tries in all, of which one network has 10; five of both are kept for holders. A network from which the
account logged in lately has its 10 whatever the others did.
"""

from datetime import datetime
from typing import Any, NamedTuple

from quickcare.accounts import limits, otp
from quickcare.accounts.limits import Limit
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import PendingOtp, SendLog
from quickcare.db.operations import Check, Put, Update
from quickcare.errors import BadRequest, BurnedCode


class Guesses(NamedTuple):
    """What was guessed of a contact's codes in a day, from one network and from all, as it was read.

    `is_known`: whether the account logged in from this network lately. `is_holder`: whether the guess comes with the
    registration's token. `kept` are the tries of a day that this one may not use.
    """

    contact: int
    source_ip: str
    here: SendLog | None
    everywhere: SendLog | None
    is_known: bool = False
    is_holder: bool = False
    kept: int = 0


def count(key: Key[Any], pending: PendingOtp, guesses: Guesses, now: datetime) -> None:
    """Count one try of the code that `pending`, with this key, waits for: 1 write.

    Raises BadRequest for a code that has expired or had its tries, TooManyRequests when those of a day are used up, and
    Refused when others were faster: the caller reads and decides again.
    """
    had = int(pending.tries) if guesses.is_holder else limits.since(guesses.here, pending.issued_at)
    if pending.expires_at <= now:
        raise BadRequest(otp.INVALID)
    if had >= otp.TRIES:
        raise BurnedCode(otp.INVALID)
    alive = (PendingOtp.otp_id == pending.otp_id) & (PendingOtp.expires_at > now)
    one_more = Update(key, [PendingOtp.tries.add(1)], alive & (PendingOtp.tries < otp.TRIES))
    table.write(
        code=one_more if guesses.is_holder else Check(key, alive),
        here=_counted_here(guesses, now),
        everywhere=_counted_everywhere(guesses, now),
    )


def _counted_here(guesses: Guesses, now: datetime) -> Put:
    key = SendLog.of_code_guesses_at(guesses.contact, guesses.source_ip)
    return limits.count(key, guesses.here, _left(limits.GUESSED_CODES_PER_CONTACT_AND_NETWORK, guesses), now)


def _counted_everywhere(guesses: Guesses, now: datetime) -> Put:
    key, left = SendLog.of_code_guesses(guesses.contact), _left(limits.GUESSED_CODES_PER_CONTACT, guesses)
    return limits.count(key, guesses.everywhere, left, now, stops=not guesses.is_known)


def _left(limit: Limit, guesses: Guesses) -> tuple[Limit]:
    return (limit._replace(times=limit.times - guesses.kept),)

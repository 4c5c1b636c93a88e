"""Login by contact and password (docs/contract.md: Passwords), for the apps and for the admin panel.

A try is counted as failed before the password is checked, one try at a time. So parallel guesses cannot be faster than
the waiting time that failures cause. A contact that nobody has is counted, hashed and answered like a wrong password.
Failures are counted for the contact and the network together, so that nobody can lock others out; a wall for the whole
contact stops those who have many networks (`accounts/limits.py`).

    proof = login.authenticate(contact, password, source_ip, now)
    login.complete(proof, password, session=Create(session))
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from quickcare import security_log
from quickcare.accounts import address_limits, known_networks, limits, passwords
from quickcare.db import table
from quickcare.db.items import ContactOwner, Door, KnownNetworks, LoginThrottle, SendLog, TempPassword, User
from quickcare.db.operations import Delete, Operation, Put, Refused, Update, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import Forbidden, TooManyRequests, Unauthorized
from quickcare.security_log import Event

WRONG = "Invalid contact number or password."
FREE_FAILURES = 5
_FIRST_WAIT, _LONGEST_WAIT = 30, 15 * 60
_FORGOTTEN_AFTER = timedelta(days=1)


class Proof(NamedTuple):
    """A user whose password was right, and where and when it was typed. `known` is the item as it was read."""

    user: User
    source_ip: str
    door: Door
    at: datetime
    known: KnownNetworks | None


class _Claim(NamedTuple):
    user_id: str | None
    known: KnownNetworks | None


def authenticate(contact: int, password: str, source_ip: str, now: datetime, *, door: Door = Door.API) -> Proof:
    """The user with this contact and password: 2 reads, and 1 write that counts the try until `complete` removes it.

    Raises Unauthorized (wrong contact or password, or an expired temporary password), Forbidden (deactivated account,
    or the default password), TooManyRequests (the waiting time after failures is not over, or a limit is reached).
    """
    with security_log.attempt(Event.LOGIN, contact):
        return _authenticate(contact, password, source_ip, door, now)


def _authenticate(contact: int, password: str, source_ip: str, door: Door, now: datetime) -> Proof:
    # One login counts as one, however often it decides again.
    count_login = cache(lambda: address_limits.count_login(contact, source_ip, now))
    claim = _claim_try(contact, source_ip, door, count_login, now)
    # Read something also when nobody has the contact: the time of the answer must not tell.
    user = table.fetch(User.key(claim.user_id or "nobody"))
    if not passwords.verify(user.password_hash if user else None, password) or user is None:
        raise Unauthorized(WRONG)
    if not user.is_active:
        raise Forbidden("This account has been deactivated.")
    if passwords.is_default(password):
        raise Forbidden("The default password cannot be used here. Reset it with an SMS code.")
    if user.temporary_password_until and user.temporary_password_until <= now:
        raise Unauthorized("This temporary password has expired. Reset it with an SMS code.")
    return Proof(user, source_ip, door, now, claim.known)


def complete(proof: Proof, password: str, **writes: Operation) -> None:
    """Write `writes` (the new session), delete the counted tries and a temporary password, keep the network: 1 write.

    Raises Unauthorized when the password was changed since it was checked.
    """
    user = proof.user
    writes |= succeeded(proof)
    if passwords.needs_rehash(user.password_hash):
        rehashed = User.password_hash.set(passwords.hash_password(password))
        writes["user"] = Update(User.key(user.id), [rehashed], User.password_hash == user.password_hash)
    try:
        known_networks.write(proof.known, int(user.contact), proof.source_ip, proof.at, **writes)
    except Refused:
        # The password that was typed is now an old one.
        raise Unauthorized(WRONG) from None


def succeeded(proof: Proof) -> dict[str, Operation]:
    """The operations that delete the counted tries and a temporary password, for a write that is no login itself."""
    contact = int(proof.user.contact)
    return {
        "throttle": Delete(LoginThrottle.key(contact, proof.door, proof.source_ip)),
        **address_limits.succeeded(contact, proof.source_ip, proof.at),
        **forget_temporary_password(proof.user),
    }


def forget_temporary_password(user: User) -> dict[str, Operation]:
    """The operation that deletes the user's temporary password; nothing when the user has none."""
    if user.temporary_password_until is None or user.temporary_password_log is None:
        return {}
    return {"temporary_password": Delete(TempPassword.key(user.temporary_password_log))}


@decide_again
def _claim_try(contact: int, source_ip: str, door: Door, count_login: Callable[[], None], now: datetime) -> _Claim:
    """Count this try as failed, until `complete` removes it: 1 read, 1 write. Raises TooManyRequests."""
    throttle, guesses = LoginThrottle.key(contact, door, source_ip), SendLog.of_password_guesses(contact, door)
    (owner, seen, guessed, known), _ = table.parallel(
        lambda: table.fetch(ContactOwner.key(contact), throttle, guesses, KnownNetworks.key(contact)), count_login
    )
    failures = _require_no_wait(seen, now) + 1
    item = throttle.item(failures=failures, locked_until=_locked_until(failures, now), ttl=now + _FORGOTTEN_AFTER)
    # The same work for a network that the account knows: who shares it must not see in time that there is an account.
    count = limits.leave if known_networks.knows(known, contact, source_ip, now) else limits.count
    wall = count(guesses, guessed, limits.PASSWORDS_PER_CONTACT, now)
    table.write(throttle=Put(item, unchanged(seen, "failures")), guesses=wall)
    return _Claim(owner.user_id if owner else None, known)


def _require_no_wait(seen: LoginThrottle | None, now: datetime) -> int:
    """How many tries failed so far. Raises TooManyRequests while the last one of them makes wait."""
    failures = 0 if seen is None or seen.ttl <= now else int(seen.failures)
    if failures and seen and seen.locked_until and seen.locked_until > now:
        # `now` may be from before the last failure; without `min` the answer would name more than the whole wait.
        wait = min(math.ceil((seen.locked_until - now).total_seconds()), _wait(failures))
        raise TooManyRequests(f"Too many failed attempts. Please try again in {wait} seconds.", retry_after=wait)
    return failures


def _locked_until(failures: int, now: datetime) -> datetime | None:
    """When the next try is allowed: 30 s after the fifth failure, twice as long after each further one, at most 15 min.

    None when it is allowed at once.
    """
    if failures < FREE_FAILURES:
        return None
    return now + timedelta(seconds=_wait(failures))


def _wait(failures: int) -> int:
    return int(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(failures - FREE_FAILURES, 10)))

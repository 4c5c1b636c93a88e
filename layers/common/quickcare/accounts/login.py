"""Who somebody is, by contact and password (docs/contract.md: Passwords), for every way of logging in.

A failed login is counted before the password is looked at, one at a time, so that parallel guesses cannot outrun the
back-off. Unknown contacts are counted, hashed and answered exactly like wrong passwords.

    user = login.authenticate(contact, password, now)
    login.complete(user, password, session=Create(session))
"""

import math
from datetime import datetime, timedelta

from quickcare.accounts import passwords
from quickcare.db import table
from quickcare.db.items import ContactOwner, LoginThrottle, TempPassword, User
from quickcare.db.operations import Delete, Operation, Put, Refused, Update, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import Forbidden, TooManyRequests, Unauthorized

WRONG = "Invalid contact number or password."
FREE_FAILURES = 5
_FIRST_WAIT, _LONGEST_WAIT = 30, 15 * 60
_FORGOTTEN_AFTER = timedelta(days=1)


def authenticate(contact: int, password: str, now: datetime) -> User:
    """The user with this contact and password: 2 reads, 1 write that counts the try until `complete` forgets it.

    Raises Unauthorized (contact or password wrong, temporary password too old), Forbidden (deactivated),
    TooManyRequests (backing off after failures).
    """
    user_id = _claim_try(contact, now)
    # Also read where nobody has the contact: the time must tell nothing.
    user = table.fetch(User.key(user_id or "nobody"))
    if not passwords.verify(user.password_hash if user else None, password) or user is None:
        raise Unauthorized(WRONG)
    if not user.is_active:
        raise Forbidden("This account has been deactivated.")
    if passwords.is_default(password):
        raise Forbidden("The default password cannot be used here. Reset it with an SMS code.")
    if user.temporary_password_until and user.temporary_password_until <= now:
        raise Unauthorized("This temporary password has expired. Reset it with an SMS code.")
    return user


def complete(user: User, password: str, **writes: Operation) -> None:
    """Write what a login makes (its session), and forget the tries and a temporary password: 1 write.

    Raises Unauthorized when the password changed meanwhile.
    """
    writes |= {"throttle": Delete(LoginThrottle.key(int(user.contact))), **forget_temporary_password(user)}
    if passwords.needs_rehash(user.password_hash):
        rehashed = User.password_hash.set(passwords.hash_password(password))
        writes["user"] = Update(User.key(user.id), [rehashed], User.password_hash == user.password_hash)
    try:
        table.write(**writes)
    except Refused:
        # What was typed is the old one.
        raise Unauthorized(WRONG) from None


def forget_temporary_password(user: User) -> dict[str, Operation]:
    """The write after which nobody can read the user's temporary password any more; none when there is none."""
    if user.temporary_password_until is None or user.temporary_password_log is None:
        return {}
    return {"temporary_password": Delete(TempPassword.key(user.temporary_password_log))}


@decide_again
def _claim_try(contact: int, now: datetime) -> str | None:
    """Count this try as failed until it succeeds. Returns whose contact it is. Raises TooManyRequests."""
    owner, seen = table.fetch(ContactOwner.key(contact), LoginThrottle.key(contact))
    failures = 0 if seen is None or seen.ttl <= now else int(seen.failures)
    if failures and seen and seen.locked_until and seen.locked_until > now:
        # A request that began before the last failure would otherwise wait longer than the whole back-off.
        wait = min(math.ceil((seen.locked_until - now).total_seconds()), _wait(failures))
        raise TooManyRequests(f"Too many failed attempts. Please try again in {wait} seconds.", retry_after=wait)
    throttle = LoginThrottle.key(contact).item(
        failures=failures + 1, locked_until=_locked_until(failures + 1, now), ttl=now + _FORGOTTEN_AFTER
    )
    table.write(throttle=Put(throttle, unchanged(seen, "failures")))
    return owner.user_id if owner else None


def _locked_until(failures: int, now: datetime) -> datetime | None:
    """30 s after the fifth failure, doubling with each one more, up to 15 minutes."""
    if failures < FREE_FAILURES:
        return None
    return now + timedelta(seconds=_wait(failures))


def _wait(failures: int) -> int:
    return int(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(failures - FREE_FAILURES, 10)))

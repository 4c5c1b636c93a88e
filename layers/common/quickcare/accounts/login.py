"""Login by contact and password (docs/contract.md: Passwords), for the apps and for the admin panel.

A try is counted as failed before the password is checked, one try at a time. So parallel guesses cannot be faster than
the waiting time that failures cause. A contact that nobody has is counted, hashed and answered like a wrong password.

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
    """The user with this contact and password: 2 reads, and 1 write that counts the try until `complete` removes it.

    Raises Unauthorized (wrong contact or password, or an expired temporary password), Forbidden (deactivated account,
    or the default password), TooManyRequests (the waiting time after failures is not over).
    """
    user_id = _claim_try(contact, now)
    # Read something also when nobody has the contact: the time of the answer must not tell.
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
    """Write `writes` (the new session), and delete the counted tries and a temporary password: 1 write.

    Raises Unauthorized when the password was changed since it was checked.
    """
    writes |= succeeded(user)
    if passwords.needs_rehash(user.password_hash):
        rehashed = User.password_hash.set(passwords.hash_password(password))
        writes["user"] = Update(User.key(user.id), [rehashed], User.password_hash == user.password_hash)
    try:
        table.write(**writes)
    except Refused:
        # The password that was typed is now an old one.
        raise Unauthorized(WRONG) from None


def succeeded(user: User) -> dict[str, Operation]:
    """The operations that delete the counted tries and a temporary password, for a write that is no login itself."""
    return {"throttle": Delete(LoginThrottle.key(int(user.contact))), **forget_temporary_password(user)}


def forget_temporary_password(user: User) -> dict[str, Operation]:
    """The operation that deletes the user's temporary password; nothing when the user has none."""
    if user.temporary_password_until is None or user.temporary_password_log is None:
        return {}
    return {"temporary_password": Delete(TempPassword.key(user.temporary_password_log))}


@decide_again
def _claim_try(contact: int, now: datetime) -> str | None:
    """Count this try as failed, until `complete` removes it: 1 read, 1 write.

    Returns the id of the user who has the contact, None when nobody has it. Raises TooManyRequests.
    """
    owner, seen = table.fetch(ContactOwner.key(contact), LoginThrottle.key(contact))
    failures = 0 if seen is None or seen.ttl <= now else int(seen.failures)
    if failures and seen and seen.locked_until and seen.locked_until > now:
        # `now` may be from before the last failure; without `min` the answer would name more than the whole wait.
        wait = min(math.ceil((seen.locked_until - now).total_seconds()), _wait(failures))
        raise TooManyRequests(f"Too many failed attempts. Please try again in {wait} seconds.", retry_after=wait)
    throttle = LoginThrottle.key(contact).item(
        failures=failures + 1, locked_until=_locked_until(failures + 1, now), ttl=now + _FORGOTTEN_AFTER
    )
    table.write(throttle=Put(throttle, unchanged(seen, "failures")))
    return owner.user_id if owner else None


def _locked_until(failures: int, now: datetime) -> datetime | None:
    """When the next try is allowed: 30 s after the fifth failure, twice as long after each further one, at most 15 min.

    None when it is allowed at once.
    """
    if failures < FREE_FAILURES:
        return None
    return now + timedelta(seconds=_wait(failures))


def _wait(failures: int) -> int:
    return int(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(failures - FREE_FAILURES, 10)))

"""Login with contact and password, and the sessions it makes (SEED: Login, Refresh Token).

A failed login is counted before the password is looked at, one at a time, so that parallel guesses cannot outrun the
back-off. Unknown contacts are counted, hashed and answered exactly like wrong passwords.
"""

from datetime import datetime, timedelta

from quickcare import passwords, sessions, table, tokens
from quickcare.errors import Forbidden, Invalid, TooManyRequests, Unauthorized, Unavailable
from quickcare.items import LoginThrottle, Session, User
from quickcare.sessions import Started
from quickcare.table import Create, Delete, Operation, Put, Refused, Update
from quickcare.tokens import TokenType

from users import repository

WRONG = "Invalid contact number or password."
FREE_FAILURES = 5
_FIRST_WAIT, _LONGEST_WAIT = 30, 15 * 60
_FORGOTTEN_AFTER = timedelta(days=1)
_ATTEMPTS = 8


def log_in(contact: int, password: str, now: datetime) -> tuple[User, Started]:
    """Check the password and start a session.

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
    return user, _begin(user, password, contact, now)


def refresh(token: str, now: datetime) -> str:
    """A new access token for a live session; the refresh token stays good. Raises Unauthorized."""
    user, session = sessions.of_refresh_token(token, now)
    return sessions.access_token(user.id, session.id, now)


def check(token: str, now: datetime) -> None:
    """Raises Unauthorized unless this is a good access or refresh token of a live session."""
    try:
        sessions.of_access_token(token, now)
    except Unauthorized:
        sessions.of_refresh_token(token, now)


def log_out(user_id: str, token: str, now: datetime) -> None:
    """End the session of this refresh token. Raises Invalid when it is no refresh token of the caller.

    A session that has ended already is fine: the client wants it gone.
    """
    try:
        claims = tokens.read(token, TokenType.REFRESH, now=now)
    except Unauthorized:
        raise Invalid("refresh", "Not a valid refresh token.") from None
    if claims.get("user_id") != user_id:
        raise Invalid("refresh", "Not a valid refresh token.")
    table.write(session=Delete(Session.key(user_id, sessions.session_id(claims["jti"]))))


def _claim_try(contact: int, now: datetime) -> str | None:
    """Count this try as failed until it succeeds. Returns whose contact it is. Raises TooManyRequests."""
    for _ in range(_ATTEMPTS):
        owner, seen = repository.login_state(contact)
        failures = 0 if seen is None or seen.ttl <= now else int(seen.failures)
        if failures and seen and seen.locked_until and seen.locked_until > now:
            wait = int((seen.locked_until - now).total_seconds()) + 1
            raise TooManyRequests(f"Too many failed attempts. Please try again in {wait} seconds.", retry_after=wait)
        throttle = LoginThrottle.key(contact).item(
            failures=failures + 1, locked_until=_locked_until(failures + 1, now), ttl=now + _FORGOTTEN_AFTER
        )
        unchanged = LoginThrottle.failures == seen.failures if seen else LoginThrottle.pk.does_not_exist()
        try:
            table.write(throttle=Put(throttle, unchanged))
        except Refused:
            continue
        return owner.user_id if owner else None
    raise Unavailable


def _locked_until(failures: int, now: datetime) -> datetime | None:
    """30 s after the fifth failure, doubling with each one more, up to 15 minutes."""
    if failures < FREE_FAILURES:
        return None
    return now + timedelta(seconds=min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(failures - FREE_FAILURES, 10)))


def _begin(user: User, password: str, contact: int, now: datetime) -> Started:
    started = sessions.start(user, now)
    writes: dict[str, Operation] = {
        "session": Create(started.session),
        "throttle": Delete(LoginThrottle.key(contact)),
        **repository.forget_temporary_password(user),
    }
    if passwords.needs_rehash(user.password_hash):
        rehashed = User.password_hash.set(passwords.hash_password(password))
        writes["user"] = Update(User.key(user.id), [rehashed], User.password_hash == user.password_hash)
    try:
        table.write(**writes)
    except Refused:
        # The password changed while we looked: what was typed is the old one.
        raise Unauthorized(WRONG) from None
    return started

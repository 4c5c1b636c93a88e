"""Sessions: one item of the table for each login. A refresh token names it by its `jti`, of which the item has only the
hash, or by its `sid`.

A session is live while its item exists and has not expired, its user is active, and its epoch is the user's. Logout
deletes the item. A password change and a deactivation raise the user's epoch, which ends all sessions at once; a change
takes the session that asked for it along. A refresh leaves the refresh token as it is, because clients keep theirs
(docs/contract.md: Tokens); once an hour it writes down when and from where the session was used.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pynamodb.exceptions import PynamoDBException

from quickcare.accounts import account, liveness, tokens
from quickcare.accounts.tokens import TokenType
from quickcare.db import keys, table, threads, transaction
from quickcare.db.items import Session, User
from quickcare.db.operations import Check, Operation, Update, setting, unchanged
from quickcare.errors import Unauthorized
from quickcare.observability import logger
from quickcare.settings import settings

_NOTED_EVERY = timedelta(hours=1)
_PATIENCE = 1  # seconds


class Client(NamedTuple):
    """The program that a session is used with: the address that API Gateway saw, and what the program calls itself."""

    ip_address: str
    user_agent: str | None = None


class Started(NamedTuple):
    """A new session, which the caller has to write, and the tokens to hand out after that."""

    session: Session
    access: str
    refresh: str


class Continued(NamedTuple):
    """A session that goes on: the update that the caller has to write, and fresh tokens to hand out after that."""

    session: Update
    access: str
    refresh: str


class Live(NamedTuple):
    """A live session and its user, as they were read."""

    user: User
    session: Session


def start(user: User, client: Client, now: datetime, *, epoch: int | None = None) -> Started:
    """A new session of `user`. Give `epoch` when the transaction that writes the session changes the user's epoch."""
    jti, lifetime = secrets.token_urlsafe(32), timedelta(days=settings().refresh_token_days)
    session = Session.key(user.id, session_id(jti)).item(
        id=session_id(jti),
        user_id=user.id,
        epoch=int(user.session_epoch) if epoch is None else epoch,
        created_at=now,
        expires_at=now + lifetime,
        ttl=now + lifetime,
        **_seen(client, now),
    )
    refresh = tokens.sign(TokenType.REFRESH, now=now, lifetime=lifetime, user_id=user.id, jti=jti)
    return Started(session, access_token(user.id, session.id, now), refresh)


def go_on(session: Session, client: Client, epoch: int, now: datetime) -> Continued:
    """Take a session into a new epoch of its user, with fresh tokens; those that the client has stay good.

    The update fails when the session was logged out.
    """
    lifetime = timedelta(days=settings().refresh_token_days)
    changes = {"epoch": epoch, "expires_at": now + lifetime, "ttl": now + lifetime, **_seen(client, now)}
    update = Update(Session.key(session.user_id, session.id), setting(Session, changes), Session.pk.exists())
    refresh = tokens.sign(TokenType.REFRESH, now=now, lifetime=lifetime, user_id=session.user_id, sid=session.id)
    return Continued(update, access_token(session.user_id, session.id, now), refresh)


def access_token(user_id: str, session_id: str, now: datetime) -> str:
    """A new access token of a session; it is good for ACCESS_TOKEN_MINUTES."""
    lifetime = timedelta(minutes=settings().access_token_minutes)
    return tokens.sign(TokenType.ACCESS, now=now, lifetime=lifetime, user_id=user_id, sid=session_id)


def of_refresh_token(token: str, now: datetime) -> Live:
    """The live session that a refresh token names: 1 read. Raises Unauthorized."""
    claims = tokens.read(token, TokenType.REFRESH, now=now)
    return live(claims.get("user_id"), named_by(claims), now)


def live(user_id: object, session_id: object, now: datetime) -> Live:
    """The live session of a user: 1 read. Raises Unauthorized, also when an id is no text.

    Routes that hand out new tokens call it too: the authorizer's answer may come from its cache, and a session that has
    ended since must not start a new one (invariant 12).
    """
    if not isinstance(user_id, str) or not isinstance(session_id, str):
        raise Unauthorized
    return checked(*table.fetch(User.key(user_id), Session.key(user_id, session_id)), now)


def checked(user: User | None, session: Session | None, now: datetime) -> Live:
    """A user and their session as they were read, when the session is live. Raises Unauthorized otherwise."""
    key = Session.key(session.user_id, session.id) if session else None
    return Live(*liveness.checked(user, session, now, again=lambda: table.fetch(key) if key else None))


def live_ones(user_id: str, session_id: str, now: datetime) -> list[Session]:
    """All live sessions of a user, the newest first: 1 read. Raises Unauthorized unless `session_id` is one of them."""
    user, found = table.parallel(lambda: table.fetch(User.key(user_id)), lambda: _all(user_id))
    user = account.active(user)
    if any(session.id == session_id and liveness.is_older(session, user) for session in found):
        found = _all(user_id)
    live = [session for session in found if liveness.is_live(session, user, now)]
    if session_id not in [session.id for session in live]:
        raise Unauthorized
    return sorted(live, key=lambda session: (session.created_at, session.id), reverse=True)


def _all(user_id: str) -> list[Session]:
    return table.query(Session, keys.user(user_id), Session.sk.startswith(keys.SESSION_PREFIX))


def note_use(session: Session, client: Client, now: datetime) -> None:
    """Write down that a live session is used now, unless that was done within an hour: at most 1 write.

    It raises nothing and waits a second at most. A session that was logged out meanwhile stays so.
    """
    if session.last_seen_at is not None and session.last_seen_at + _NOTED_EVERY > now:
        return
    key, condition = Session.key(session.user_id, session.id), unchanged(session, "last_seen_at")
    operations: dict[str, Operation] = {"session": Update(key, setting(Session, _seen(client, now)), condition)}
    try:
        # Not `table.write`, which waits and tries again while others write.
        threads.reads.submit(transaction.send, operations).result(_PATIENCE)
    except (PynamoDBException, TimeoutError) as error:
        logger.info("the use of a session was not written down", error=type(error).__name__)


def _seen(client: Client, now: datetime) -> dict[str, Any]:
    return {"last_seen_at": now, **client._asdict()}


def still_live(session: Session) -> Check:
    """The check, for a transaction, that this session was not logged out.

    It does not look at the epoch: the update of the user in the same transaction has to.
    """
    return Check(Session.key(session.user_id, session.id), Session.pk.exists())


def named_by(claims: dict[str, Any]) -> object:
    """The id of the session that a refresh token with these claims names."""
    return claims.get("sid") or session_id(claims["jti"])


def session_id(jti: str) -> str:
    """The id of the session whose first refresh token has this `jti`: its SHA-256, in hex."""
    return hashlib.sha256(jti.encode()).hexdigest()

"""Sessions: one item of the table for each login. A refresh token names it by its `jti`, of which the item has only the
hash, or by its `sid`.

A session is live while its item exists and has not expired, its user is active, and its epoch is the user's. Logout
deletes the item. A password change and a deactivation raise the user's epoch, which ends all sessions at once; a change
takes the session that asked for it along. A refresh does not change the session, because clients keep their refresh
token (docs/contract.md: Tokens).
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.db import table
from quickcare.db.items import Session, User
from quickcare.db.operations import Check, Update
from quickcare.errors import Unauthorized
from quickcare.settings import settings


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


def start(user: User, now: datetime, *, epoch: int | None = None) -> Started:
    """A new session of `user`. Give `epoch` when the transaction that writes the session changes the user's epoch."""
    jti, lifetime = secrets.token_urlsafe(32), timedelta(days=settings().refresh_token_days)
    session = Session.key(user.id, session_id(jti)).item(
        id=session_id(jti),
        user_id=user.id,
        epoch=int(user.session_epoch) if epoch is None else epoch,
        created_at=now,
        expires_at=now + lifetime,
        ttl=now + lifetime,
    )
    refresh = tokens.sign(TokenType.REFRESH, now=now, lifetime=lifetime, user_id=user.id, jti=jti)
    return Started(session, access_token(user.id, session.id, now), refresh)


def go_on(session: Session, epoch: int, now: datetime) -> Continued:
    """Take a session into a new epoch of its user, with fresh tokens; those that the client has stay good.

    The update fails when the session was logged out.
    """
    lifetime = timedelta(days=settings().refresh_token_days)
    longer = [Session.epoch.set(epoch), Session.expires_at.set(now + lifetime), Session.ttl.set(now + lifetime)]
    update = Update(Session.key(session.user_id, session.id), longer, Session.pk.exists())
    refresh = tokens.sign(TokenType.REFRESH, now=now, lifetime=lifetime, user_id=session.user_id, sid=session.id)
    return Continued(update, access_token(session.user_id, session.id, now), refresh)


def access_token(user_id: str, session_id: str, now: datetime) -> str:
    """A new access token of a session; it is good for ACCESS_TOKEN_MINUTES."""
    lifetime = timedelta(minutes=settings().access_token_minutes)
    return tokens.sign(TokenType.ACCESS, now=now, lifetime=lifetime, user_id=user_id, sid=session_id)


def of_access_token(token: str, now: datetime) -> Live:
    """The live session that an access token names: 1 read. Raises Unauthorized."""
    claims = tokens.read(token, TokenType.ACCESS, now=now)
    return live(claims.get("user_id"), claims.get("sid"), now)


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
    if user is None or session is None or not user.is_active:
        raise Unauthorized
    if session.expires_at <= now or int(session.epoch) != int(user.session_epoch):
        raise Unauthorized
    return Live(user, session)


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

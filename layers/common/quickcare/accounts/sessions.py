"""Logins as server-side sessions. A refresh token names its session by its `jti`; the table knows only the hash.

A session is live while its item exists, is unexpired, belongs to an active user and has the user's current epoch.
Logout deletes the item; a password change and a deactivation raise the epoch, which ends all at once, without
finding them. Refreshing leaves the session alone, because clients keep their refresh token (docs/contract.md: Tokens).
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.db import table
from quickcare.db.items import Session, User
from quickcare.db.operations import Check
from quickcare.errors import Unauthorized
from quickcare.settings import settings


class Started(NamedTuple):
    """A new session to be written by the caller, and the tokens to hand out once it is."""

    session: Session
    access: str
    refresh: str


class Live(NamedTuple):
    user: User
    session: Session


def start(user: User, now: datetime, *, epoch: int | None = None) -> Started:
    """A new session of `user`; `epoch` when the same transaction raises the user's."""
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


def access_token(user_id: str, session_id: str, now: datetime) -> str:
    lifetime = timedelta(minutes=settings().access_token_minutes)
    return tokens.sign(TokenType.ACCESS, now=now, lifetime=lifetime, user_id=user_id, sid=session_id)


def of_access_token(token: str, now: datetime) -> Live:
    """The live session behind an access token (one round trip). Raises Unauthorized."""
    claims = tokens.read(token, TokenType.ACCESS, now=now)
    return live(claims.get("user_id"), claims.get("sid"), now)


def of_refresh_token(token: str, now: datetime) -> Live:
    """The live session behind a refresh token (one round trip). Raises Unauthorized."""
    claims = tokens.read(token, TokenType.REFRESH, now=now)
    return live(claims.get("user_id"), session_id(claims["jti"]), now)


def live(user_id: object, session_id: object, now: datetime) -> Live:
    """The live session that a token's claims name (one round trip). Raises Unauthorized.

    Also for routes that hand out new tokens: the authorizer's answer may be a cached one, and a session that ended
    within the cache time must not start another (invariant 12).
    """
    if not isinstance(user_id, str) or not isinstance(session_id, str):
        raise Unauthorized
    return checked(*table.fetch(User.key(user_id), Session.key(user_id, session_id)), now)


def checked(user: User | None, session: Session | None, now: datetime) -> Live:
    """What was read of a user and a session of theirs, when that session is live. Raises Unauthorized."""
    if user is None or session is None or not user.is_active:
        raise Unauthorized
    if session.expires_at <= now or int(session.epoch) != int(user.session_epoch):
        raise Unauthorized
    return Live(user, session)


def still_live(session: Session) -> Check:
    """The part of a transaction that only lets it happen while this session has not been logged out.

    The epoch, which ends all of a user's sessions, is for the update of the user in the same transaction.
    """
    return Check(Session.key(session.user_id, session.id), Session.pk.exists())


def session_id(jti: str) -> str:
    """The id of the session that the refresh token with this `jti` belongs to."""
    return hashlib.sha256(jti.encode()).hexdigest()

"""Whether a session is live, and whose it is, as an access token says.

Each request waits for it, in the authorizer before all else. So it imports no pynamodb, reads the two items as DynamoDB
sends them, and looks at nothing but what it decides on (decision 0038).

DynamoDB reads the items of a batch one after the other. A change of password, which takes a session along into its
user's next epoch, may fall between the two, and then a session looks ended that never was. So a session of an older
epoch than its user's is read again, after the user. One of a younger epoch is live: its user was read before that.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from quickcare import security_log
from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.db import keys, wire
from quickcare.errors import Unauthorized
from quickcare.security_log import Event, Outcome


class Caller(NamedTuple):
    """Who sends a request, and with which session."""

    user_id: str
    session_id: str


class User(Protocol):
    """What is asked of an account."""

    @property
    def id(self) -> Any: ...
    @property
    def is_active(self) -> Any: ...
    @property
    def session_epoch(self) -> Any: ...


class Session(Protocol):
    """What is asked of a session."""

    @property
    def epoch(self) -> Any: ...
    @property
    def expires_at(self) -> Any: ...


U = TypeVar("U", bound=User)
S = TypeVar("S", bound=Session)


class _User(NamedTuple):
    id: str
    is_active: bool
    session_epoch: int


class _Session(NamedTuple):
    epoch: int
    expires_at: datetime


def of_access_token(token: str, now: datetime) -> Caller:
    """Whose live session an access token names: 1 read. Raises Unauthorized."""
    claims = tokens.read(token, TokenType.ACCESS, now=now)
    user_id, session_id = claims.get("user_id"), claims.get("sid")
    if not isinstance(user_id, str) or not isinstance(session_id, str):
        raise Unauthorized
    checked(*_read(user_id, session_id), now, again=lambda: _read(user_id, session_id)[1])
    return Caller(user_id, session_id)


def checked(user: U | None, session: S | None, now: datetime, again: Callable[[], S | None]) -> tuple[U, S]:
    """A user and their session as they were read, when the session is live. Raises Unauthorized otherwise.

    `again` reads the session once more.
    """
    if user is not None and session is not None and is_older(session, user):
        session = again()
    if user is not None and user.is_active and session is not None and is_live(session, user, now):
        return user, session
    if user is not None:
        security_log.acting(user.id)
    if session is None or session.expires_at > now:
        # Its time was not over: somebody ended it, or the account.
        security_log.note(Event.TOKEN, Outcome.ENDED)
    raise Unauthorized


def is_live(session: Session, user: User, now: datetime) -> bool:
    """Whether a session has not expired, and is of its user's epoch."""
    return session.expires_at > now and not is_older(session, user)


def is_older(session: Session, user: User) -> bool:
    """Whether a session is of an older epoch than its user: it has ended, if it was read after the user."""
    return int(session.epoch) < int(user.session_epoch)


def _read(user_id: str, session_id: str) -> tuple[_User | None, _Session | None]:
    sort_keys = keys.USER, keys.session(session_id)
    found, undone = wire.read_batches([[{"pk": {"S": keys.user(user_id)}, "sk": {"S": sk}} for sk in sort_keys]])
    if undone:
        from quickcare.db import batches  # here, because it brings pynamodb

        found += batches.stored(undone, tries=1)
    items = {item["sk"]["S"]: item for item in found}
    user, session = map(items.get, sort_keys)
    return _user(user) if user else None, _session(session) if session else None


def _user(item: wire.Stored) -> _User:
    """Accounts from before an attribute lack it."""
    is_active, epoch = item.get("is_active", {"BOOL": True}), item.get("session_epoch", {"N": "0"})
    return _User(item["id"]["S"], is_active["BOOL"], int(epoch["N"]))


def _session(item: wire.Stored) -> _Session:
    return _Session(int(item["epoch"]["N"]), datetime.fromisoformat(item["expires_at"]["S"]))

"""Who uses the panel: its sessions, its cookie, and the token that proves that a form was ours (OWASP: CSRF).

The cookie is a signed token, so that a stranger's costs no read; the session behind it is an item of the user. It is
live for half a day, half an hour after the last page, while the user is active, an administrator and has the epoch
that it began with.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.db import table
from quickcare.db.items import AdminSession, User
from quickcare.db.operations import Check, Operation, Refused, Update
from quickcare.errors import Forbidden, Unauthorized
from quickcare.roles import Role

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
# Pages that follow each other faster are not noted; the half hour is that much shorter at most.
_NOTED_EVERY = timedelta(seconds=20)
_NOT_OURS = "This form did not come from your open session. Go back, reload the page and try again."


class Ticket(NamedTuple):
    """What a cookie of ours says; whether its session still lives is not known yet."""

    user_id: str
    jti: str

    @property
    def session_id(self) -> str:
        return hashlib.sha256(self.jti.encode()).hexdigest()

    @property
    def form_token(self) -> str:
        """What every form of this session carries. Nobody can make it who does not know the cookie."""
        return form_token(self.jti)


class Visitor(NamedTuple):
    """An administrator with a live session."""

    user: User
    session: AdminSession
    form_token: str
    source_ip: str

    @property
    def is_superadmin(self) -> bool:
        return self.user.role is Role.SUPERADMIN

    def require_superadmin(self) -> None:
        """Raises Forbidden for everybody else."""
        if not self.is_superadmin:
            raise Forbidden("Only a superadmin can do this.")

    def write(self, **writes: Operation) -> None:
        """One transaction that only happens while this person is what the session says.

        Raises Unauthorized when they are not any more, Refused for everything else.
        """
        try:
            table.write(**writes, **self._still_allowed())
        except Refused as refused:
            if refused.names & {"visitor", "session"}:
                raise Unauthorized from None
            raise

    def _still_allowed(self) -> dict[str, Operation]:
        same = (User.is_active == True) & (User.role_id == self.user.role_id)  # noqa: E712 - a DynamoDB condition
        same &= User.session_epoch == self.user.session_epoch
        return {
            "visitor": Check(User.key(self.user.id), same),
            "session": Check(AdminSession.key(self.user.id, self.session.id), AdminSession.pk.exists()),
        }


def form_token(secret: str) -> str:
    """The hidden field of forms that belong to whoever holds `secret` in a cookie. Raises Forbidden without one."""
    if not secret:
        raise Forbidden(_NOT_OURS)
    return hmac.new(secret.encode(), b"quickcare admin form", hashlib.sha256).hexdigest()


def require_form_token(sent: str, expected: str) -> None:
    """Raises Forbidden for a form that is not ours."""
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(_NOT_OURS)


def start(user: User, now: datetime) -> tuple[AdminSession, str]:
    """A new session to be written by the caller, and its cookie's value."""
    ticket = Ticket(user.id, secrets.token_urlsafe(32))
    session = AdminSession.key(user.id, ticket.session_id).item(
        id=ticket.session_id,
        user_id=user.id,
        epoch=int(user.session_epoch),
        created_at=now,
        seen_at=now,
        expires_at=now + LONGEST,
        ttl=now + LONGEST,
    )
    cookie = tokens.sign(TokenType.ADMIN, now=now, lifetime=LONGEST, user_id=user.id, jti=ticket.jti)
    return session, cookie


def ticket(cookie: str, now: datetime) -> Ticket:
    """What the cookie says, without a read. Raises Unauthorized."""
    claims = tokens.read(cookie, TokenType.ADMIN, now=now)
    return Ticket(str(claims.get("user_id")), str(claims["jti"]))


def visitor(ticket: Ticket, source_ip: str, now: datetime) -> Visitor:
    """The administrator behind a ticket: 1 read, and a write now and then. Raises Unauthorized."""
    user, session = table.fetch(User.key(ticket.user_id), AdminSession.key(ticket.user_id, ticket.session_id))
    if user is None or session is None or not user.is_active or not user.role.is_administrator:
        raise Unauthorized
    if int(session.epoch) != int(user.session_epoch) or session.expires_at <= now or session.seen_at + IDLE <= now:
        raise Unauthorized
    if session.seen_at + _NOTED_EVERY <= now:
        _note(session, now)
    return Visitor(user, session, ticket.form_token, source_ip)


def _note(session: AdminSession, now: datetime) -> None:
    try:
        table.write(session=Update(AdminSession.key(session.user_id, session.id), [AdminSession.seen_at.set(now)]))
    except Refused:
        raise Unauthorized from None

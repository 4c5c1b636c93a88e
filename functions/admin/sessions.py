"""The panel's sessions, their cookie, and the token that proves that a form came from our own page (OWASP: CSRF).

The cookie is a signed token, so refusing a forged one costs no read. Behind it stands an `AdminSession` item of the
user. The session is good for 12 hours at most, and ends 30 minutes after its last page, or when the user is
deactivated, is no administrator any more, or got a new session epoch.
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
from quickcare.db.operations import Check, Operation, Refused, Update, is_true, unchanged
from quickcare.errors import Forbidden, Unauthorized
from quickcare.roles import Role

from admin.request import Request

COOKIE = "quickcare_admin"
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
# A page within 20 seconds after another is not written down, so a session may end up to 20 seconds early.
_NOTED_EVERY = timedelta(seconds=20)
_NOT_OURS = "This form did not come from your open session. Go back, reload the page and try again."


class Ticket(NamedTuple):
    """What one of our cookies says. Whether its session is still live is not known yet."""

    user_id: str
    jti: str

    @property
    def session_id(self) -> str:
        """The id of the cookie's session: the SHA-256 of its `jti`, in hex."""
        return hashlib.sha256(self.jti.encode()).hexdigest()

    @property
    def form_token(self) -> str:
        """The token that every form of this session carries. Only who knows the cookie can make it."""
        return form_token(self.jti)


class Administrator(NamedTuple):
    """An administrator with a live session, and the address of their browser."""

    user: User
    session: AdminSession
    form_token: str
    source_ip: str

    @property
    def is_superadmin(self) -> bool:
        """Whether this is a superadmin; the others are admins."""
        return self.user.role is Role.SUPERADMIN

    def require_superadmin(self) -> None:
        """Raises Forbidden for an admin."""
        if not self.is_superadmin:
            raise Forbidden("Only a superadmin can do this.")

    def write(self, **writes: Operation) -> None:
        """Do all these operations or none: 1 transaction, which also checks that this administrator still may act.

        Raises Unauthorized when the account or the session has ended or changed, Refused when another condition failed.
        """
        try:
            table.write(**writes, **self._still_allowed())
        except Refused as refused:
            if refused.names & {"administrator", "session"}:
                raise Unauthorized from None
            raise

    def _still_allowed(self) -> dict[str, Operation]:
        same = is_true(User.is_active) & unchanged(self.user, "role_id", "session_epoch")
        return {
            "administrator": Check(User.key(self.user.id), same),
            "session": Check(AdminSession.key(self.user.id, self.session.id), AdminSession.pk.exists()),
        }


def form_token(secret: str) -> str:
    """The token for the forms of the browser that holds `secret` in a cookie. Raises Forbidden without a secret."""
    if not secret:
        raise Forbidden(_NOT_OURS)
    return hmac.new(secret.encode(), b"quickcare admin form", hashlib.sha256).hexdigest()


def require_form_token(sent: str, expected: str) -> None:
    """Raises Forbidden when the form was sent with another token than our page gave it."""
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(_NOT_OURS)


def start(user: User, now: datetime) -> tuple[AdminSession, str]:
    """A new session, which the caller has to write, and the value of its cookie."""
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


def ticket(request: Request, now: datetime) -> Ticket:
    """What the request's cookie says: no read. Raises Unauthorized when it is missing, expired or not ours."""
    claims = tokens.read(request.cookies.get(COOKIE, ""), TokenType.ADMIN, now=now)
    return Ticket(str(claims.get("user_id")), str(claims["jti"]))


def administrator(ticket: Ticket, source_ip: str, now: datetime) -> Administrator:
    """The administrator whose live session a ticket names: 1 read, and 1 write when the last page is 20 seconds old.

    Raises Unauthorized when the session is not live.
    """
    user, session = table.fetch(User.key(ticket.user_id), AdminSession.key(ticket.user_id, ticket.session_id))
    if user is None or session is None or not user.is_active or not user.role.is_administrator:
        raise Unauthorized
    if int(session.epoch) != int(user.session_epoch) or session.expires_at <= now or session.seen_at + IDLE <= now:
        raise Unauthorized
    if session.seen_at + _NOTED_EVERY <= now:
        _note_seen(session, now)
    return Administrator(user, session, ticket.form_token, source_ip)


def sender_of_form(request: Request, now: datetime) -> Administrator:
    """The administrator who sent a form of our own page: like `administrator`.

    Raises Unauthorized when the session is not live, Forbidden when the form is not ours.
    """
    sender = administrator(ticket(request, now), request.source_ip, now)
    require_form_token(request.form.get("token", ""), sender.form_token)
    return sender


def _note_seen(session: AdminSession, now: datetime) -> None:
    try:
        table.write(session=Update(AdminSession.key(session.user_id, session.id), [AdminSession.seen_at.set(now)]))
    except Refused:
        raise Unauthorized from None

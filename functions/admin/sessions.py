"""The panel's sessions, their cookie, and the token that proves that a form came from our own page (OWASP: CSRF).

The cookie is a signed token, so refusing a forged one costs no read. Behind it stands an `AdminSession` item of the
user. The session is good for 12 hours at most, and ends 30 minutes after its last page, or when the user is
deactivated, is no administrator any more, or got a new session epoch.

After the password alone a session may do nothing but go on with the login, where a second factor is set up or required
(decision 0021). It ends after a quarter of an hour, and the second step makes a new session of it.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare import security_log
from quickcare.accounts import liveness, second_factor, tokens
from quickcare.accounts.tokens import TokenType
from quickcare.db import keys, table
from quickcare.db.items import AdminSession, LogHead, SecondFactor, User
from quickcare.db.operations import Check, Operation, Refused, Update, is_true, unchanged
from quickcare.errors import Forbidden, Unauthorized
from quickcare.roles import Role

from admin.cookies import COOKIE
from admin.request import Request

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
UNFINISHED = timedelta(minutes=15)
CODE_PAGE, SETUP_PAGE = "login/code", "second-factor"
# A page within 20 seconds after another is not written down, so a session may end up to 20 seconds early.
_NOTED_EVERY = timedelta(seconds=20)
_NOT_OURS = "This form did not come from your open session. Go back, reload the page and try again."


class Unfinished(Exception):
    """The password was right, and the login is not finished. `page` is the path of the page where it goes on."""

    def __init__(self, page: str) -> None:
        self.page = page
        super().__init__(page)


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
    """An administrator with a live session, the address of their browser, and their second factor if they have one.

    `head` is where the audit ended when the session was read.
    """

    user: User
    session: AdminSession
    form_token: str
    source_ip: str
    factor: SecondFactor | None = None
    head: LogHead | None = None

    @property
    def goes_on(self) -> str | None:
        """The page on which an unfinished login goes on; None when it is finished."""
        return None if self.session.has_second_factor else next_step(self.factor)

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

        An operation named `session` changes or ends this session in place of the check that it is live, and one named
        `administrator` changes this account in place of the check of it, under these conditions.
        Raises Unauthorized when the account or the session has ended or changed, Refused when another condition failed.
        """
        try:
            table.write(**{**self.still_allowed(), **writes})
        except Refused as refused:
            self.require_allowed(refused)
            raise

    def require_allowed(self, refused: Refused) -> None:
        """Raises Unauthorized when a write was refused because of `still_allowed`."""
        if refused.names & {"administrator", "session"}:
            raise Unauthorized from None

    def still_allowed(self) -> dict[str, Operation]:
        """The checks that this administrator still may act, for a transaction that `write` does not send."""
        same = is_true(User.is_active) & unchanged(self.user, "role_id", "session_epoch")
        return {
            "administrator": Check(User.key(self.user.id), same),
            "session": Check(AdminSession.key(self.user.id, self.session.id), AdminSession.pk.exists()),
        }


def next_step(factor: SecondFactor | None) -> str | None:
    """The page on which a login goes on after the password; None when nothing more is asked for."""
    if factor is not None:
        return CODE_PAGE
    return SETUP_PAGE if second_factor.is_required() else None


def form_token(secret: str) -> str:
    """The token for the forms of the browser that holds `secret` in a cookie. Raises Forbidden without a secret."""
    if not secret:
        raise Forbidden(_NOT_OURS)
    return hmac.new(secret.encode(), b"quickcare admin form", hashlib.sha256).hexdigest()


def require_form_token(sent: str, expected: str) -> None:
    """Raises Forbidden when the form was sent with another token than our page gave it."""
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(_NOT_OURS)


def start(
    user: User, now: datetime, lifetime: timedelta = LONGEST, *, has_second_factor: bool = False
) -> tuple[AdminSession, str]:
    """A new session, which the caller has to write, and the value of its cookie."""
    ticket = Ticket(user.id, secrets.token_urlsafe(32))
    session = AdminSession.key(user.id, ticket.session_id).item(
        id=ticket.session_id,
        user_id=user.id,
        epoch=int(user.session_epoch),
        created_at=now,
        seen_at=now,
        expires_at=now + lifetime,
        ttl=now + lifetime,
        has_second_factor=has_second_factor,
    )
    cookie = tokens.sign(TokenType.ADMIN, now=now, lifetime=lifetime, user_id=user.id, jti=ticket.jti)
    return session, cookie


def ticket(request: Request, now: datetime) -> Ticket:
    """What the request's cookie says: no read. Raises Unauthorized when it is missing, expired or not ours."""
    found = read_cookie(request.cookies.get(COOKIE.name, ""), now)
    security_log.acting(found.user_id)
    return found


def read_cookie(value: str, now: datetime) -> Ticket:
    """What the value of a cookie says; raises like `ticket`."""
    claims = tokens.read(value, TokenType.ADMIN, now=now)
    return Ticket(str(claims.get("user_id")), str(claims["jti"]))


def administrator(ticket: Ticket, source_ip: str, now: datetime) -> Administrator:
    """The administrator whose live session a ticket names: 1 read, and 1 write when the last page is 20 seconds old.

    Raises Unauthorized when the session is not live, Unfinished when the login is not finished.
    """
    found = holder(ticket, source_ip, now)
    if found.goes_on:
        raise Unfinished(found.goes_on)
    return found


def holder(ticket: Ticket, source_ip: str, now: datetime) -> Administrator:
    """The same as `administrator`, also when the login is not finished."""
    user, session, factor, head = table.fetch(
        User.key(ticket.user_id),
        AdminSession.key(ticket.user_id, ticket.session_id),
        SecondFactor.key(ticket.user_id),
        LogHead.of(keys.AUDIT),
    )
    if user is None or session is None or not user.is_active or not user.role.is_administrator:
        raise Unauthorized
    if liveness.is_older(session, user):
        session = table.fetch(AdminSession.key(ticket.user_id, ticket.session_id))
    if session is None or not liveness.is_live(session, user, now) or session.seen_at + IDLE <= now:
        raise Unauthorized
    if session.seen_at + _NOTED_EVERY <= now:
        _note_seen(session, now)
    return Administrator(user, session, ticket.form_token, source_ip, factor, head)


def sender_of_form(request: Request, now: datetime) -> Administrator:
    """The administrator who sent a form of our own page: like `administrator`.

    Raises Unauthorized when the session is not live, Unfinished when the login is not finished, Forbidden when the form
    is not ours.
    """
    sender = holder_who_sent_form(request, now)
    if sender.goes_on:
        raise Unfinished(sender.goes_on)
    return sender


def holder_who_sent_form(request: Request, now: datetime) -> Administrator:
    """The same as `sender_of_form`, also when the login is not finished."""
    sender = holder(ticket(request, now), request.source_ip, now)
    require_form_token(request.form.get("token", ""), sender.form_token)
    return sender


def _note_seen(session: AdminSession, now: datetime) -> None:
    try:
        table.write(session=Update(AdminSession.key(session.user_id, session.id), [AdminSession.seen_at.set(now)]))
    except Refused:
        raise Unauthorized from None

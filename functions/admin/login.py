"""Login and logout of the panel: the rules of every login (see `quickcare.login`), for administrators only."""

import re
import secrets
from datetime import datetime

from aws_lambda_powertools.event_handler import Response
from pydantic import TypeAdapter, ValidationError
from quickcare.accounts import login
from quickcare.db import table
from quickcare.db.items import AdminSession, User
from quickcare.db.operations import Create, Delete
from quickcare.errors import AppError, Forbidden, TooManyRequests, Unauthorized
from quickcare.web.fields import Contact

from admin import audit, pages, sessions
from admin.request import Asked, inside
from admin.sessions import Visitor

COOKIE, FORM_COOKIE = "quickcare_admin", "quickcare_admin_form"
_FORM_SECONDS = 3600
_OLD = "This page had been open for too long. Please log in again."
# 24 random bytes, as `secrets.token_urlsafe` writes them.
_FORM_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_LONGEST_PASSWORD = 1024


def welcome(asked: Asked, now: datetime) -> Response[str]:
    """The login form, or the way on for somebody who has a cookie of ours already."""
    try:
        sessions.ticket(asked.cookies.get(COOKIE, ""), now)
    except Unauthorized:
        return form(asked)
    return pages.redirect(asked.url(inside(asked.query.get("next", ""))))


def form(asked: Asked, *, error: AppError | None = None, contact: str = "") -> Response[str]:
    """The login form. It has no session to be bound to, so it is bound to a cookie of its own."""
    secret = _form_secret(asked) or secrets.token_urlsafe(24)
    page = pages.html(
        asked,
        "login.html",
        status=error.status if error else 200,
        token=sessions.form_token(secret),
        error=error.message if error else "",
        contact=contact,
        onward=inside(asked.form.get("next") or asked.query.get("next", "")),
    )
    page.cookies = [pages.cookie(asked, FORM_COOKIE, secret, _FORM_SECONDS)]
    if isinstance(error, TooManyRequests):
        page.headers["Retry-After"] = str(error.retry_after)
    return page


def send(asked: Asked) -> Response[str]:
    """Send somebody without a live session to the login, and back afterwards.

    Whoever comes from another site sends no cookie, and may have a live one: only one that was sent is deleted.
    """
    onward = inside(asked.here)
    if COOKIE not in asked.cookies:
        return pages.redirect(asked.url("login", next=onward))
    return pages.redirect(asked.url("login", next=onward, done="expired"), [pages.cookie(asked, COOKIE, "", 0)])


def log_in(asked: Asked, now: datetime) -> Response[str]:
    """Check the form and begin a session; what is wrong is told in the form."""
    contact = asked.form.get("contact", "").strip()
    try:
        _require_own_form(asked)
        cookie = _begin(contact, asked.form.get("password", "")[:_LONGEST_PASSWORD], asked.source_ip, now)
    except (Unauthorized, Forbidden, TooManyRequests) as error:
        return form(asked, error=error, contact=contact)
    onward = asked.url(inside(asked.form.get("next", "")))
    lifetime = int(sessions.LONGEST.total_seconds())
    cookies = [pages.cookie(asked, COOKIE, cookie, lifetime), pages.cookie(asked, FORM_COOKIE, "", 0)]
    return pages.redirect(onward, cookies)


def log_out(asked: Asked, visitor: Visitor, now: datetime) -> Response[str]:
    """End the visitor's session."""
    session = AdminSession.key(visitor.user.id, visitor.session.id)
    table.write(session=Delete(session), **audit.of(visitor, "logged_out", now))
    return pages.redirect(asked.url("login", done="logged-out"), [pages.cookie(asked, COOKIE, "", 0)])


def _require_own_form(asked: Asked) -> None:
    """Raises Forbidden for another site's form, and for ours when its cookie is over or was replaced."""
    try:
        sessions.require_form_token(asked.form.get("token", ""), sessions.form_token(_form_secret(asked)))
    except Forbidden:
        raise Forbidden(_OLD) from None


def _form_secret(asked: Asked) -> str:
    """What ties the form to this browser; empty when it has none that we made: it goes back into a header."""
    secret = asked.cookies.get(FORM_COOKIE, "")
    return secret if _FORM_SECRET.fullmatch(secret) else ""


def _begin(text: str, password: str, source_ip: str, now: datetime) -> str:
    """The cookie of a new session. Somebody who is no administrator reads what a wrong password reads."""
    try:
        contact = TypeAdapter(Contact).validate_python(text.replace(" ", ""))
    except ValidationError:
        raise Unauthorized(login.WRONG) from None
    user: User = login.authenticate(contact, password, now)
    if not user.role.is_administrator:
        raise Unauthorized(login.WRONG)
    session, cookie = sessions.start(user, now)
    login.complete(user, password, session=Create(session), **audit.by(user, source_ip, "logged_in", now))
    return cookie

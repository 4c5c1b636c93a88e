"""Login and logout of the panel.

The rules are those of every login (`quickcare.accounts.login`); only administrators get in.
"""

import re
import secrets
from datetime import datetime

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from quickcare.accounts import audit_entries, login
from quickcare.db import keys, table
from quickcare.db.items import AdminSession, ContactOwner, Door, LogHead, SecondFactor, User
from quickcare.db.operations import Create, Delete
from quickcare.errors import AppError, Forbidden, TooManyRequests, Unauthorized
from quickcare.web import written

from admin import audit, pages, sessions
from admin.cookies import COOKIE, FORM_COOKIE
from admin.request import Request, inside
from admin.sessions import Administrator

_FORM_SECONDS = 3600
_OLD = "This page had been open for too long. Please log in again."
# 24 random bytes as `secrets.token_urlsafe` writes them.
_FORM_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_LONGEST_PASSWORD = 1024


def welcome(request: Request, now: datetime) -> Response[str]:
    """The login form; who has a session's cookie already is sent on to the page they wanted."""
    try:
        sessions.ticket(request, now)
    except Unauthorized:
        return form(request)
    return pages.redirect(request.url(inside(request.query.get("next", ""))))


def form(request: Request, *, error: AppError | None = None, contact: str = "") -> Response[str]:
    """The login form, with the error of the last try. There is no session yet, so the form's token belongs to a cookie
    of its own."""
    secret = _form_secret(request) or secrets.token_urlsafe(24)
    page = pages.form(
        request,
        "login.html",
        error=error,
        token=sessions.form_token(secret),
        contact=contact,
        onward=inside(request.form.get("next") or request.query.get("next", "")),
    )
    page.cookies = [FORM_COOKIE.set(request, secret, _FORM_SECONDS)]
    return page


def send(request: Request) -> Response[str]:
    """Send a browser without a live session to the login, and back to this page afterwards.

    A request that another site caused carries no cookie, though the browser may have a live session. Therefore the
    answer deletes the cookie only when the request carried it.
    """
    onward = inside(request.here)
    if COOKIE.name not in request.cookies:
        return pages.redirect(request.url("login", next=onward))
    return pages.redirect(request.url("login", next=onward, done="expired"), [COOKIE.set(request, "", 0)])


def log_in(request: Request, now: datetime) -> Response[str]:
    """Check contact and password and start a session. What is wrong stands in the form that is shown again."""
    contact = request.form.get("contact", "").strip()
    try:
        _require_own_form(request)
        cookie = _start_session(contact, request.form.get("password", "")[:_LONGEST_PASSWORD], request.source_ip, now)
    except (Unauthorized, Forbidden, TooManyRequests) as error:
        return form(request, error=error, contact=contact)
    onward = request.url(inside(request.form.get("next", "")))
    return pages.redirect(onward, [session_cookie(request, cookie), FORM_COOKIE.set(request, "", 0)])


def session_cookie(request: Request, value: str) -> Cookie:
    """The cookie of a new session."""
    return COOKIE.set(request, value, int(sessions.LONGEST.total_seconds()))


def log_out(request: Request, administrator: Administrator, now: datetime) -> Response[str]:
    """End the administrator's session, and let the browser forget what this host keeps there: 1 write."""
    session = AdminSession.key(administrator.user.id, administrator.session.id)
    table.write(session=Delete(session), **audit.entry(administrator, "logged_out", now))
    answer = pages.redirect(request.url("login", done="logged-out"), [COOKIE.set(request, "", 0)])
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _require_own_form(request: Request) -> None:
    """Raises Forbidden when another site made the form, or when the form's cookie has expired or was replaced."""
    try:
        sessions.require_form_token(request.form.get("token", ""), sessions.form_token(_form_secret(request)))
    except Forbidden:
        raise Forbidden(_OLD) from None


def _form_secret(request: Request) -> str:
    """The secret in the login form's cookie; empty when the browser has none, or one that we cannot have made.

    The secret goes back to the browser in a header, so nothing foreign may pass here.
    """
    secret = request.cookies.get(FORM_COOKIE.name, "")
    return secret if _FORM_SECRET.fullmatch(secret) else ""


def _note_failed(contact: int, source_ip: str, now: datetime) -> None:
    """Write a login that failed into the audit: 2 reads, 1 write, the same whether anybody has the contact.

    How many there can be is limited with the tries themselves: those that a limit refuses are not written.
    """
    owner, head = table.fetch(ContactOwner.key(contact), LogHead.of(keys.AUDIT))
    user = table.fetch(User.key(owner.user_id if owner else "nobody"))
    known = {"target": f"users/{user.id}", "target_name": user.name} if user else {"detail": _unknown(contact)}
    table.write(**audit_entries.entry("nobody", "Somebody", source_ip, "failed_login", now, head, **known))


def _unknown(contact: int) -> str:
    # No more of a number that may be a stranger's: nobody can delete the entry.
    return f"with a number that ends in {str(contact)[-4:]}"


def _start_session(text: str, password: str, source_ip: str, now: datetime) -> str:
    """Write a new session and return the value of its cookie: 3 reads, 2 writes.

    Where a second factor follows, the session may only go on with the login, and its entry in the audit says so.
    Raises Unauthorized, with the same words for a wrong password and for a user who is no administrator, and what
    `login.authenticate` raises.
    """
    contact = written.contact(text)
    if contact is None:
        raise Unauthorized(login.WRONG)
    try:
        proof = login.authenticate(contact, password, source_ip, now, door=Door.PANEL)
        if not proof.user.role.is_administrator:
            raise Unauthorized(login.WRONG)
    except (Unauthorized, Forbidden):
        _note_failed(contact, source_ip, now)
        raise
    user: User = proof.user
    factor, head = table.fetch(SecondFactor.key(user.id), LogHead.of(keys.AUDIT))
    unfinished = sessions.next_step(factor) is not None
    lifetime, action = (sessions.UNFINISHED, "gave_password") if unfinished else (sessions.LONGEST, "logged_in")
    session, cookie = sessions.start(user, now, lifetime)
    trail = audit.entry_of_user(user, source_ip, action, now, head)
    login.complete(proof, password, session=Create(session), **trail)
    return cookie

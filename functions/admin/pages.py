"""The panel's answers: HTML pages from the templates, redirects and static files, with their headers."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from quickcare.db.items import Appointment
from quickcare.errors import AppError, NotFound, TooManyRequests
from quickcare.roles import Role
from quickcare.settings import settings

from admin import audit
from admin.request import Request
from admin.sessions import Administrator

_HERE = Path(__file__).parent
_MEDIA_TYPES = {"panel.css": "text/css; charset=utf-8", "favicon.svg": "image/svg+xml; charset=utf-8"}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: dict[str, str | list[str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SECTIONS = {
    "today": "Today",
    "users": "Users",
    "appointments": "Appointments",
    "messages": "Messages",
    "otp-logs": "OTP Logs",
    "temp-passwords": "Temp Password Logs",
    "clinics": "Clinics",
    "doctors": "Doctors",
    "documents": "Documents",
    "roles": "Roles",
    "audit": "Audit",
}
DONE = {
    "activated": "The account is active again.",
    "deactivated": "The account is deactivated and all its sessions have ended.",
    "person-changed": "The account has been changed.",
    "clinic-changed": "The clinic has been changed.",
    "nothing-changed": "Everything has been so already.",
    "password": "Your password has been changed, and all your other sessions have ended.",
    "role": "The role has been changed.",
    "same-role": "That has been the role already.",
    "clinic-activated": "The clinic is public again.",
    "clinic-deactivated": "The clinic is no longer public.",
    "second-factor-reset": "The second factor is gone and all sessions of the account have ended.",
    "clinic-verified": "The clinic is verified.",
    "clinic-unverified": "The clinic is no longer verified.",
    "all-verified": "All that were ticked are verified.",
    "verified": "The doctor is verified.",
    "unverified": "The doctor is no longer verified.",
    "cancelled": "The appointment is cancelled, and patient and doctor are told.",
    "session-ended": "The session has ended.",
    "sessions-ended": "All sessions of the account have ended.",
    "sent-again": "The message is on its way again.",
    "logged-out": "You are logged out.",
    "expired": "Your session has ended. Please log in again.",
}
_NOTHING = "\N{EN DASH}"
_ABBREVIATIONS = {"ent"}
ROLE_NAMES = {role: role.name.replace("_", " ").capitalize() for role in Role}


def html(
    request: Request, template: str, administrator: Administrator | None = None, *, status: int = 200, **shown: Any
) -> Response[str]:
    """A page. For an administrator it has the navigation, and the token in its forms."""
    known = {
        "request": request,
        "base": request.base,
        "administrator": administrator,
        "done": DONE.get(request.query.get("done", ""), ""),
    }
    text = _templates().get_template(template).render(**known, **shown)
    return Response(status, "text/html; charset=utf-8", text, dict(_HEADERS))


def form(
    request: Request,
    template: str,
    administrator: Administrator | None = None,
    *,
    error: AppError | None = None,
    **shown: Any,
) -> Response[str]:
    """A page with a form, which has the error of the last try."""
    status, text = (error.status, error.message) if error else (HTTPStatus.OK, "")
    return with_wait(html(request, template, administrator, status=status, error=text, **shown), error)


def with_wait(page: Response[str], error: AppError | None) -> Response[str]:
    """The page, which after too many tries says when the next one is allowed."""
    if isinstance(error, TooManyRequests) and error.retry_after is not None:
        page.headers["Retry-After"] = str(error.retry_after)
    return page


def failure(request: Request, status: int, message: str) -> Response[str]:
    """A page that says what did not work, with a link back. After a failure of ours (5xx) it offers the form again; a
    number by which a list was searched can be corrected."""
    section = request.path.split("/")[0]
    section = section if section in SECTIONS else "users"
    back, label = (request.back, "Back") if request.form else (section, f"Back to {SECTIONS[section]}")
    # A form with a password or a code is not offered again: the page would carry it.
    is_secret = not {"password", "code"}.isdisjoint(request.form)
    again = request.form if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not is_secret else {}
    is_search = request.path in SECTIONS and status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
    searched = request.filters if is_search and "contact" in request.filters else {}
    shown: dict[str, Any] = {"code": status, "message": message, "back": back, "label": label, "again": again}
    shown["searched"] = searched
    return html(request._replace(query={}), "error.html", status=status, **shown)


def redirect(location: str, cookies: Sequence[Cookie] = ()) -> Response[str]:
    """An answer after which the browser loads `location` with a GET (303)."""
    headers = {**_HEADERS, "Location": location}
    return Response(303, "text/plain; charset=utf-8", "See the Location header.", headers, list(cookies))


def file(name: str, media_type: str, text: str) -> Response[str]:
    """An answer that a browser saves under this name."""
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(200, media_type, text, headers)


def static(name: str, version: str) -> Response[str]:
    """A stylesheet or icon. Raises NotFound.

    Pages name a file with its hash as `version`; under this hash a browser may keep it for a year.
    """
    if name not in _MEDIA_TYPES:
        raise NotFound
    # During a deployment an old process may be asked for the new file; nobody may keep its answer.
    kept = "public, max-age=31536000, immutable" if version == _version(name) else "no-cache"
    return Response(200, _MEDIA_TYPES[name], _static(name), {**_HEADERS, "Cache-Control": kept})


@cache
def _static(name: str) -> str:
    return (_HERE / "static" / name).read_text("utf-8")


@cache
def _version(name: str) -> str:
    return hashlib.sha256(_static(name).encode()).hexdigest()[:12]


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "when": _when,
        "role": _role,
        "phone": _phone,
        "words": words,
        "visit": _visit,
        "day": _day,
        "bdi": _bdi,
        "in_words": in_words,
    }
    environment.globals |= {"version": _version, "roles": ROLE_NAMES, "actions": audit.ACTIONS, "sections": SECTIONS}
    return environment


def _when(moment: datetime | None) -> Markup | str:
    """An instant as date and time in the clinics' time zone."""
    if moment is None:
        return _NOTHING
    local = moment.astimezone(settings().time_zone)
    return Markup('<time datetime="{}">{}</time>').format(
        local.isoformat(timespec="seconds"), f"{local.day} {local:%b %Y, %H:%M}"
    )


def in_words(detail: str | None) -> str:
    """The detail of an audit entry. Those from before named roles as the API does."""
    text = detail or _NOTHING
    for role, name in ROLE_NAMES.items():
        text = re.sub(rf"\b{role.wire_name}\b", name, text)
    return text


def _role(role_id: Any) -> str:
    return ROLE_NAMES[Role(int(role_id))]


def _phone(contact: Any) -> str:
    digits = str(int(contact))
    return f"{digits[:5]} {digits[5:]}" if len(digits) == 10 else digits


def _visit(appointment: Appointment) -> str:
    """When an appointment is, in the clinics' time zone, in which it is kept."""
    return f"{_day(appointment.appointment_date)}, {appointment.appointment_time}"


def _day(text: str) -> str:
    """A date (`YYYY-MM-DD`) as people write it."""
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _bdi(name: str) -> Markup:
    """A name that people gave, isolated: one in Arabic, or one with controls, turns no text beside it around."""
    return Markup("<bdi>{}</bdi>").format(name)


def words(name: str | None) -> str:
    """A code of the API in words: `no_show` is `No show`."""
    if name in _ABBREVIATIONS:
        return name.upper()
    return (name or _NOTHING).replace("_", " ").capitalize()

"""What the pages of the second factor show: its state, the QR code of an offer, recovery codes and the second step."""

from collections.abc import Sequence
from datetime import datetime

from aws_lambda_powertools.event_handler import Response
from markupsafe import Markup
from quickcare.accounts import second_factor as rules
from quickcare.errors import AppError

from admin import pages, second_factor, sessions
from admin.request import Request, inside
from admin.sessions import Administrator, Unfinished


def code_form(request: Request, sender: Administrator, error: AppError | None = None) -> Response[str]:
    """The second step of the login, with the error of the last try."""
    return pages.form(request, "login_code.html", error=error, sender=sender, onward=_onward(request))


def state(request: Request, sender: Administrator, now: datetime, error: AppError | None = None) -> Response[str]:
    """How a second factor is set up; when there is one, how many recovery codes are left.

    Raises Unfinished when there is one and this session has not entered a code.
    """
    if sender.goes_on == sessions.CODE_PAGE:
        raise Unfinished(sessions.CODE_PAGE)
    shown = {"sender": sender, "onward": _onward(request), "required": rules.is_required()}
    if sender.factor is None:
        shown |= _offer(sender, now)
    known = None if sender.goes_on else sender
    return pages.form(request, "second_factor.html", known, error=error, **shown)


def codes(request: Request, administrator: Administrator, made: Sequence[str]) -> Response[str]:
    """The recovery codes, which no other page shows."""
    return pages.html(request, "recovery_codes.html", administrator, codes=made, onward=_onward(request))


def _offer(sender: Administrator, now: datetime) -> dict[str, str]:
    import segno  # here, because nobody needs it but who sets up a second factor

    secret = second_factor.offer(sender, now)
    address = rules.address(secret, int(sender.user.contact))
    # Everything in it is ours and escaped by the library; the panel's policy allows no image from elsewhere.
    picture = segno.make(address, micro=False).svg_inline(dark="#000", light="#fff", omitsize=True)
    key = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"address": address, "qr": Markup(picture), "key": key}  # noqa: S704


def _onward(request: Request) -> str:
    return inside(request.form.get("next") or request.query.get("next", ""))

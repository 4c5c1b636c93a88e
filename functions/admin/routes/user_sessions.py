"""Routes of `/admin/users/<user_id>/sessions`."""

from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import may

from admin import accounts, lists, pages, parameters, user_sessions, users
from admin.request import current
from admin.sessions import Administrator, sender_of_form

router = APIGatewayRouter()


@router.get("/admin/users/<user_id>/sessions")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_sessions(user_id: str) -> Response[str]:
    """The live sessions of a person; that they were shown is noted in the audit."""
    request, now = current(router), clock.now()
    read = partial(user_sessions.of, parameters.uuid(user_id), now)

    def note(administrator: Administrator, found: user_sessions.Found) -> None:
        users.note_opened("opened_sessions", administrator, found.user, now)

    shown: dict[str, Any] = {"is_changeable": accounts.may_change}
    return lists.page(request, "sessions.html", read, csv=user_sessions.SHEET, note=note, **shown)


@router.post("/admin/users/<user_id>/sessions/end")
@may(Role.SUPERADMIN, Role.ADMIN)
def end_sessions(user_id: str) -> Response[str]:
    """End all sessions of a person."""
    request, now = current(router), clock.now()
    user_sessions.end_all(sender_of_form(request, now), parameters.uuid(user_id), now)
    return pages.redirect(request.done(f"users/{user_id}/sessions", "sessions-ended"))


@router.post("/admin/users/<user_id>/sessions/<session_id>/end")
@may(Role.SUPERADMIN, Role.ADMIN)
def end_session(user_id: str, session_id: str) -> Response[str]:
    """End one session of a person."""
    request, now = current(router), clock.now()
    sender = sender_of_form(request, now)
    user_sessions.end(sender, parameters.uuid(user_id), parameters.digest(session_id), now)
    return pages.redirect(request.done(f"users/{user_id}/sessions", "session-ended"))

"""Routes of `/api/users/sessions/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.web.access import logged_in, may, owner_of
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from users import own_sessions
from users.parameters import SessionId
from users.schemas.messages import Message
from users.schemas.sessions import SessionView

router = APIGatewayRouter()


@router.get("/api/users/sessions")
@may(logged_in)
def sessions(caller: CallerDep, page: ArrayPageDep) -> Response[list[SessionView]]:
    """Where the caller is logged in, the newest login first."""
    now = clock.now()
    found, last = own_sessions.page_of(caller, page.limit, page.after, now)
    views = [SessionView.of(session, caller.session_id) for session in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, now))


@router.delete("/api/users/sessions/<session_id>")
@may(owner_of("session"))
def end_session(session_id: SessionId, caller: CallerDep) -> Message:
    """Log one of the caller's sessions out; it may be the one that asks."""
    own_sessions.end(caller, session_id, clock.now())
    return Message(message="Session ended.")

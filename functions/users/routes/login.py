"""Routes of login, its tokens and logout."""

from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.errors import Forbidden, Unauthorized
from quickcare.web.access import anyone, logged_in, may
from quickcare.web.answers import also_answers
from quickcare.web.identity import CallerDep, ClientDep
from quickcare.web.views import UserView

from users import login
from users.schemas.login import (
    Empty,
    LoggedIn,
    LoginRequest,
    OnboardingRequired,
    Refreshed,
    RefreshRequest,
    VerifyRequest,
)
from users.schemas.messages import Message

router = APIGatewayRouter()


@router.post("/api/users/login")
@also_answers(Unauthorized, Forbidden)
@may(anyone)
def log_in(body: LoginRequest, client: ClientDep) -> LoggedIn | OnboardingRequired:
    """Log in with contact and password."""
    user, started = login.log_in(body.contact, body.password, client, clock.now())
    view = OnboardingRequired if user.role.is_staff and not user.is_complete_onboarding else LoggedIn
    return view(
        access=started.access,
        refresh=started.refresh,
        user=UserView.of(user),
        password_change_required=user.temporary_password_until is not None,
    )


@router.post("/api/users/token/refresh")
@also_answers(Unauthorized)
@may(anyone)
def refresh_token(body: RefreshRequest, client: ClientDep) -> Refreshed:
    """Get a new access token for a refresh token."""
    return Refreshed(access=login.refresh(body.refresh, client, clock.now()))


@router.post("/api/users/token/verify")
@also_answers(Unauthorized)
@may(anyone)
def verify_token(body: VerifyRequest) -> Empty:
    """Check that a token is good."""
    login.check(body.token, clock.now())
    return Empty()


@router.post("/api/users/logout")
@may(logged_in)
def log_out(body: RefreshRequest, caller: CallerDep) -> Message:
    """End the session of a refresh token."""
    login.log_out(caller.user_id, body.refresh, clock.now())
    return Message(message="Logged out.")

"""Routes of the panel's login and logout."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import anyone, may

from admin import login
from admin.request import current
from admin.sessions import holder_who_sent_form

router = APIGatewayRouter()


@router.get("/admin/login")
@may(anyone)
def login_form() -> Response[str]:
    """The login form."""
    return login.welcome(current(router), clock.now())


@router.post("/admin/login")
@may(anyone)
def log_in() -> Response[str]:
    """Log in with contact and password."""
    return login.log_in(current(router), clock.now())


@router.post("/admin/logout")
@may(Role.SUPERADMIN, Role.ADMIN)
def log_out() -> Response[str]:
    """End the session."""
    request, now = current(router), clock.now()
    return login.log_out(request, holder_who_sent_form(request, now), now)

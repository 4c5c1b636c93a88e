"""Routes of the panel's login and logout."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import anyone, may

from admin import login, own_password, pages, sessions
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


@router.get("/admin/password")
@may(Role.SUPERADMIN, Role.ADMIN)
def password_form() -> Response[str]:
    """The form for the administrator's own password."""
    request, now = current(router), clock.now()
    ticket = sessions.ticket(request, now)
    return own_password.form(request, sessions.administrator(ticket, request.source_ip, now))


@router.post("/admin/password")
@may(Role.SUPERADMIN, Role.ADMIN)
def change_password() -> Response[str]:
    """Change the administrator's own password."""
    request, now = current(router), clock.now()
    administrator = sessions.sender_of_form(request, now)
    try:
        own_password.change(administrator, request, now)
    except own_password.REFUSALS as error:
        return own_password.form(request, administrator, error)
    return pages.redirect(request.url(f"users/{administrator.user.id}", done="password"))

"""Routes of `/admin/otp-logs` and `/admin/temp-passwords`."""

from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import may

from admin import codes, lists, pages
from admin.request import current
from admin.sessions import sender_of_form

router = APIGatewayRouter()


@router.get("/admin/otp-logs")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_codes() -> Response[str]:
    """The one-time codes that were made, newest first."""
    request = current(router)
    read = partial(codes.find_codes, request.query)
    return lists.page(request, "otp_logs.html", read, csv=codes.CODES_SHEET, state=codes.state)


@router.post("/admin/otp-logs/reveal")
@may(Role.SUPERADMIN)
def reveal_code() -> Response[str]:
    """Show the live code of a log entry."""
    request, now = current(router), clock.now()
    administrator = sender_of_form(request, now)
    revealed = codes.reveal_code(administrator, request.form.get("log", ""), now)
    return pages.html(request, "revealed.html", administrator, revealed=revealed, section="otp-logs")


@router.get("/admin/temp-passwords")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_passwords() -> Response[str]:
    """The temporary passwords that were sent, newest first."""
    return lists.page(current(router), "temp_passwords.html", codes.newest_passwords, csv=codes.PASSWORDS_SHEET)


@router.post("/admin/temp-passwords/reveal")
@may(Role.SUPERADMIN)
def reveal_password() -> Response[str]:
    """Show the temporary password of a log entry."""
    request, now = current(router), clock.now()
    administrator = sender_of_form(request, now)
    revealed = codes.reveal_password(administrator, request.form.get("log", ""), now)
    return pages.html(request, "revealed.html", administrator, revealed=revealed, section="temp-passwords")

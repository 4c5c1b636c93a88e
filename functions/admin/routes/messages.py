"""Routes of `/admin/messages`."""

from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import may

from admin import lists, messages, pages, parameters
from admin.request import current
from admin.sessions import sender_of_form

router = APIGatewayRouter()


@router.get("/admin/messages")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_messages() -> Response[str]:
    """The SMS of the last 30 days, newest first."""
    request = current(router)
    read = partial(messages.find, request.query, clock.now())
    shown: dict[str, Any] = {"states": messages.STATES, "filters": messages.FILTERS}
    return lists.page(request, "messages.html", read, csv=messages.SHEET, **shown)


@router.post("/admin/messages/<message_id>/again")
@may(Role.SUPERADMIN, Role.ADMIN)
def send_again(message_id: str) -> Response[str]:
    """Send an SMS again that failed."""
    request, now = current(router), clock.now()
    messages.send_again(sender_of_form(request, now), parameters.uuid(message_id), now)
    return pages.redirect(request.url(request.back, done="sent-again"))

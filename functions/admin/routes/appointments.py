"""Routes of `/admin/appointments`."""

from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.errors import AppError, BadRequest
from quickcare.roles import Role
from quickcare.web.access import may

from admin import appointments, lists, pages, parameters
from admin.request import Request, current
from admin.sessions import sender_of_form

router = APIGatewayRouter()
_SHOWN: dict[str, Any] = {"colours": appointments.STATES, "attention": appointments.ATTENTION}


@router.get("/admin/appointments")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_appointments() -> Response[str]:
    """The appointments of a patient, a doctor or a clinic. A number that was typed leads on to whose it is."""
    request = current(router)
    if contact := request.query.get("contact"):
        _, found = lists.read_for_administrator(request, partial(appointments.whose, contact))
        kept = {name: value for name, value in request.filters.items() if name in ("day", "status")}
        return pages.redirect(request.url("appointments", **found, **kept))
    return lists.page(
        request, "appointments.html", partial(appointments.find, request.query), csv=appointments.SHEET, **_SHOWN
    )


@router.get("/admin/appointments/<appointment_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_appointment(appointment_id: str) -> Response[str]:
    """An appointment, without what is medical about it."""
    return _page(current(router), appointment_id)


def _page(request: Request, appointment_id: str, error: AppError | None = None) -> Response[str]:
    """An appointment's page; `error` is that of its form, which keeps what was typed."""
    read = partial(appointments.one, parameters.number(appointment_id))
    administrator, details = lists.read_for_administrator(request, read)
    shown = {"details": details, "is_live": appointments.is_live(details), **_SHOWN}
    return pages.form(request, "appointment.html", administrator, error=error, **shown)


@router.post("/admin/appointments/<appointment_id>/cancel")
@may(Role.SUPERADMIN, Role.ADMIN)
def cancel_appointment(appointment_id: str) -> Response[str]:
    """Cancel an appointment in the clinic's place, with a reason."""
    request, now = current(router), clock.now()
    sender = sender_of_form(request, now)
    try:
        appointments.cancel(sender, parameters.number(appointment_id), request.form.get("reason", ""), now)
    except BadRequest as error:
        return _page(request, appointment_id, error)
    return pages.redirect(request.done(f"appointments/{appointment_id}", "cancelled"))

"""Pages of appointments, for all three sides."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from quickcare import clock
from quickcare.clinic.appointment_views import AppointmentView
from quickcare.web.paging import Page

from appointments.lists import AppointmentPage


def page_of(
    found: AppointmentPage, page: Page, *, to_doctor: bool = False, to_clinic: bool = False
) -> Response[list[AppointmentView]]:
    """The answer that shows a page of appointments, with the link to the next."""
    views = AppointmentView.of_all(found.appointments, to_doctor=to_doctor, to_clinic=to_clinic)
    return Response(HTTPStatus.OK, "application/json", views, page.headers(found.last, clock.now()))

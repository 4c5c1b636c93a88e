"""Routes of `/api/appointments/clinic/`: the clinic's side."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.clinic.appointment_views import AppointmentView
from quickcare.settings import settings
from quickcare.web.access import may, owner_of
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from appointments import changing, clinic_list
from appointments.clinic_list import ClinicFilters
from appointments.dashboard import clinic_day
from appointments.lists import Days
from appointments.parameters import (
    AppointmentId,
    AttentionFilter,
    ClinicId,
    DashboardDay,
    DashboardDoctor,
    DashboardStatus,
    DayFilter,
    DoctorFilter,
    FirstDay,
    LastDay,
    StatusFilter,
)
from appointments.routes.pages import page_of
from appointments.schemas import CancelAppointment, ClinicDay

router = APIGatewayRouter()


@router.get("/api/appointments/clinic/<clinic_id>/dashboard")
@may(owner_of("clinic"))
def dashboard(
    clinic_id: ClinicId,
    caller: CallerDep,
    page: ArrayPageDep,
    date: DashboardDay = None,
    status: DashboardStatus = None,
    doctor_id: DashboardDoctor = None,
) -> Response[ClinicDay]:
    """A day of the calling owner's clinic, by time."""
    now = clock.now()
    day = date or now.astimezone(settings().time_zone).date()
    found = clinic_day(caller.user_id, clinic_id, day, status, doctor_id, page)
    return Response(HTTPStatus.OK, "application/json", ClinicDay.of(found, day), page.headers(found.page.last, now))


@router.get("/api/appointments/clinic/<clinic_id>")
@may(owner_of("clinic"))
def clinics_appointments(
    clinic_id: ClinicId,
    caller: CallerDep,
    page: ArrayPageDep,
    date: DayFilter = None,
    from_date: FirstDay = None,
    to_date: LastDay = None,
    status: StatusFilter = None,
    doctor_id: DoctorFilter = None,
    needs_attention: AttentionFilter = None,
) -> Response[list[AppointmentView]]:
    """The appointments of the calling owner's clinic, newest date first.

    Of a clinic that an administrator closed only those that need attention.
    """
    days = Days(date, date) if date else Days(from_date, to_date)
    filters = ClinicFilters(days, status, doctor_id, needs_attention)
    return page_of(clinic_list.page(caller.user_id, clinic_id, filters, page.limit, page.after), page, to_clinic=True)


@router.patch("/api/appointments/clinic/<clinic_id>/<appointment_id>")
@may(owner_of("clinic"))
def cancel_appointment_for_clinic(
    clinic_id: ClinicId, appointment_id: AppointmentId, body: CancelAppointment, caller: CallerDep
) -> AppointmentView:
    """Cancel an appointment of the calling owner's clinic; patient and doctor are told by SMS.

    `cancelled` is the only status an owner may set, any other is a 403; only a `pending` or `confirmed` appointment
    can be cancelled, any other is a 400.
    """
    cancelled = changing.cancel_by_clinic(caller.user_id, clinic_id, appointment_id, body, clock.now())
    return AppointmentView.of(cancelled, to_clinic=True)

"""Routes of `/api/appointments/doctor/`: the doctor's side."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.clinic.appointment_views import AppointmentView
from quickcare.roles import Role
from quickcare.web.access import doctor_of, may, working
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep
from quickcare.web.public_url import LinkBaseDep

from appointments import changing, lists
from appointments.lists import Days
from appointments.parameters import AppointmentId, DayFilter, FirstDay, LastDay, StatusFilter
from appointments.routes.pages import page_of
from appointments.schemas import ChangeAppointment

router = APIGatewayRouter()


@router.get("/api/appointments/doctor")
@may(working(Role.DOCTOR))
def doctors_appointments(
    caller: CallerDep,
    page: ArrayPageDep,
    date: DayFilter = None,
    from_date: FirstDay = None,
    to_date: LastDay = None,
    status: StatusFilter = None,
) -> Response[list[AppointmentView]]:
    """The appointments with the calling doctor, newest date first."""
    days = Days(date, date) if date else Days(from_date, to_date)
    found = lists.doctors_list(caller.user_id, days, status, page.limit, page.after)
    return page_of(found, page, to_doctor=True)


@router.get("/api/appointments/doctor/<appointment_id>")
@may(doctor_of("appointment"))
def doctors_appointment(appointment_id: AppointmentId, caller: CallerDep) -> AppointmentView:
    """One of the appointments with the calling doctor."""
    return AppointmentView.of(lists.of_doctor(caller.user_id, appointment_id), to_doctor=True)


@router.patch("/api/appointments/doctor/<appointment_id>")
@may(doctor_of("appointment"))
def change_appointment(
    appointment_id: AppointmentId, body: ChangeAppointment, caller: CallerDep, link_base: LinkBaseDep
) -> AppointmentView:
    """Move the status of an appointment, or write its notes, fee and payment.

    `pending` may become `confirmed` or `cancelled`; `confirmed` may become `completed`, `cancelled` or `no_show`.
    Any other step is a 400 that names the `allowed_transitions`.
    """
    changed = changing.change(caller.user_id, appointment_id, body, link_base, clock.now())
    return AppointmentView.of(changed, to_doctor=True)

"""Routes of `/api/appointments/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from quickcare import clock
from quickcare.accounts import tokens
from quickcare.clinic import admission
from quickcare.clinic.admission import AdmissionChecklist
from quickcare.roles import Role
from quickcare.settings import settings
from quickcare.web import http, idempotency
from quickcare.web.access import doctor_of, former_patients, may, owner_of, patient_of, patient_of_clinic, working
from quickcare.web.idempotency import RequestIdDep
from quickcare.web.identity import CallerDep
from quickcare.web.paging import Page, PageDep
from quickcare.web.views import ClinicView

from appointments import booking, changing, clinic_list, lists
from appointments.clinic_list import ClinicFilters
from appointments.dashboard import clinic_day
from appointments.lists import AppointmentPage, Days
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
from appointments.schemas import (
    AppointmentView,
    BookAppointment,
    CancelAppointment,
    ChangeAppointment,
    ClinicDay,
)

app = APIGatewayRestResolver(**http.options())
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)

# The patient's side


@app.get("/api/appointments/my")
@may(Role.PATIENT, former_patients)
def my_appointments(caller: CallerDep, page: PageDep, status: StatusFilter = None) -> Response[list[AppointmentView]]:
    """The caller's own appointments, newest date first."""
    return _listed(lists.own_list(caller.user_id, status, page.limit, page.after), page)


@app.post("/api/appointments/my", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@may(Role.PATIENT)
def book(body: BookAppointment, caller: CallerDep, request_id: RequestIdDep) -> Response[AppointmentView]:
    """Book a free slot with a doctor.

    A free time is one of `GET /api/doctors/{doctor_id}/availability/slots/`.
    """
    booked = booking.book(caller.user_id, body, request_id, clock.now())
    return Response(HTTPStatus.CREATED, "application/json", AppointmentView.of(booked))


@app.get("/api/appointments/my/<appointment_id>")
@may(patient_of("appointment"))
def my_appointment(appointment_id: AppointmentId, caller: CallerDep) -> AppointmentView:
    """One of the caller's own appointments."""
    return AppointmentView.of(lists.own(caller.user_id, appointment_id))


@app.patch("/api/appointments/my/<appointment_id>")
@may(patient_of("appointment"))
def cancel(appointment_id: AppointmentId, body: CancelAppointment, caller: CallerDep) -> AppointmentView:
    """Cancel one of the caller's own appointments; its slot is free at once.

    `cancelled` is the only status a patient may set, any other is a 403; only a `pending` or `confirmed`
    appointment can be cancelled, any other is a 400.
    """
    return AppointmentView.of(changing.cancel(caller.user_id, appointment_id, body, clock.now()))


@app.put("/api/appointments/my/<appointment_id>")
@may(patient_of("appointment"))
def cancel_by_put(appointment_id: AppointmentId, body: CancelAppointment, caller: CallerDep) -> AppointmentView:
    """The same as PATCH, for clients that use PUT."""
    return cancel(appointment_id, body, caller)


@app.get("/api/appointments/my/clinics")
@may(Role.PATIENT, former_patients)
def my_clinics(caller: CallerDep, page: PageDep) -> Response[list[ClinicView]]:
    """The clinics that the caller visits as a patient."""
    found, last = lists.own_clinics(caller.user_id, page.limit, page.after)
    views = [ClinicView.of(clinic, owner) for clinic, owner in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))


@app.get("/api/appointments/my/clinics/<clinic_id>/admission-docs")
@may(patient_of_clinic)
def my_admission_documents(clinic_id: ClinicId, caller: CallerDep) -> AdmissionChecklist:
    """What the caller has to bring to a clinic that they visit."""
    return admission.checklist(caller.user_id, clinic_id)


# The doctor's side


@app.get("/api/appointments/doctor")
@may(working(Role.DOCTOR))
def doctors_appointments(
    caller: CallerDep,
    page: PageDep,
    date: DayFilter = None,
    from_date: FirstDay = None,
    to_date: LastDay = None,
    status: StatusFilter = None,
) -> Response[list[AppointmentView]]:
    """The appointments with the calling doctor, newest date first."""
    days = Days(date, date) if date else Days(from_date, to_date)
    found = lists.doctors_list(caller.user_id, days, status, page.limit, page.after)
    return _listed(found, page, to_doctor=True)


@app.get("/api/appointments/doctor/<appointment_id>")
@may(doctor_of("appointment"))
def doctors_appointment(appointment_id: AppointmentId, caller: CallerDep) -> AppointmentView:
    """One of the appointments with the calling doctor."""
    return AppointmentView.of(lists.of_doctor(caller.user_id, appointment_id), to_doctor=True)


@app.patch("/api/appointments/doctor/<appointment_id>")
@may(doctor_of("appointment"))
def change(appointment_id: AppointmentId, body: ChangeAppointment, caller: CallerDep) -> AppointmentView:
    """Move the status of an appointment, or write its notes, fee and payment.

    `pending` may become `confirmed` or `cancelled`; `confirmed` may become `completed`, `cancelled` or `no_show`.
    Any other step is a 400 that names the `allowed_transitions`.
    """
    return AppointmentView.of(changing.change(caller.user_id, appointment_id, body, clock.now()), to_doctor=True)


# The clinic's side


@app.get("/api/appointments/clinic/<clinic_id>/dashboard")
@may(owner_of("clinic"))
def dashboard(
    clinic_id: ClinicId,
    caller: CallerDep,
    page: PageDep,
    date: DashboardDay = None,
    status: DashboardStatus = None,
    doctor_id: DashboardDoctor = None,
) -> Response[ClinicDay]:
    """A day of the calling owner's clinic, by time."""
    now = clock.now()
    day = date or now.astimezone(settings().time_zone).date()
    found = clinic_day(caller.user_id, clinic_id, day, status, doctor_id, page)
    return Response(HTTPStatus.OK, "application/json", ClinicDay.of(found, day), page.headers(found.page.last, now))


@app.get("/api/appointments/clinic/<clinic_id>")
@may(owner_of("clinic"))
def clinics_appointments(
    clinic_id: ClinicId,
    caller: CallerDep,
    page: PageDep,
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
    return _listed(clinic_list.page(caller.user_id, clinic_id, filters, page.limit, page.after), page)


@app.patch("/api/appointments/clinic/<clinic_id>/<appointment_id>")
@may(owner_of("clinic"))
def cancel_for_clinic(
    clinic_id: ClinicId, appointment_id: AppointmentId, body: CancelAppointment, caller: CallerDep
) -> AppointmentView:
    """Cancel an appointment of the calling owner's clinic; patient and doctor are told by SMS.

    `cancelled` is the only status an owner may set, any other is a 403; only a `pending` or `confirmed` appointment
    can be cancelled, any other is a 400.
    """
    cancelled = changing.cancel_by_clinic(caller.user_id, clinic_id, appointment_id, body, clock.now())
    return AppointmentView.of(cancelled)


def _listed(found: AppointmentPage, page: Page, *, to_doctor: bool = False) -> Response[list[AppointmentView]]:
    views = [AppointmentView.of(details, to_doctor=to_doctor) for details in found.appointments]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(found.last, clock.now()))

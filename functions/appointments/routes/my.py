"""Routes of `/api/appointments/my/`: the patient's side."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.clinic import booking, changes
from quickcare.clinic.appointment_views import AppointmentView, BookAppointment
from quickcare.roles import Role
from quickcare.web.access import former_patients, may, patient_of, patient_of_clinic, without_place
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep
from quickcare.web.public_url import LinkBaseDep
from quickcare.web.views import ClinicView

from appointments import admission_docs, changing, lists
from appointments.admission_docs import PatientAdmissionDocument
from appointments.parameters import AppointmentId, ClinicId, StatusFilter
from appointments.routes.pages import page_of
from appointments.schemas import CancelAppointment

router = APIGatewayRouter()


@router.get("/api/appointments/my")
@may(Role.PATIENT, without_place, former_patients)
def my_appointments(
    caller: CallerDep, page: ArrayPageDep, status: StatusFilter = None
) -> Response[list[AppointmentView]]:
    """The caller's own appointments, newest date first."""
    return page_of(lists.own_list(caller.user_id, status, page.limit, page.after), page)


@router.post("/api/appointments/my", status_code=HTTPStatus.CREATED, middlewares=[idempotent(booking.replay)])
@may(Role.PATIENT, without_place)
def book_appointment(
    body: BookAppointment, caller: CallerDep, link_base: LinkBaseDep, kept_as: KeptAs
) -> Response[AppointmentView]:
    """Book a free slot with a doctor.

    A free time is one of `GET /api/doctors/{doctor_id}/availability/slots/`.
    """
    booked = booking.book(caller.user_id, body, link_base, clock.now(), keep=kept_as(AppointmentView.of))
    return Response(HTTPStatus.CREATED, "application/json", AppointmentView.of(booked))


@router.get("/api/appointments/my/<appointment_id>")
@may(patient_of("appointment"))
def my_appointment(appointment_id: AppointmentId, caller: CallerDep) -> AppointmentView:
    """One of the caller's own appointments."""
    return AppointmentView.of(changes.own(caller.user_id, appointment_id))


@router.patch("/api/appointments/my/<appointment_id>")
@may(patient_of("appointment"))
def cancel_appointment(appointment_id: AppointmentId, body: CancelAppointment, caller: CallerDep) -> AppointmentView:
    """Cancel one of the caller's own appointments; its slot is free at once.

    `cancelled` is the only status a patient may set, any other is a 403; only a `pending` or `confirmed`
    appointment can be cancelled, any other is a 400.
    """
    return AppointmentView.of(changing.cancel(caller.user_id, appointment_id, body, clock.now()))


@router.put("/api/appointments/my/<appointment_id>")
@may(patient_of("appointment"))
def cancel_appointment_by_put(
    appointment_id: AppointmentId, body: CancelAppointment, caller: CallerDep
) -> AppointmentView:
    """The same as PATCH, for clients that use PUT."""
    return cancel_appointment(appointment_id, body, caller)


@router.get("/api/appointments/my/clinics")
@may(Role.PATIENT, without_place, former_patients)
def visited_clinics(caller: CallerDep, page: ArrayPageDep) -> Response[list[ClinicView]]:
    """The clinics that the caller visits as a patient."""
    found, last = lists.own_clinics(caller.user_id, page.limit, page.after)
    views = [ClinicView.of(clinic, owner) for clinic, owner in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))


@router.get("/api/appointments/my/clinics/<clinic_id>/admission-docs")
@may(patient_of_clinic)
def my_admission_documents(clinic_id: ClinicId, caller: CallerDep) -> list[PatientAdmissionDocument]:
    """What the caller has to bring to a clinic that they visit, and what of it they have uploaded."""
    return admission_docs.to_bring(caller.user_id, clinic_id)

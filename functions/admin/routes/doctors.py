"""Routes of `/admin/doctors`."""

from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import may

from admin import bulk, doctors, lists, pages, parameters
from admin.request import current
from admin.sessions import sender_of_form

router = APIGatewayRouter()


@router.get("/admin/doctors")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_doctors() -> Response[str]:
    """The doctors, newest first."""
    request = current(router)
    read, count = partial(doctors.find, request.query), partial(doctors.count, request.query)
    return lists.page(request, "doctors.html", read, csv=doctors.SHEET, count=count)


@router.post("/admin/doctors/verify")
@may(Role.SUPERADMIN, Role.ADMIN)
def verify_doctors() -> Response[str]:
    """Say of all doctors that were ticked that they were checked."""
    request, now = current(router), clock.now()
    administrator = sender_of_form(request, now)
    return bulk.verify(
        request, administrator, "doctor", lambda one: doctors.verify(administrator, parameters.number(one), True, now)
    )


@router.post("/admin/doctors/<doctor_id>/verify")
@may(Role.SUPERADMIN, Role.ADMIN)
def verify_doctor(doctor_id: str) -> Response[str]:
    """Say that a doctor's registration was checked."""
    request, now = current(router), clock.now()
    doctors.verify(sender_of_form(request, now), parameters.number(doctor_id), True, now)
    return pages.redirect(request.url(request.back, done="verified"))


@router.post("/admin/doctors/<doctor_id>/unverify")
@may(Role.SUPERADMIN, Role.ADMIN)
def unverify_doctor(doctor_id: str) -> Response[str]:
    """Withdraw a doctor's verification."""
    request, now = current(router), clock.now()
    doctors.verify(sender_of_form(request, now), parameters.number(doctor_id), False, now)
    return pages.redirect(request.url(request.back, done="unverified"))

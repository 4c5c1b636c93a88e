"""Routes of `/admin/clinics`."""

from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.clinic.clinic_change import ClinicChange
from quickcare.errors import AppError, BadRequest
from quickcare.roles import Role
from quickcare.web.access import may

from admin import bulk, clinics, forms, lists, pages, parameters
from admin.request import Request, current
from admin.sessions import sender_of_form

router = APIGatewayRouter()


@router.get("/admin/clinics")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_clinics() -> Response[str]:
    """The clinics, newest first."""
    request = current(router)
    read, count = partial(clinics.find, request.query), partial(clinics.count, request.query)
    return lists.page(request, "clinics.html", read, csv=clinics.SHEET, count=count)


@router.get("/admin/clinics/<clinic_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_clinic(clinic_id: str) -> Response[str]:
    """A clinic and its members, newest first."""
    return _page(current(router), clinic_id)


def _page(request: Request, clinic_id: str, error: AppError | None = None) -> Response[str]:
    """A clinic's page; `error` is that of its form, which keeps what was typed."""
    read = partial(clinics.roster, parameters.uuid(clinic_id))
    return lists.page(request, "clinic.html", read, csv=clinics.ROSTER_SHEET, error=error)


@router.post("/admin/clinics/verify")
@may(Role.SUPERADMIN, Role.ADMIN)
def verify_clinics() -> Response[str]:
    """Say of all clinics that were ticked that they were checked."""
    request, now = current(router), clock.now()
    administrator = sender_of_form(request, now)
    return bulk.verify(
        request, administrator, "clinic", lambda one: clinics.verify(administrator, parameters.uuid(one), True, now)
    )


@router.post("/admin/clinics/<clinic_id>/change")
@may(Role.SUPERADMIN, Role.ADMIN)
def change_clinic(clinic_id: str) -> Response[str]:
    """Change a clinic's fields."""
    request, now = current(router), clock.now()
    administrator = sender_of_form(request, now)
    try:
        body = forms.read(ClinicChange, request)
    except BadRequest as error:
        return _page(request._replace(path=f"clinics/{clinic_id}"), clinic_id, error)
    is_new = clinics.change(administrator, parameters.uuid(clinic_id), body, now)
    return pages.redirect(request.done(f"clinics/{clinic_id}", "clinic-changed" if is_new else "nothing-changed"))


@router.post("/admin/clinics/<clinic_id>/deactivate")
@may(Role.SUPERADMIN, Role.ADMIN)
def deactivate_clinic(clinic_id: str) -> Response[str]:
    """Take a clinic out of public view."""
    request, now = current(router), clock.now()
    clinics.set_active(sender_of_form(request, now), parameters.uuid(clinic_id), False, now)
    return pages.redirect(request.done(f"clinics/{clinic_id}", "clinic-deactivated"))


@router.post("/admin/clinics/<clinic_id>/activate")
@may(Role.SUPERADMIN, Role.ADMIN)
def activate_clinic(clinic_id: str) -> Response[str]:
    """Put a clinic back into public view."""
    request, now = current(router), clock.now()
    clinics.set_active(sender_of_form(request, now), parameters.uuid(clinic_id), True, now)
    return pages.redirect(request.done(f"clinics/{clinic_id}", "clinic-activated"))


@router.post("/admin/clinics/<clinic_id>/verify")
@may(Role.SUPERADMIN, Role.ADMIN)
def verify_clinic(clinic_id: str) -> Response[str]:
    """Say that a clinic was checked."""
    request, now = current(router), clock.now()
    clinics.verify(sender_of_form(request, now), parameters.uuid(clinic_id), True, now)
    return pages.redirect(request.done(f"clinics/{clinic_id}", "clinic-verified"))


@router.post("/admin/clinics/<clinic_id>/unverify")
@may(Role.SUPERADMIN, Role.ADMIN)
def unverify_clinic(clinic_id: str) -> Response[str]:
    """Withdraw a clinic's verification."""
    request, now = current(router), clock.now()
    clinics.verify(sender_of_form(request, now), parameters.uuid(clinic_id), False, now)
    return pages.redirect(request.done(f"clinics/{clinic_id}", "clinic-unverified"))

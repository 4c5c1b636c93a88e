"""Routes of `/api/clinics/` itself."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.clinic.clinic_change import ClinicChange
from quickcare.roles import Role
from quickcare.web.access import anyone, may, owner_of
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep, PageDep
from quickcare.web.views import ClinicView

from clinics import directory, owning
from clinics.parameters import CityFilter, ClinicId, SearchFilter, TypeFilter
from clinics.schemas.clinics import ClinicPage, NewClinic
from clinics.schemas.messages import Closed

router = APIGatewayRouter()


@router.get("/api/clinics/public")
@may(anyone)
def browse_clinics(
    page: PageDep,
    city: CityFilter = "",
    clinic_type: TypeFilter = "",
    search: SearchFilter = "",
) -> ClinicPage:
    """Browse and search the clinics by city, type and words of name, city and type."""
    views, last = directory.browse(city, clinic_type, search, page.limit, page.after)
    return ClinicPage(count=None, next=page.link(last, clock.now()), previous=None, results=views)


@router.get("/api/clinics")
@may(Role.CLINIC_OWNER)
def my_clinics(caller: CallerDep, page: ArrayPageDep) -> Response[list[ClinicView]]:
    """The calling owner's clinics."""
    clinics, owner, last = owning.clinics_of(caller.user_id, page.limit, page.after)
    views = [ClinicView.of(clinic, owner) for clinic in clinics]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))


@router.post("/api/clinics", status_code=HTTPStatus.CREATED, middlewares=[idempotent(owning.replay)])
@may(Role.CLINIC_OWNER)
def add_clinic(body: NewClinic, caller: CallerDep, kept_as: KeptAs) -> Response[ClinicView]:
    """Open one more clinic."""
    clinic, owner = owning.create(caller.user_id, body, clock.now(), kept_as(ClinicView.of))
    return Response(HTTPStatus.CREATED, "application/json", ClinicView.of(clinic, owner))


@router.get("/api/clinics/<clinic_id>")
@may(anyone)
def clinic(clinic_id: ClinicId) -> ClinicView:
    """A clinic as everybody may see it."""
    return ClinicView.of(*directory.detail(clinic_id))


@router.put("/api/clinics/<clinic_id>")
@may(owner_of("clinic"))
def change_clinic(clinic_id: ClinicId, body: ClinicChange, caller: CallerDep) -> ClinicView:
    """Change one's own clinic; what is not sent stays."""
    return ClinicView.of(*owning.change(clinic_id, caller.user_id, body, clock.now()))


@router.delete("/api/clinics/<clinic_id>")
@may(owner_of("clinic"))
def delete_clinic(clinic_id: ClinicId, caller: CallerDep) -> Closed:
    """Delete one's own clinic; its members are released, its history stays."""
    conflicting = owning.close(clinic_id, caller.user_id, clock.now())
    return Closed(message="Clinic deleted.", conflicting_appointments=conflicting)

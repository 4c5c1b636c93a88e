"""Routes of `/api/doctors/` itself and of `me/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import anyone, may
from quickcare.web.identity import CallerDep
from quickcare.web.paging import PageDep

from doctors import directory, profile
from doctors.directory import DoctorFilters
from doctors.parameters import (
    CityFilter,
    ClinicFilter,
    DoctorId,
    MaxFeeFilter,
    MinFeeFilter,
    Ordering,
    SearchFilter,
    SpecialtyFilter,
    VideoFilter,
)
from doctors.schemas.doctors import DoctorPage, DoctorView, OwnDoctorView, ProfileFields

router = APIGatewayRouter()


@router.get("/api/doctors")
@may(anyone)
def find_doctors(
    page: PageDep,
    clinic: ClinicFilter = None,
    specialty: SpecialtyFilter = None,
    city: CityFilter = None,
    min_fee: MinFeeFilter = None,
    max_fee: MaxFeeFilter = None,
    video: VideoFilter = None,
    search: SearchFilter = None,
    ordering: Ordering = None,
) -> Response[DoctorPage]:
    """Find doctors by clinic, specialty, city, fee, video consultation and words of name and specialty."""
    filters = DoctorFilters(clinic, specialty, city, min_fee, max_fee, video, search, ordering)
    views, last = directory.find(filters, page.limit, page.after)
    count = len(views) if last is None and page.after is None else None
    found = DoctorPage(count=count, next=page.link(last, clock.now()), previous=None, results=views)
    return Response(HTTPStatus.OK, "application/json", found)


@router.get("/api/doctors/me")
@may(Role.DOCTOR)
def my_doctor_profile(caller: CallerDep) -> OwnDoctorView:
    """The calling doctor's own profile."""
    return OwnDoctorView.of(profile.own(caller.user_id))


@router.put("/api/doctors/me")
@may(Role.DOCTOR)
def change_my_doctor_profile(body: ProfileFields, caller: CallerDep) -> OwnDoctorView:
    """Change the calling doctor's own profile; what is not sent stays."""
    return OwnDoctorView.of(profile.change(caller.user_id, body.attributes(), clock.now()))


@router.get("/api/doctors/<doctor_id>")
@may(anyone)
def doctor(doctor_id: DoctorId) -> Response[DoctorView]:
    """A doctor as everybody may see them."""
    return Response(HTTPStatus.OK, "application/json", directory.one(doctor_id))

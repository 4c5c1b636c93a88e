"""Routes of `/api/doctors/`."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from quickcare import clock
from quickcare.accounts import tokens
from quickcare.roles import Role
from quickcare.web import http, idempotency
from quickcare.web.access import anyone, doctor_of, may, working
from quickcare.web.answers import also_answers
from quickcare.web.identity import CallerDep
from quickcare.web.paging import Page, PageDep, cut

from doctors import clinic_hours, directory, free_slots, leaves, profile, weekly_availability
from doctors.directory import DoctorFilters
from doctors.parameters import (
    CityFilter,
    ClinicFilter,
    DayAsked,
    DoctorId,
    LeaveId,
    MaxFeeFilter,
    MinFeeFilter,
    Ordering,
    SearchFilter,
    SpecialtyFilter,
    VideoFilter,
    VisitClinic,
    WindowClinic,
    WindowId,
)
from doctors.schemas import (
    DoctorPage,
    DoctorView,
    OwnDoctorView,
    ProfileFields,
)
from doctors.timetable_schemas import (
    AvailabilityView,
    ChangedAvailability,
    Conflicts,
    DaySlots,
    LeaveView,
    NewLeave,
    NewWindow,
    NoSlots,
    TakenLeave,
    WindowChange,
    WrittenAvailability,
)

app = APIGatewayRestResolver(**http.options())
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)

JSON = "application/json"

# Found by everybody


@app.get("/api/doctors")
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
    return Response(HTTPStatus.OK, JSON, found)


@app.get("/api/doctors/me")
@may(Role.DOCTOR)
def me(caller: CallerDep) -> OwnDoctorView:
    """The calling doctor's own profile."""
    return OwnDoctorView.of(profile.own(caller.user_id))


@app.put("/api/doctors/me")
@may(Role.DOCTOR)
def change_me(body: ProfileFields, caller: CallerDep) -> OwnDoctorView:
    """Change the calling doctor's own profile; what is not sent stays."""
    return OwnDoctorView.of(profile.change(caller.user_id, body.attributes(), clock.now()))


@app.get("/api/doctors/<doctor_id>")
@may(anyone)
def doctor(doctor_id: DoctorId) -> Response[DoctorView]:
    """A doctor as everybody may see them."""
    return Response(HTTPStatus.OK, JSON, directory.one(doctor_id))


# Availability


@app.get("/api/doctors/<doctor_id>/availability")
@may(anyone)
def availability(
    doctor_id: DoctorId, page: PageDep, clinic_id: WindowClinic = None
) -> Response[list[AvailabilityView]]:
    """A doctor's weekly windows, in the order of the week."""
    shown, headers = _page_of(weekly_availability.of_doctor(doctor_id, clinic_id), page)
    views = [AvailabilityView.of(window, doctor_id) for window in shown]
    return Response(HTTPStatus.OK, JSON, views, headers)


@app.post("/api/doctors/<doctor_id>/availability", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@may(doctor_of("week"))
def add_window(doctor_id: DoctorId, body: NewWindow, caller: CallerDep) -> Response[WrittenAvailability]:
    """Add a window to the calling doctor's own week."""
    window = weekly_availability.add(caller.user_id, doctor_id, body, clock.now())
    view, outside = AvailabilityView.of(window, doctor_id), clinic_hours.is_outside(window)
    return Response(HTTPStatus.CREATED, JSON, WrittenAvailability(**dict(view), outside_clinic_hours=outside))


@app.put("/api/doctors/<doctor_id>/availability")
@may(doctor_of("week"))
def change_window(doctor_id: DoctorId, body: WindowChange, caller: CallerDep) -> ChangedAvailability:
    """Change one of the calling doctor's own windows; what is not sent stays, and so do appointments."""
    window, conflicts = weekly_availability.change(caller.user_id, doctor_id, body, clock.now())
    view, outside = AvailabilityView.of(window, doctor_id), clinic_hours.is_outside(window)
    return ChangedAvailability(conflicting_appointments=conflicts, outside_clinic_hours=outside, **dict(view))


@app.delete("/api/doctors/<doctor_id>/availability")
@also_answers(HTTPStatus.NO_CONTENT)
@may(doctor_of("week"))
def delete_window(doctor_id: DoctorId, slot_id: WindowId, caller: CallerDep) -> Response[Conflicts | None]:
    """Delete one of the calling doctor's own windows; appointments in it stay and are listed."""
    conflicts = weekly_availability.delete(caller.user_id, doctor_id, slot_id, clock.now())
    if not conflicts:
        return Response(HTTPStatus.NO_CONTENT)
    answer = Conflicts(message="Deleted. These appointments still stand.", conflicting_appointments=conflicts)
    return Response(HTTPStatus.OK, JSON, answer)


@app.get("/api/doctors/<doctor_id>/availability/slots")
@may(anyone)
def slots_of_day(doctor_id: DoctorId, date: DayAsked, clinic_id: VisitClinic = None) -> Response[DaySlots | NoSlots]:
    """The slots of a day that can be booked."""
    free, message = free_slots.free_slots(doctor_id, date, clinic_id, clock.now())
    answer = DaySlots(date=date, available_slots=free)
    if message:
        answer = NoSlots(date=date, available_slots=free, message=message)
    return Response(HTTPStatus.OK, JSON, answer)


# Leaves


@app.get("/api/doctors/me/leaves")
@may(working(Role.DOCTOR))
def my_leaves(caller: CallerDep, page: PageDep) -> Response[list[LeaveView]]:
    """The calling doctor's leaves, the latest first."""
    doctor_id, found = leaves.of_caller(caller.user_id)
    shown, headers = _page_of(found, page)
    return Response(HTTPStatus.OK, JSON, [LeaveView.of(leave, doctor_id) for leave in shown], headers)


@app.post("/api/doctors/me/leaves", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@may(working(Role.DOCTOR))
def take_leave(body: NewLeave, caller: CallerDep) -> Response[TakenLeave]:
    """Take a leave; appointments in it stay and are listed."""
    doctor_id, leave, conflicts = leaves.take(caller.user_id, body, clock.now())
    view = LeaveView.of(leave, doctor_id)
    return Response(HTTPStatus.CREATED, JSON, TakenLeave(conflicting_appointments=conflicts, **dict(view)))


@app.delete("/api/doctors/me/leaves/<leave_id>", status_code=HTTPStatus.NO_CONTENT)
@may(doctor_of("leave"))
def end_leave(leave_id: LeaveId, caller: CallerDep) -> Response[None]:
    """Delete one of the calling doctor's leaves."""
    leaves.end(caller.user_id, leave_id, clock.now())
    return Response(HTTPStatus.NO_CONTENT)


def _page_of(items: list[dict[str, Any]], page: Page) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A page of a list that was read whole, and its Link header; `page.after` is the id at the end of the last page."""
    ids = [item["id"] for item in items]
    start = ids.index(page.after) + 1 if page.after in ids else 0
    shown, last = cut(items[start : start + page.limit + 1], page.limit)
    return list(shown), page.headers(last and last["id"], clock.now())

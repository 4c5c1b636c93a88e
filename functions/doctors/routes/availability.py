"""Routes of a doctor's `availability/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.web.access import anyone, doctor_of, may
from quickcare.web.answers import also_answers
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from doctors import clinic_hours, free_slots, weekly_availability
from doctors.parameters import DayAsked, DoctorId, VisitClinic, WindowClinic, WindowId
from doctors.routes.pages import page_of
from doctors.schedules import StoredWindow
from doctors.schemas.availability import (
    AvailabilityView,
    ChangedAvailability,
    Conflicts,
    DaySlots,
    NewWindow,
    NoSlots,
    WindowChange,
    WrittenAvailability,
)

router = APIGatewayRouter()


@router.get("/api/doctors/<doctor_id>/availability")
@may(anyone)
def availability(
    doctor_id: DoctorId, page: ArrayPageDep, clinic_id: WindowClinic = None
) -> Response[list[AvailabilityView]]:
    """A doctor's weekly windows, in the order of the week."""
    shown, headers = page_of(weekly_availability.of_doctor(doctor_id, clinic_id), page)
    views = [AvailabilityView.of(window, doctor_id) for window in shown]
    return Response(HTTPStatus.OK, "application/json", views, headers)


@router.post(
    "/api/doctors/<doctor_id>/availability",
    status_code=HTTPStatus.CREATED,
    middlewares=[idempotent(weekly_availability.replay)],
)
@may(doctor_of("week"))
def add_window(
    doctor_id: DoctorId, body: NewWindow, caller: CallerDep, kept_as: KeptAs
) -> Response[WrittenAvailability]:
    """Add a window to the calling doctor's own week."""

    def view(window: StoredWindow, outside: bool) -> WrittenAvailability:
        return WrittenAvailability(outside_clinic_hours=outside, **dict(AvailabilityView.of(window, doctor_id)))

    added = weekly_availability.add(caller.user_id, doctor_id, body, clock.now(), kept_as(view))
    return Response(HTTPStatus.CREATED, "application/json", view(*added))


@router.put("/api/doctors/<doctor_id>/availability")
@may(doctor_of("week"))
def change_window(doctor_id: DoctorId, body: WindowChange, caller: CallerDep) -> ChangedAvailability:
    """Change one of the calling doctor's own windows; what is not sent stays, and so do appointments."""
    window, conflicts = weekly_availability.change(caller.user_id, doctor_id, body, clock.now())
    view, outside = AvailabilityView.of(window, doctor_id), clinic_hours.is_outside(window)
    return ChangedAvailability(conflicting_appointments=conflicts, outside_clinic_hours=outside, **dict(view))


@router.delete("/api/doctors/<doctor_id>/availability")
@also_answers(HTTPStatus.NO_CONTENT)
@may(doctor_of("week"))
def delete_window(doctor_id: DoctorId, slot_id: WindowId, caller: CallerDep) -> Response[Conflicts | None]:
    """Delete one of the calling doctor's own windows; appointments in it stay and are listed."""
    conflicts = weekly_availability.delete(caller.user_id, doctor_id, slot_id, clock.now())
    if not conflicts:
        return Response(HTTPStatus.NO_CONTENT)
    answer = Conflicts(message="Deleted. These appointments still stand.", conflicting_appointments=conflicts)
    return Response(HTTPStatus.OK, "application/json", answer)


@router.get("/api/doctors/<doctor_id>/availability/slots")
@may(anyone)
def slots_of_day(doctor_id: DoctorId, date: DayAsked, clinic_id: VisitClinic = None) -> Response[DaySlots | NoSlots]:
    """The slots of a day that can be booked."""
    free, message = free_slots.free_slots(doctor_id, date, clinic_id, clock.now())
    answer = DaySlots(date=date, available_slots=free)
    if message:
        answer = NoSlots(date=date, available_slots=free, message=message)
    return Response(HTTPStatus.OK, "application/json", answer)

"""Routes of `/api/doctors/me/leaves/`."""

from collections.abc import Sequence
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import doctor_of, may, working
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from doctors import leaves
from doctors.parameters import LeaveId
from doctors.routes.pages import page_of
from doctors.schedules import StoredLeave
from doctors.schemas.leaves import LeaveView, NewLeave, TakenLeave

router = APIGatewayRouter()


@router.get("/api/doctors/me/leaves")
@may(working(Role.DOCTOR))
def my_leaves(caller: CallerDep, page: ArrayPageDep) -> Response[list[LeaveView]]:
    """The calling doctor's leaves, the latest first."""
    doctor_id, found = leaves.of_caller(caller.user_id)
    shown, headers = page_of(found, page)
    return Response(HTTPStatus.OK, "application/json", [LeaveView.of(leave, doctor_id) for leave in shown], headers)


@router.post("/api/doctors/me/leaves", status_code=HTTPStatus.CREATED, middlewares=[idempotent(leaves.replay)])
@may(working(Role.DOCTOR))
def take_leave(body: NewLeave, caller: CallerDep, kept_as: KeptAs) -> Response[TakenLeave]:
    """Take a leave; appointments in it stay and are listed."""

    def view(doctor_id: int, leave: StoredLeave, conflicts: Sequence[int] = ()) -> TakenLeave:
        return TakenLeave(conflicting_appointments=[*conflicts], **dict(LeaveView.of(leave, doctor_id)))

    taken = leaves.take(caller.user_id, body, clock.now(), kept_as(view))
    return Response(HTTPStatus.CREATED, "application/json", view(*taken))


@router.delete("/api/doctors/me/leaves/<leave_id>", status_code=HTTPStatus.NO_CONTENT)
@may(doctor_of("leave"))
def end_leave(leave_id: LeaveId, caller: CallerDep) -> Response[None]:
    """Delete one of the calling doctor's leaves."""
    leaves.end(caller.user_id, leave_id, clock.now())
    return Response(HTTPStatus.NO_CONTENT)

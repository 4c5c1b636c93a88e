"""Routes of a clinic's `slots/`: its opening hours."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.web.access import anyone, may, owner_of
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from clinics import repository, slots
from clinics.parameters import ClinicId, SlotId
from clinics.schemas.messages import ClinicMessage
from clinics.schemas.slots import NewSlot, SlotChange, SlotView

router = APIGatewayRouter()


@router.get("/api/clinics/<clinic_id>/slots")
@may(anyone)
def clinic_slots(clinic_id: ClinicId, page: ArrayPageDep) -> Response[list[SlotView]]:
    """When a clinic is open, by day and start."""
    opening_hours, last = slots.page_of(clinic_id, page.limit, page.after)
    views = [SlotView.of(slot) for slot in opening_hours]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))


@router.post(
    "/api/clinics/<clinic_id>/slots",
    status_code=HTTPStatus.CREATED,
    middlewares=[idempotent(repository.replay)],
)
@may(owner_of("clinic"))
def add_slot(clinic_id: ClinicId, body: NewSlot, caller: CallerDep, kept_as: KeptAs) -> Response[SlotView]:
    """Add opening hours to one's own clinic."""
    slot = slots.add(clinic_id, caller.user_id, body, clock.now(), kept_as(SlotView.of))
    return Response(HTTPStatus.CREATED, "application/json", SlotView.of(slot))


@router.put("/api/clinics/<clinic_id>/slots/<slot_id>")
@may(owner_of("clinic"))
def change_slot(clinic_id: ClinicId, slot_id: SlotId, body: SlotChange, caller: CallerDep) -> SlotView:
    """Change opening hours; what is not sent stays."""
    return SlotView.of(slots.change(clinic_id, slot_id, caller.user_id, body))


@router.delete("/api/clinics/<clinic_id>/slots/<slot_id>")
@may(owner_of("clinic"))
def delete_slot(clinic_id: ClinicId, slot_id: SlotId, caller: CallerDep) -> ClinicMessage:
    """Deactivate opening hours."""
    slots.deactivate(clinic_id, slot_id, caller.user_id)
    return ClinicMessage(message="Time slot deactivated.")

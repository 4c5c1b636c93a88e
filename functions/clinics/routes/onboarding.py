"""Route of `/api/clinics/onboarding/`: the last step of a clinic owner's registration."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.db.items import Clinic, ClinicSlot, User
from quickcare.roles import Role
from quickcare.web.access import may, not_onboarded
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.views import ClinicView

from clinics import owning
from clinics.schemas.onboarding import OwnerOnboarded, OwnerOnboarding
from clinics.schemas.slots import SlotView

router = APIGatewayRouter()


@router.post(
    "/api/clinics/onboarding/step3",
    status_code=HTTPStatus.CREATED,
    middlewares=[idempotent(owning.replay_of_onboarding)],
)
@may(not_onboarded(Role.CLINIC_OWNER))
def complete_owner(body: OwnerOnboarding, caller: CallerDep, kept_as: KeptAs) -> Response[OwnerOnboarded]:
    """Complete a clinic owner's registration with their clinic and its opening hours."""
    onboarded = owning.onboard(caller.user_id, body, clock.now(), kept_as(_view))
    return Response(HTTPStatus.CREATED, "application/json", _view(*onboarded))


def _view(clinic: Clinic, owner: User, opening_hours: list[ClinicSlot]) -> OwnerOnboarded:
    return OwnerOnboarded(
        message="Registration complete! Your clinic is online.",
        clinic=ClinicView.of(clinic, owner),
        time_slots=[SlotView.of(slot) for slot in opening_hours],
    )

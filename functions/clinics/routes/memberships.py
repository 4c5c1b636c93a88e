"""Routes of `/api/clinics/my/memberships/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.web.access import invited_user, logged_in, may, member
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep

from clinics import invitations
from clinics.parameters import MemberId
from clinics.schemas.members import AcceptedMember, MemberView
from clinics.schemas.messages import Closed

router = APIGatewayRouter()


@router.get("/api/clinics/my/memberships")
@may(logged_in)
def my_memberships(caller: CallerDep, page: ArrayPageDep) -> Response[list[MemberView]]:
    """Where the caller works or is invited to."""
    found, last = invitations.page_of(caller.user_id, page.limit, page.after)
    return Response(
        HTTPStatus.OK, "application/json", [member.own_view() for member in found], page.headers(last, clock.now())
    )


@router.post("/api/clinics/my/memberships/<member_id>/accept")
@may(invited_user)
def accept_invitation(member_id: MemberId, caller: CallerDep) -> AcceptedMember:
    """Accept an invitation; the caller's role changes with it."""
    member, started = invitations.accept(caller, member_id, clock.now())
    return AcceptedMember(**dict(member.own_view()), access=started.access, refresh=started.refresh)


@router.post("/api/clinics/my/memberships/<member_id>/decline")
@may(invited_user)
def decline_invitation(member_id: MemberId, caller: CallerDep) -> MemberView:
    """Decline an invitation."""
    return invitations.decline(caller.user_id, member_id, clock.now()).own_view()


@router.delete("/api/clinics/my/memberships/<member_id>")
@may(member)
def leave_clinic(member_id: MemberId, caller: CallerDep) -> Closed:
    """Leave a clinic, or decline an invitation.

    Who works in no clinic then has a patient's rights, whatever role the account still shows. The live appointments of
    a doctor who leaves are in `conflicting_appointments`: they are taken out, and their patients told.
    """
    before, conflicting = invitations.leave(caller.user_id, member_id, clock.now())
    return Closed(message=invitations.said(before), conflicting_appointments=conflicting)

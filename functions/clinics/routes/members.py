"""Routes of a clinic's `members/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.web.access import may, owner_of
from quickcare.web.answers import also_answers
from quickcare.web.idempotency import KeptAs, idempotent
from quickcare.web.identity import CallerDep
from quickcare.web.paging import ArrayPageDep
from quickcare.web.public_url import LinkBaseDep

from clinics import adding, members
from clinics.member import Member
from clinics.parameters import ClinicId, MemberId, RoleFilter, StatusFilter
from clinics.schemas.members import AddedMember, ChangedMember, MemberChange, MemberView, NewMember
from clinics.schemas.messages import Closed

router = APIGatewayRouter()


@router.get("/api/clinics/<clinic_id>/members")
@may(owner_of("clinic"))
def clinic_members(
    clinic_id: ClinicId,
    caller: CallerDep,
    page: ArrayPageDep,
    role: RoleFilter = "",
    status: StatusFilter = "active",
) -> Response[list[MemberView]]:
    """Who works in one's own clinic; the active ones unless `?status=` says otherwise."""
    found, last = members.page_of(clinic_id, caller.user_id, page.limit, page.after, role=role, status=status)
    return Response(
        HTTPStatus.OK, "application/json", [member.view() for member in found], page.headers(last, clock.now())
    )


@router.post(
    "/api/clinics/<clinic_id>/members",
    status_code=HTTPStatus.CREATED,
    middlewares=[idempotent(members.replay)],
)
@also_answers(HTTPStatus.OK)
@may(owner_of("clinic"))
def add_member(
    clinic_id: ClinicId, body: NewMember, caller: CallerDep, link_base: LinkBaseDep, kept_as: KeptAs
) -> Response[MemberView | AddedMember]:
    """Add somebody by contact: at once, by invitation, or with a new account whose password goes out by SMS.

    201: they are new in this clinic. Staff who work nowhere join at once (`active`); patients and staff of another
    clinic are invited (`pending`) and have to accept: an SMS brings them a link to a page where they answer; for
    an unknown contact an account is made, which needs a `name`, and its temporary password goes out by SMS. `_info`
    says what was sent. 200: they were removed from this clinic and have been added again.
    """
    return _added(adding.add(clinic_id, caller.user_id, body, link_base, clock.now(), kept_as(_added)))


def _added(member: Member) -> Response[MemberView | AddedMember]:
    status = HTTPStatus.CREATED if member.is_new else HTTPStatus.OK
    return Response(status, "application/json", member.view())


@router.get("/api/clinics/<clinic_id>/members/<member_id>")
@may(owner_of("clinic"))
def clinic_member(clinic_id: ClinicId, member_id: MemberId, caller: CallerDep) -> MemberView:
    """One member of one's own clinic."""
    return members.find(clinic_id, member_id, caller.user_id).view()


@router.put("/api/clinics/<clinic_id>/members/<member_id>")
@may(owner_of("clinic"))
def change_member(
    clinic_id: ClinicId, member_id: MemberId, body: MemberChange, caller: CallerDep, link_base: LinkBaseDep
) -> ChangedMember:
    """Change a member's role, status or details; what is not sent stays.

    Who has to agree before they work here again becomes `pending`, and gets the SMS of an invitation.
    """
    member, conflicting = members.change(clinic_id, member_id, caller.user_id, body, link_base, clock.now())
    return ChangedMember(conflicting_appointments=conflicting, **dict(member.view()))


@router.delete("/api/clinics/<clinic_id>/members/<member_id>")
@may(owner_of("clinic"))
def remove_member(clinic_id: ClinicId, member_id: MemberId, caller: CallerDep) -> Closed:
    """Remove a member, or take an invitation back."""
    conflicting = members.remove(clinic_id, member_id, caller.user_id, clock.now())
    return Closed(message="Member removed.", conflicting_appointments=conflicting)

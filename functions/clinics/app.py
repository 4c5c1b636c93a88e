"""Routes of `/api/clinics/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from quickcare import clock
from quickcare.accounts import tokens
from quickcare.clinic import admission as admission_list
from quickcare.clinic.admission import AdmissionChecklist, AdmissionDocumentView
from quickcare.roles import Role
from quickcare.web import http, idempotency
from quickcare.web.access import anyone, invited_user, logged_in, may, not_onboarded, owner_of, patient_of_clinic
from quickcare.web.answers import also_answers
from quickcare.web.identity import CallerDep
from quickcare.web.paging import PageDep
from quickcare.web.views import ClinicView

from clinics import adding, admission, directory, invitations, members, owning, slots
from clinics.parameters import (
    CityFilter,
    ClinicId,
    DocId,
    MandatoryFilter,
    MemberId,
    RoleFilter,
    SearchFilter,
    SlotId,
    StatusFilter,
    TypeFilter,
)
from clinics.schemas import (
    AcceptedMember,
    AdmissionDocumentChange,
    ChangedMember,
    ClinicChange,
    ClinicMessage,
    ClinicPage,
    Closed,
    MemberChange,
    MemberView,
    NewAccountMember,
    NewAdmissionDocument,
    NewClinic,
    NewMember,
    NewSlot,
    OwnerOnboarded,
    OwnerOnboarding,
    SlotChange,
    SlotView,
)

app = APIGatewayRestResolver(**http.options())
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)

JSON = "application/json"

# Clinics


@app.post("/api/clinics/onboarding/step3", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@may(not_onboarded(Role.CLINIC_OWNER))
def complete_owner(body: OwnerOnboarding, caller: CallerDep) -> Response[OwnerOnboarded]:
    """Complete a clinic owner's registration with their clinic and its opening hours."""
    clinic, owner, opening_hours = owning.onboard(caller.user_id, body, clock.now())
    answer = OwnerOnboarded(
        message="Registration complete! Your clinic is online.",
        clinic=ClinicView.of(clinic, owner),
        time_slots=[SlotView.of(slot) for slot in opening_hours],
    )
    return Response(HTTPStatus.CREATED, JSON, answer)


@app.get("/api/clinics/public")
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


@app.get("/api/clinics")
@may(Role.CLINIC_OWNER)
def my_clinics(caller: CallerDep, page: PageDep) -> Response[list[ClinicView]]:
    """The calling owner's clinics."""
    clinics, owner, last = owning.clinics_of(caller.user_id, page.limit, page.after)
    views = [ClinicView.of(clinic, owner) for clinic in clinics]
    return Response(HTTPStatus.OK, JSON, views, page.headers(last, clock.now()))


@app.post("/api/clinics", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@may(Role.CLINIC_OWNER)
def add_clinic(body: NewClinic, caller: CallerDep) -> Response[ClinicView]:
    """Open one more clinic."""
    clinic, owner = owning.create(caller.user_id, body, clock.now())
    return Response(HTTPStatus.CREATED, JSON, ClinicView.of(clinic, owner))


@app.get("/api/clinics/<clinic_id>")
@may(anyone)
def clinic(clinic_id: ClinicId) -> ClinicView:
    """A clinic as everybody may see it."""
    return ClinicView.of(*directory.detail(clinic_id))


@app.put("/api/clinics/<clinic_id>")
@may(owner_of("clinic"))
def change_clinic(clinic_id: ClinicId, body: ClinicChange, caller: CallerDep) -> ClinicView:
    """Change one's own clinic; what is not sent stays."""
    return ClinicView.of(*owning.change(clinic_id, caller.user_id, body, clock.now()))


@app.delete("/api/clinics/<clinic_id>")
@may(owner_of("clinic"))
def delete_clinic(clinic_id: ClinicId, caller: CallerDep) -> Closed:
    """Delete one's own clinic; its members are released, its history stays."""
    conflicting = owning.close(clinic_id, caller.user_id, clock.now())
    return Closed(message="Clinic deleted.", conflicting_appointments=conflicting)


# Opening hours


@app.get("/api/clinics/<clinic_id>/slots")
@may(anyone)
def clinic_slots(clinic_id: ClinicId, page: PageDep) -> Response[list[SlotView]]:
    """When a clinic is open, by day and start."""
    opening_hours, last = slots.page_of(clinic_id, page.limit, page.after)
    views = [SlotView.of(slot) for slot in opening_hours]
    return Response(HTTPStatus.OK, JSON, views, page.headers(last, clock.now()))


@app.post("/api/clinics/<clinic_id>/slots", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@may(owner_of("clinic"))
def add_slot(clinic_id: ClinicId, body: NewSlot, caller: CallerDep) -> Response[SlotView]:
    """Add opening hours to one's own clinic."""
    return Response(HTTPStatus.CREATED, JSON, SlotView.of(slots.add(clinic_id, caller.user_id, body, clock.now())))


@app.put("/api/clinics/<clinic_id>/slots/<slot_id>")
@may(owner_of("clinic"))
def change_slot(clinic_id: ClinicId, slot_id: SlotId, body: SlotChange, caller: CallerDep) -> SlotView:
    """Change opening hours; what is not sent stays."""
    return SlotView.of(slots.change(clinic_id, slot_id, caller.user_id, body))


@app.delete("/api/clinics/<clinic_id>/slots/<slot_id>")
@may(owner_of("clinic"))
def delete_slot(clinic_id: ClinicId, slot_id: SlotId, caller: CallerDep) -> ClinicMessage:
    """Deactivate opening hours."""
    slots.deactivate(clinic_id, slot_id, caller.user_id)
    return ClinicMessage(message="Time slot deactivated.")


# Members


@app.get("/api/clinics/<clinic_id>/members")
@may(owner_of("clinic"))
def clinic_members(
    clinic_id: ClinicId,
    caller: CallerDep,
    page: PageDep,
    role: RoleFilter = "",
    status: StatusFilter = "active",
) -> Response[list[MemberView]]:
    """Who works in one's own clinic; the active ones unless `?status=` says otherwise."""
    found, last = members.page_of(clinic_id, caller.user_id, page.limit, page.after, role=role, status=status)
    return Response(HTTPStatus.OK, JSON, [member.view() for member in found], page.headers(last, clock.now()))


@app.post("/api/clinics/<clinic_id>/members", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@also_answers(HTTPStatus.OK)
@may(owner_of("clinic"))
def add_member(clinic_id: ClinicId, body: NewMember, caller: CallerDep) -> Response[MemberView | NewAccountMember]:
    """Add somebody by contact: at once, by invitation, or with a new account whose password goes out by SMS.

    201: they are new in this clinic. Staff who work nowhere join at once (`active`); patients and staff of another
    clinic are invited (`pending`) and have to accept; for an unknown contact an account is made, which needs a
    `name`, and `_info` says that its temporary password went out by SMS. 200: they were removed from this clinic
    and have been added again.
    """
    member = adding.add(clinic_id, caller.user_id, body, clock.now())
    status = HTTPStatus.CREATED if member.is_new else HTTPStatus.OK
    return Response(status, JSON, member.view())


@app.get("/api/clinics/<clinic_id>/members/<member_id>")
@may(owner_of("clinic"))
def clinic_member(clinic_id: ClinicId, member_id: MemberId, caller: CallerDep) -> MemberView:
    """One member of one's own clinic."""
    return members.find(clinic_id, member_id, caller.user_id).view()


@app.put("/api/clinics/<clinic_id>/members/<member_id>")
@may(owner_of("clinic"))
def change_member(clinic_id: ClinicId, member_id: MemberId, body: MemberChange, caller: CallerDep) -> ChangedMember:
    """Change a member's role, status or details; what is not sent stays."""
    member, conflicting = members.change(clinic_id, member_id, caller.user_id, body, clock.now())
    return ChangedMember(conflicting_appointments=conflicting, **dict(member.view()))


@app.delete("/api/clinics/<clinic_id>/members/<member_id>")
@may(owner_of("clinic"))
def remove_member(clinic_id: ClinicId, member_id: MemberId, caller: CallerDep) -> Closed:
    """Remove a member, or take an invitation back."""
    conflicting = members.remove(clinic_id, member_id, caller.user_id, clock.now())
    return Closed(message="Member removed.", conflicting_appointments=conflicting)


# The caller's own memberships


@app.get("/api/clinics/my/memberships")
@may(logged_in)
def my_memberships(caller: CallerDep, page: PageDep) -> Response[list[MemberView]]:
    """Where the caller works or is invited to."""
    found, last = invitations.page_of(caller.user_id, page.limit, page.after)
    return Response(HTTPStatus.OK, JSON, [member.own_view() for member in found], page.headers(last, clock.now()))


@app.post("/api/clinics/my/memberships/<member_id>/accept")
@may(invited_user)
def accept_invitation(member_id: MemberId, caller: CallerDep) -> AcceptedMember:
    """Accept an invitation; the caller's role changes with it."""
    member, started = invitations.accept(caller, member_id, clock.now())
    return AcceptedMember(**dict(member.own_view()), access=started.access, refresh=started.refresh)


@app.post("/api/clinics/my/memberships/<member_id>/decline")
@may(invited_user)
def decline_invitation(member_id: MemberId, caller: CallerDep) -> MemberView:
    """Decline an invitation."""
    return invitations.decline(caller.user_id, member_id, clock.now()).own_view()


# Admission documents


@app.get("/api/clinics/<clinic_id>/admission-docs")
@may(anyone)
def admission_documents(
    clinic_id: ClinicId, page: PageDep, mandatory: MandatoryFilter = ""
) -> Response[list[AdmissionDocumentView]]:
    """What patients bring when the clinic admits them."""
    wanted = None if mandatory == "" else mandatory
    documents, last = admission.page_of(clinic_id, page.limit, page.after, mandatory=wanted)
    views = [AdmissionDocumentView.of(document) for document in documents]
    return Response(HTTPStatus.OK, JSON, views, page.headers(last, clock.now()))


@app.post(
    "/api/clinics/<clinic_id>/admission-docs", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent]
)
@may(owner_of("clinic"))
def add_admission_document(
    clinic_id: ClinicId, body: NewAdmissionDocument, caller: CallerDep
) -> Response[AdmissionDocumentView]:
    """Ask patients of one's own clinic for one more document."""
    item = admission.add(clinic_id, caller.user_id, body, clock.now())
    return Response(HTTPStatus.CREATED, JSON, AdmissionDocumentView.of(item))


@app.put("/api/clinics/<clinic_id>/admission-docs/<doc_id>")
@may(owner_of("clinic"))
def change_admission_document(
    clinic_id: ClinicId, doc_id: DocId, body: AdmissionDocumentChange, caller: CallerDep
) -> AdmissionDocumentView:
    """Change what is asked for; what is not sent stays."""
    return AdmissionDocumentView.of(admission.change(clinic_id, doc_id, caller.user_id, body))


@app.delete("/api/clinics/<clinic_id>/admission-docs/<doc_id>")
@may(owner_of("clinic"))
def delete_admission_document(clinic_id: ClinicId, doc_id: DocId, caller: CallerDep) -> ClinicMessage:
    """Stop asking for a document."""
    admission.delete(clinic_id, doc_id, caller.user_id)
    return ClinicMessage(message="Admission document deleted.")


@app.get("/api/clinics/<clinic_id>/admission-docs/patient")
@may(patient_of_clinic)
def admission_checklist(clinic_id: ClinicId, caller: CallerDep) -> AdmissionChecklist:
    """What the calling patient of the clinic has to bring."""
    return admission_list.checklist(caller.user_id, clinic_id)

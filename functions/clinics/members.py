"""A clinic's members: who is added at once, who is invited, what an owner may change (docs/contract.md: Staff)."""

from datetime import datetime
from typing import Any, NamedTuple

from quickcare import ids
from quickcare.accounts import limits
from quickcare.clinic import patients, staff
from quickcare.clinic.staff import ACTIVE
from quickcare.db import table
from quickcare.db.items import Clinic, Membership, User
from quickcare.db.operations import Refused
from quickcare.errors import BadRequest, Conflict, Invalid, Unavailable
from quickcare.roles import Role
from quickcare.settings import settings
from quickcare.web.views import UserView

from clinics import accounts, memberships, repository
from clinics.memberships import DOCTOR, INACTIVE, PENDING
from clinics.schemas import MemberChange, MemberView, NewAccountMember, NewMember

_ATTEMPTS = 8
_NOTHING_PERSONAL = {"email": None, "age": 18, "gender": None, "blood_group": None, "avatar": None}


class Member(NamedTuple):
    """A membership with everything its view shows. `is_new` says that the clinic never had it before,
    `has_new_account` that the person had no account."""

    membership: Membership
    user: User
    clinic: Clinic
    added_by: User | None
    is_new: bool = False
    has_new_account: bool = False

    def view(self) -> MemberView:
        """As the owner sees it: of people who do not work in the clinic (yet, or any more) nothing personal."""
        shown = self.own_view()
        if self.membership.status != ACTIVE:
            shown.user = shown.user.model_copy(update=_NOTHING_PERSONAL)
        if not self.has_new_account:
            return shown
        info = f"New account created. A temporary password has been sent to {int(self.user.contact)} via SMS."
        return NewAccountMember(**dict(shown), info=info)

    def own_view(self) -> MemberView:
        """As the member themselves sees it."""
        named = {"clinic", "clinic_name", "user", "added_by_name"}
        stored = {name: getattr(self.membership, name) for name in MemberView.model_fields if name not in named}
        return MemberView(
            clinic=self.clinic.id,
            clinic_name=self.clinic.name,
            user=UserView.of(self.user),
            added_by_name=self.added_by.name if self.added_by else None,
            **stored,
        )


def of_clinic(clinic_id: str, owner_id: str, limit: int, after: str | None) -> tuple[list[Member], str | None]:
    """A page of all members the caller's own clinic ever had, and where it ended. Raises Forbidden, NotFound."""
    found, owner, last = repository.roster(clinic_id, owner_id, limit, after)
    return [Member(membership, user, clinic, owner) for membership, user, clinic in found], last


def add(clinic_id: str, owner_id: str, body: NewMember, now: datetime) -> Member:
    """Add or invite somebody by contact, with an account if they have none.

    Raises Invalid (unknown and no name), Conflict (already here, an owner or administrator, a doctor of another
    clinic), TooManyRequests (a day), Forbidden, NotFound.
    """
    for attempt in range(_ATTEMPTS):
        clinic, owner, user_id = repository.candidate(clinic_id, body.contact, owner_id)
        try:
            if user_id is None:
                return _add_stranger(clinic, owner, body, now)
            return _add_known(clinic, owner, user_id, body, now)
        except Refused:
            # Somebody was faster with this contact, person or clinic: decide again on what they left.
            table.back_off(attempt)
            continue
    raise Unavailable


def change(
    clinic_id: str, member_id: str, owner_id: str, body: MemberChange, now: datetime
) -> tuple[Member, list[int]]:
    """Change a member; what was not sent stays. Also the appointments that stand, though they no longer are a doctor.

    Raises Invalid, Conflict, Forbidden, NotFound.
    """
    for attempt in range(_ATTEMPTS):
        before, user, clinic, owner = repository.member(clinic_id, member_id, owner_id)
        after = _changed(before, user, body, now)
        try:
            memberships.write(user, clinic, before, after, now)
        except Refused:
            table.back_off(attempt)
            continue
        return Member(after, user, clinic, owner), _left_behind(user, before, after, now)
    raise Unavailable


def remove(clinic_id: str, member_id: str, owner_id: str, now: datetime) -> list[int]:
    """End a membership or take an invitation back; its history stays. Returns the appointments that stand.

    Raises BadRequest when it is over already, Forbidden, NotFound.
    """
    for attempt in range(_ATTEMPTS):
        before, user, clinic, _ = repository.member(clinic_id, member_id, owner_id)
        if before.status == INACTIVE:
            raise BadRequest("This member has already been removed.")
        after = _ended(before, now)
        try:
            memberships.write(user, clinic, before, after, now)
        except Refused:
            table.back_off(attempt)
            continue
        return _left_behind(user, before, after, now)
    raise Unavailable


def release_all(clinic: Clinic, now: datetime) -> tuple[bool, list[int]]:
    """End all memberships and invitations of a deleted clinic, one by one.

    Returns whether there were any, and the appointments that stand.
    """
    places = [held for held in repository.everybody(clinic.id) if held.status != INACTIVE]
    left = [_release(membership, clinic, now) for membership in places]
    return bool(places), [appointment for of_one in left for appointment in of_one]


def _release(membership: Membership, clinic: Clinic, now: datetime) -> list[int]:
    for attempt in range(_ATTEMPTS):
        user, held = repository.person(membership.user_id)
        before = next(place for place in held if place.clinic_id == membership.clinic_id)
        after = _ended(before, now)
        try:
            if before.status != INACTIVE:
                memberships.write(user, clinic, before, after, now)
        except Refused:
            table.back_off(attempt)
            continue
        return _left_behind(user, before, after, now)
    raise Unavailable


def _left_behind(user: User, before: Membership, after: Membership, now: datetime) -> list[int]:
    """The appointments that a doctor leaves in the clinic (invariant 7)."""
    if memberships.role_of(before) != DOCTOR or memberships.role_of(after) == DOCTOR or user.doctor_id is None:
        return []
    return patients.live_appointments(int(user.doctor_id), before.clinic_id, now)


def _ended(before: Membership, now: datetime) -> Membership:
    return memberships.changed(before, status=INACTIVE, left_at=today(now))


def status_for(user: User, held: list[Membership], clinic_id: str) -> str:
    """Whether somebody who gets a place becomes active at once or is asked first. Raises Conflict."""
    if not user.is_active:
        raise Conflict("This person's account has been deactivated.")
    if user.role is Role.CLINIC_OWNER or user.role.is_administrator:
        raise Conflict("A clinic owner or an administrator cannot be a member of a clinic.")
    others = memberships.elsewhere(held, clinic_id)
    for other in others:
        if other.member_role == DOCTOR:
            raise one_clinic_rule(other)
    return PENDING if others or not user.role.is_staff else ACTIVE


def require_one_role(held: list[Membership], clinic_id: str, member_role: str) -> None:
    """Raises Conflict when a doctor would be active in two clinics, or one account have two roles at once."""
    for other in memberships.elsewhere(held, clinic_id):
        if other.member_role == DOCTOR:
            raise one_clinic_rule(other)
        if other.member_role != member_role:
            role = other.member_role.replace("_", " ")
            raise Conflict(f'This person works as {role} at "{_name_of(other)}" and can have only one role.')


def one_clinic_rule(place: Membership) -> Conflict:
    """The answer about a doctor who works in another clinic (docs/contract.md: Staff)."""
    return Conflict(
        f'This doctor is already an active member of "{_name_of(place)}". '
        "A doctor can only belong to one clinic at a time."
    )


def _name_of(place: Membership) -> str:
    clinic = table.fetch(Clinic.key(place.clinic_id))
    return clinic.name if clinic else "another clinic"


def _add_stranger(clinic: Clinic, owner: User, body: NewMember, now: datetime) -> Member:
    if not body.name:
        raise Invalid("name", "A name is required, because this contact is not registered yet.")
    first = {**_details(body, ACTIVE, now), "member_role": body.member_role, "status": ACTIVE}
    membership = memberships.new(ids.new_uuid(), clinic.id, added_by_id=owner.id, created_at=now, **first)
    user = accounts.create(clinic, owner, body.contact, body.name, membership, now)
    return Member(membership, user, clinic, owner, is_new=True, has_new_account=True)


def _add_known(clinic: Clinic, owner: User, user_id: str, body: NewMember, now: datetime) -> Member:
    # Apart from what follows: a refusal tells something of a person too.
    table.write(owner=limits.count_today(owner, limits.LOOKUPS, now))
    user, held = repository.person(user_id)
    before = next((place for place in held if place.clinic_id == clinic.id), None)
    if before and before.status != INACTIVE:
        said = "an active member of" if before.status == ACTIVE else "invited to"
        raise Conflict(f"This person is already {said} this clinic.")
    status = status_for(user, held, clinic.id)
    again = {**_details(body, status, now), "member_role": body.member_role, "status": status, "added_by_id": owner.id}
    if before:
        after = memberships.changed(before, left_at=None, invite_accepted_at=None, **again)
    else:
        after = memberships.new(user.id, clinic.id, created_at=now, **again)
    memberships.write(user, clinic, before, after, now)
    return Member(after, user, clinic, owner, is_new=before is None)


def _details(body: NewMember, status: str, now: datetime) -> dict[str, Any]:
    """What is stored of the request; somebody active joined today unless it says when."""
    details = body.details()
    if status == ACTIVE and not details.get("joined_at"):
        details["joined_at"] = today(now)
    return details


def _changed(before: Membership, user: User, body: MemberChange, now: datetime) -> Membership:
    status, role = body.status or before.status, body.member_role or before.member_role
    changes = {**body.details(), "member_role": role, "status": status}
    if before.status == PENDING and status == ACTIVE:
        raise Invalid("status", "The invitation has not been accepted yet.")
    if status == PENDING and before.status != PENDING:
        raise Invalid("status", "Add this person again to invite them.")
    if status == INACTIVE and before.status != INACTIVE:
        changes["left_at"] = today(now)
    if status == ACTIVE and (before.status, before.member_role) != (status, role):
        changes |= _placed(before, user, role, now)
    return memberships.changed(before, **changes)


def _placed(before: Membership, user: User, role: str, now: datetime) -> dict[str, Any]:
    """What else changes for somebody who comes back, or gets another role; who must be asked first becomes pending."""
    held = staff.memberships(user.id)
    if before.status == ACTIVE:
        require_one_role(held, before.clinic_id, role)
        return {}
    status = status_for(user, held, before.clinic_id)
    joined = {"joined_at": today(now)} if status == ACTIVE else {}
    return {"status": status, "left_at": None, "invite_accepted_at": None, **joined}


def today(now: datetime) -> str:
    """The date where the clinics are."""
    return now.astimezone(settings().time_zone).date().isoformat()

"""What people decide about their own memberships (docs/contract.md: Staff)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from quickcare.accounts import account, sessions
from quickcare.clinic import leftovers
from quickcare.clinic.staff import ACTIVE
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Membership, User
from quickcare.db.operations import Create, Operation
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Forbidden, NotFound
from quickcare.roles import Role
from quickcare.web.identity import Caller

from clinics import joining, memberships, repository
from clinics.member import Member
from clinics.memberships import INACTIVE, PENDING

CLOSED = "This invitation is no longer open."


def page_of(user_id: str, limit: int, after: str | None) -> tuple[list[Member], str | None]:
    """A page of the caller's active memberships and invitations, and where it ended: 2 reads. Raises Unauthorized.

    Ended memberships are left out, so that the page may be shorter than `limit`.
    """
    prefix = Membership.sk.startswith(keys.MEMBERSHIP_PREFIX)
    (found, last), user = table.parallel(
        lambda: table.page(Membership, keys.user(user_id), prefix, limit, after),
        lambda: table.fetch(User.key(user_id)),
    )
    open_ones = [membership for membership in found if membership.status != INACTIVE]
    return _members(account.active(user), open_ones), last


@decide_again
def accept(caller: Caller, member_id: str, now: datetime) -> tuple[Member, sessions.Started]:
    """Accept an invitation. The caller's role changes with it, so they get a new session.

    Raises BadRequest (no longer pending), Conflict (a doctor elsewhere, another role elsewhere), Forbidden (an owner or
    administrator), NotFound, Unauthorized (logged out meanwhile: an ended session must not start another).
    """
    _, session = sessions.live(caller.user_id, caller.session_id, now)
    user, all_memberships, before, clinic = _own_invitation(caller.user_id, member_id)
    if user.role is Role.CLINIC_OWNER or user.role.is_administrator:
        raise Forbidden
    joining.require_one_role(all_memberships, before.clinic_id, before.member_role)
    joined_at = before.joined_at or memberships.today(now)
    after = memberships.with_changes(before, status=ACTIVE, invite_accepted_at=now, joined_at=joined_at)
    started = sessions.start(user, caller.client, now)
    also: dict[str, Operation] = {"session": Create(started.session), "caller": sessions.still_live(session)}
    leftovers.relay(memberships.write(user, clinic, before, after, now, **also))
    return _member(user, after), started


@decide_again
def decline(user_id: str, member_id: str, now: datetime) -> Member:
    """Decline an invitation. Raises BadRequest when it is no longer pending, NotFound, Unauthorized."""
    user, _, before, clinic = _own_invitation(user_id, member_id)
    after = memberships.with_changes(before, status=INACTIVE, left_at=memberships.today(now))
    memberships.write(user, clinic, before, after, now)
    return _member(user, after)


def _own_invitation(user_id: str, member_id: str) -> tuple[User, list[Membership], Membership, Clinic]:
    """The caller's account, all their memberships, the pending one with this id, and its clinic."""
    user, all_memberships = repository.user_and_memberships(user_id)
    account.active(user)
    invitation = next((membership for membership in all_memberships if membership.id == member_id), None)
    if invitation is None:
        raise NotFound
    if invitation.status != PENDING:
        raise BadRequest(CLOSED)
    clinic = table.fetch(Clinic.key(invitation.clinic_id))
    if clinic is None or not clinic.is_active:
        raise BadRequest(CLOSED)
    return user, all_memberships, invitation, clinic


def _member(user: User, membership: Membership) -> Member:
    members = _members(user, [membership])
    if not members:
        raise NotFound
    return members[0]


def _members(user: User, own: Sequence[Membership]) -> list[Member]:
    """The caller's memberships with their clinics and who added them there: 1 read."""
    clinic_ids = list({membership.clinic_id for membership in own})
    adders = list({membership.added_by_id for membership in own if membership.added_by_id})
    wanted: list[Key[Any]] = [Clinic.key(clinic_id) for clinic_id in clinic_ids]
    items = table.fetch_all([*wanted, *(User.key(adder) for adder in adders)])
    clinics = {clinic.id: clinic for clinic in items[: len(clinic_ids)] if clinic}
    people = {person.id: person for person in items[len(clinic_ids) :] if person}
    return [
        Member(membership, user, clinics[membership.clinic_id], people.get(membership.added_by_id or ""))
        for membership in own
        if membership.clinic_id in clinics
    ]

"""What people decide about their own memberships (docs/contract.md: Staff)."""

from collections.abc import Sequence
from datetime import datetime

from quickcare.accounts import sessions
from quickcare.clinic.staff import ACTIVE
from quickcare.db import table
from quickcare.db.items import Clinic, Membership, User
from quickcare.db.operations import Create, Operation, Refused
from quickcare.errors import BadRequest, Forbidden, NotFound, Unauthorized, Unavailable
from quickcare.roles import Role
from quickcare.web.identity import Caller

from clinics import members, memberships, repository
from clinics.members import Member
from clinics.memberships import INACTIVE, PENDING

CLOSED = "This invitation is no longer open."
_ATTEMPTS = 8


def mine(user_id: str, limit: int, after: str | None) -> tuple[list[Member], str | None]:
    """A page of the caller's active places and invitations, and where it ended."""
    found, user, last = repository.memberships_page(user_id, limit, after)
    return _shown(user, [held for held in found if held.status != INACTIVE]), last


def accept(caller: Caller, member_id: str, now: datetime) -> tuple[Member, sessions.Started]:
    """Take a place; the caller's role changes with it, so the session is new.

    Raises BadRequest (no longer pending), Conflict (a doctor elsewhere, another role elsewhere), NotFound,
    Unauthorized (logged out meanwhile: an ended session must not start another).
    """
    for attempt in range(_ATTEMPTS):
        _, session = sessions.live(caller.user_id, caller.session_id, now)
        user, held, before, clinic = _own(caller.user_id, member_id)
        if user.role is Role.CLINIC_OWNER or user.role.is_administrator:
            raise Forbidden
        members.require_one_role(held, before.clinic_id, before.member_role)
        joined_at = before.joined_at or members.today(now)
        after = memberships.changed(before, status=ACTIVE, invite_accepted_at=now, joined_at=joined_at)
        started = sessions.start(user, now)
        try:
            also: dict[str, Operation] = {"session": Create(started.session), "caller": sessions.still_live(session)}
            memberships.write(user, clinic, before, after, now, **also)
        except Refused:
            table.back_off(attempt)
            continue
        return _as_it_is(user, after), started
    raise Unavailable


def decline(user_id: str, member_id: str, now: datetime) -> Member:
    """Refuse an invitation. Raises BadRequest when it is no longer pending, NotFound."""
    for attempt in range(_ATTEMPTS):
        user, _, before, clinic = _own(user_id, member_id)
        after = memberships.changed(before, status=INACTIVE, left_at=members.today(now))
        try:
            memberships.write(user, clinic, before, after, now)
        except Refused:
            table.back_off(attempt)
            continue
        return _as_it_is(user, after)
    raise Unavailable


def _own(user_id: str, member_id: str) -> tuple[User, list[Membership], Membership, Clinic]:
    user, held = repository.person(user_id)
    if not user.is_active:
        raise Unauthorized
    invitation = next((membership for membership in held if membership.id == member_id), None)
    if invitation is None:
        raise NotFound
    if invitation.status != PENDING:
        raise BadRequest(CLOSED)
    clinic = table.fetch(Clinic.key(invitation.clinic_id))
    if clinic is None or not clinic.is_active:
        raise BadRequest(CLOSED)
    return user, held, invitation, clinic


def _as_it_is(user: User, membership: Membership) -> Member:
    shown = _shown(user, [membership])
    if not shown:
        raise NotFound
    return shown[0]


def _shown(user: User, held: Sequence[Membership]) -> list[Member]:
    clinics, people = repository.surroundings(held)
    return [
        Member(membership, user, clinics[membership.clinic_id], people.get(membership.added_by_id or ""))
        for membership in held
        if membership.clinic_id in clinics
    ]

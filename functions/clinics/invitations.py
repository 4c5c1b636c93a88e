"""What people decide about their own memberships (docs/contract.md: Staff)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from quickcare.accounts import account, sessions
from quickcare.clinic import invitations, staff
from quickcare.clinic.memberships import INACTIVE, PENDING
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Membership, User
from quickcare.db.operations import Create, Operation
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, NotFound
from quickcare.web.identity import Caller

from clinics import members as clinic_members
from clinics import telling
from clinics.member import Member


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
    invitation = invitations.own(caller.user_id, member_id)
    started = sessions.start(invitation.user, caller.client, now)
    also: dict[str, Operation] = {"session": Create(started.session), "caller": sessions.still_live(session)}
    return _member(*invitations.accept(invitation, now, **also)), started


@decide_again
def decline(user_id: str, member_id: str, now: datetime) -> Member:
    """Decline an invitation. Raises BadRequest when it is no longer pending, NotFound, Unauthorized."""
    return _member(*invitations.decline(invitations.own(user_id, member_id), now))


@decide_again
def leave(user_id: str, member_id: str, now: datetime) -> tuple[Membership, list[int]]:
    """End the caller's own membership, or decline an invitation, also in a clinic that is closed: 3 reads, 1 write.

    It does what an owner's removal does, and tells the owner. Returns the membership as it was, and the ids of the
    conflicting appointments. Raises BadRequest when it has ended already, NotFound, Unauthorized.
    """
    user, all_memberships = staff.user_and_memberships(user_id)
    account.active(user)
    before = next((membership for membership in all_memberships if membership.id == member_id), None)
    if before is None:
        raise NotFound
    # Only owners add members, so this is the owner.
    clinic, owner = table.fetch(Clinic.key(before.clinic_id), User.key(before.added_by_id or "nobody"))
    if clinic is None:
        raise NotFound
    if before.status == INACTIVE:
        raise BadRequest("You have left this clinic already.")
    told = telling.of_leaving(user, clinic, before, owner, now)
    return before, clinic_members.end(user, clinic, before, now, told)


def said(before: Membership) -> str:
    """What somebody who left is told."""
    return "You have declined the invitation." if before.status == PENDING else "You have left the clinic."


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

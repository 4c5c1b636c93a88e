"""How invitations are answered, in the apps and on the page of a link (docs/contract.md: Staff).

The callers have `decide_again`: when somebody else was faster, all is read anew.
"""

from datetime import datetime
from typing import NamedTuple

from quickcare.accounts import account
from quickcare.clinic import joining, leftovers, memberships
from quickcare.clinic.memberships import PENDING
from quickcare.clinic.staff import ACTIVE, user_and_memberships
from quickcare.db import table
from quickcare.db.items import Clinic, Membership, User
from quickcare.db.operations import Operation
from quickcare.errors import BadRequest, Forbidden, NotFound
from quickcare.roles import Role

CLOSED = "This invitation is no longer open."


class Invitation(NamedTuple):
    """An open invitation as it was read: the person's account, all their memberships, the pending one, its clinic."""

    user: User
    memberships: list[Membership]
    pending: Membership
    clinic: Clinic


def own(user_id: str, member_id: str) -> Invitation:
    """A person's open invitation with this id: 3 reads.

    Raises NotFound, BadRequest when it is no longer open, Unauthorized when the account is gone or deactivated.
    """
    user, all_memberships = user_and_memberships(user_id)
    account.active(user)
    found = next((membership for membership in all_memberships if membership.id == member_id), None)
    if found is None:
        raise NotFound
    if found.status != PENDING:
        raise BadRequest(CLOSED)
    clinic = table.fetch(Clinic.key(found.clinic_id))
    if clinic is None or not clinic.is_active:
        raise BadRequest(CLOSED)
    return Invitation(user, all_memberships, found, clinic)


def accept(invitation: Invitation, now: datetime, **also: Operation) -> tuple[User, Membership]:
    """Accept an invitation, and do `also` in the same transaction. Returns the account and the membership as they are
    then.

    Raises Conflict (a doctor elsewhere, another role elsewhere), Forbidden (an owner or administrator), Refused.
    """
    user, all_memberships, before, clinic = invitation
    if user.role is Role.CLINIC_OWNER or user.role.is_administrator:
        raise Forbidden
    joining.require_one_role(all_memberships, before.clinic_id, before.member_role)
    joined_at = before.joined_at or memberships.today(now)
    changes = {"status": ACTIVE, "invite_accepted_at": now, "joined_at": joined_at, "link_id": None}
    after = memberships.with_changes(before, **changes)
    leftovers.relay(memberships.write(user, clinic, before, after, now, **also))
    return user, after


def decline(invitation: Invitation, now: datetime, **also: Operation) -> tuple[User, Membership]:
    """Decline an invitation, like `accept`. Raises Refused."""
    user, _, before, clinic = invitation
    after = memberships.ended(before, now)
    memberships.write(user, clinic, before, after, now, **also)
    return user, after


def name_of_role(membership: Membership) -> str:
    """`lab member`."""
    return membership.member_role.replace("_", " ")

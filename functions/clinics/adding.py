"""How an owner adds somebody to a clinic by contact (docs/contract.md: Staff)."""

from datetime import datetime
from typing import Any

from quickcare import ids
from quickcare.accounts import limits
from quickcare.clinic import leftovers
from quickcare.clinic.staff import ACTIVE
from quickcare.db import table
from quickcare.db.items import Clinic, ContactOwner, User
from quickcare.db.table import decide_again
from quickcare.errors import Conflict, Invalid

from clinics import joining, memberships, repository, staff_accounts
from clinics.member import Member
from clinics.memberships import INACTIVE
from clinics.schemas.members import NewMember


@decide_again
def add(clinic_id: str, owner_id: str, body: NewMember, now: datetime) -> Member:
    """Add or invite the person with a contact; who has no account gets one.

    Raises Invalid (unknown contact and no name), Conflict (already in this clinic, an owner or administrator, a doctor
    of another clinic), TooManyRequests (the owner's limit for a day), Forbidden, NotFound.
    """
    clinic, user, contact_owner = table.fetch(Clinic.key(clinic_id), User.key(owner_id), ContactOwner.key(body.contact))
    clinic, owner = repository.require_owned(clinic, user)
    if contact_owner is None:
        return _add_with_new_account(clinic, owner, body, now)
    return _add_known(clinic, owner, contact_owner.user_id, body, now)


def _add_with_new_account(clinic: Clinic, owner: User, body: NewMember, now: datetime) -> Member:
    if not body.name:
        raise Invalid("name", "A name is required, because this contact is not registered yet.")
    attributes = {**_details(body, ACTIVE, now), "member_role": body.member_role, "status": ACTIVE}
    membership = memberships.new(ids.new_uuid(), clinic.id, added_by_id=owner.id, created_at=now, **attributes)
    user = staff_accounts.create(clinic, owner, body.contact, body.name, membership, now)
    return Member(membership, user, clinic, owner, is_new=True, has_new_account=True)


def _add_known(clinic: Clinic, owner: User, user_id: str, body: NewMember, now: datetime) -> Member:
    # Counted in a write of its own, before anything is decided: a Conflict also tells the owner something of a person.
    table.write(owner=limits.count_today(owner, limits.LOOKUPS, now))
    user, all_memberships = repository.user_and_memberships(user_id)
    before = next((membership for membership in all_memberships if membership.clinic_id == clinic.id), None)
    if before and before.status != INACTIVE:
        what = "an active member of" if before.status == ACTIVE else "invited to"
        raise Conflict(f"This person is already {what} this clinic.")
    status = joining.status_for(user, all_memberships, clinic.id)
    attributes = {
        **_details(body, status, now),
        "member_role": body.member_role,
        "status": status,
        "added_by_id": owner.id,
    }
    if before:
        after = memberships.with_changes(before, left_at=None, invite_accepted_at=None, **attributes)
    else:
        after = memberships.new(user.id, clinic.id, created_at=now, **attributes)
    leftovers.relay(memberships.write(user, clinic, before, after, now))
    return Member(after, user, clinic, owner, is_new=before is None)


def _details(body: NewMember, status: str, now: datetime) -> dict[str, Any]:
    """The membership's details that were sent; who is active joined today unless the request names another date."""
    details = body.details()
    if status == ACTIVE and not details.get("joined_at"):
        details["joined_at"] = memberships.today(now)
    return details

"""How an owner adds somebody to a clinic by contact (docs/contract.md: Staff)."""

from datetime import datetime
from typing import Any

from quickcare import ids
from quickcare.accounts import limits
from quickcare.clinic import joining, leftovers, memberships, staff
from quickcare.clinic.memberships import INACTIVE, PENDING
from quickcare.clinic.staff import ACTIVE
from quickcare.db import table
from quickcare.db.items import Clinic, ContactOwner, Membership, User
from quickcare.db.operations import Keeping, keep_nothing
from quickcare.db.table import decide_again
from quickcare.errors import Conflict, Invalid, Unauthorized
from quickcare.sms import outbox, texts

from clinics import inviting, repository, staff_accounts
from clinics.member import Member
from clinics.schemas.members import NewMember
from clinics.staff_accounts import Newcomer


@decide_again
def add(
    clinic_id: str,
    owner_id: str,
    body: NewMember,
    link_base: str,
    now: datetime,
    keep: Keeping[[Member]] = keep_nothing,
) -> Member:
    """Add or invite the person with a contact; who has no account gets one.

    Raises Invalid (unknown contact and no name), Conflict (already in this clinic, an owner or administrator, a doctor
    of another clinic), TooManyRequests (the owner's limits for a day, or this clinic's invitations to this person),
    Forbidden, NotFound.
    """
    clinic, user, contact_owner = table.fetch(Clinic.key(clinic_id), User.key(owner_id), ContactOwner.key(body.contact))
    clinic, owner = repository.require_owned(clinic, user)
    if contact_owner is None:
        return _add_with_new_account(clinic, owner, body, now, keep)
    return _add_known(clinic, owner, contact_owner.user_id, body, link_base, now, keep)


def _add_with_new_account(
    clinic: Clinic, owner: User, body: NewMember, now: datetime, keep: Keeping[[Member]]
) -> Member:
    if not body.name:
        raise Invalid("name", "A name is required, because this contact is not registered yet.")
    attributes = {**_details(body, ACTIVE, now), "member_role": body.member_role, "status": ACTIVE}
    membership = memberships.new(ids.new_uuid(), clinic.id, added_by_id=owner.id, created_at=now, **attributes)
    newcomer = Newcomer(body.contact, body.name, body.language)
    info = f"New account created. A temporary password has been sent to {body.contact} via SMS."

    def member(user: User) -> Member:
        return Member(membership, user, clinic, owner, is_new=True, info=info)

    return member(staff_accounts.create(clinic, owner, newcomer, membership, now, lambda user: keep(member(user))))


def _add_known(
    clinic: Clinic,
    owner: User,
    user_id: str,
    body: NewMember,
    link_base: str,
    now: datetime,
    keep: Keeping[[Member]],
) -> Member:
    # Counted in a write of its own, before anything is decided: a Conflict also tells the owner something of a person.
    table.write(owner=limits.count_today(owner, limits.LOOKUPS, now))
    user, owner, all_memberships = _people(user_id, owner.id)
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
    member = Member(after, user, clinic, owner, is_new=before is None)
    if status != PENDING:
        added = outbox.to_user(user, texts.staff_added(clinic.name, after.member_role), now)
        counted = limits.count_today(owner, limits.SMS, now)
        writes = outbox.accepted(added)
        job = memberships.write(user, clinic, before, after, now, lambda: keep(member), owner=counted, **writes)
        leftovers.relay(job)
        outbox.relay(added)
        return member
    invitation = inviting.announce(user, clinic, owner, after, link_base, now)
    info = f"An SMS with a link to accept or decline the invitation has been sent to {body.contact}."
    member = member._replace(info=info)
    memberships.write(user, clinic, before, after, now, lambda: keep(member), **invitation.writes)
    invitation.relay()
    return member


def _people(user_id: str, owner_id: str) -> tuple[User, User, list[Membership]]:
    """The person with all their memberships, and the owner with the count as it is now: 2 reads; the accounts first
    (`staff.user_and_memberships`)."""
    user, owner = table.fetch(User.key(user_id), User.key(owner_id))
    if user is None or owner is None:
        raise Unauthorized
    return user, owner, staff.memberships(user_id)


def _details(body: NewMember, status: str, now: datetime) -> dict[str, Any]:
    """The membership's details that were sent; who is active joined today unless the request names another date."""
    details = body.details()
    if status == ACTIVE and not details.get("joined_at"):
        details["joined_at"] = memberships.today(now)
    return details

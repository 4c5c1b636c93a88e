"""A clinic's members as their owner reads, changes and removes them (docs/contract.md: Staff)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quickcare.clinic import appointments, joining, leftovers, memberships, slots, staff
from quickcare.clinic.memberships import DOCTOR, INACTIVE, PENDING
from quickcare.clinic.staff import ACTIVE
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Membership, RosterEntry, User
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Invalid, NotFound
from quickcare.sms.outbox import NOBODY, Announcement

from clinics import inviting, repository, telling
from clinics.member import Member
from clinics.schemas.members import MemberChange

_PREFIX = RosterEntry.sk.startswith(keys.ROSTER_PREFIX)


def page_of(
    clinic_id: str, owner_id: str, limit: int, after: str | None, *, role: str = "", status: str = ""
) -> tuple[list[Member], str | None]:
    """A page of the members that the owner's clinic has or had, and where it ended: 2 reads.

    `role` and `status` leave out the others of this page, so that it may be shorter than `limit`. Raises Forbidden,
    NotFound.
    """
    (entries, last), (clinic, owner) = table.parallel(
        lambda: table.page(RosterEntry, keys.clinic(clinic_id), _PREFIX, limit, after),
        lambda: repository.owned(clinic_id, owner_id),
    )
    wanted: list[Key[Any]] = [Membership.key(entry.user_id, clinic_id) for entry in entries]
    items = table.fetch_all([*wanted, *(User.key(entry.user_id) for entry in entries)])
    pairs = zip(items[: len(entries)], items[len(entries) :], strict=True)
    members = [Member(membership, user, clinic, owner) for membership, user in pairs if membership and user]
    return [member for member in members if _is_shown(member.membership, role, status)], last


def _is_shown(membership: Membership, role: str, status: str) -> bool:
    return role in ("", membership.member_role) and status in ("", membership.status)


def find(clinic_id: str, member_id: str, owner_id: str) -> Member:
    """A member of the owner's clinic, of any status: 2 reads. Raises NotFound, Forbidden."""
    clinic, user, entry = table.fetch(Clinic.key(clinic_id), User.key(owner_id), RosterEntry.key(clinic_id, member_id))
    clinic, owner = repository.require_owned(clinic, user)
    if entry is None:
        raise NotFound
    membership, user = table.fetch(Membership.key(entry.user_id, clinic_id), User.key(entry.user_id))
    if membership is None or user is None:
        raise NotFound
    return Member(membership, user, clinic, owner)


def replay(owner_id: str, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to an addition that is given again, with what the owner may see of the person now: 2 reads.

    Raises what `find` raises.
    """
    seen_now = find(path["clinic_id"], body["id"], owner_id).view()
    return {**body, "user": seen_now.user.model_dump(mode="json")}


@decide_again
def change(
    clinic_id: str, member_id: str, owner_id: str, body: MemberChange, link_base: str, now: datetime
) -> tuple[Member, list[int]]:
    """Change a member; what was not sent stays. Returns also the ids of the conflicting appointments, when the member
    stops being a doctor in this clinic.

    Raises Invalid, Conflict, Forbidden, NotFound, TooManyRequests.
    """
    member = find(clinic_id, member_id, owner_id)
    before, user, clinic, owner, *_ = member
    after = _with_changes(before, user, body, now)
    if after.status != PENDING or before.status == PENDING or owner is None:
        told = telling.by_owner(member, after, now)
        return member._replace(membership=after), _write(user, clinic, before, after, now, told)
    sms = inviting.announce(user, clinic, owner, after, link_base, now)
    return member._replace(membership=after), _write(user, clinic, before, after, now, sms)


@decide_again
def remove(clinic_id: str, member_id: str, owner_id: str, now: datetime) -> list[int]:
    """End a membership, or take an invitation back; the item stays. Returns the ids of the conflicting appointments.

    Raises BadRequest when it has ended already, Forbidden, NotFound.
    """
    member = find(clinic_id, member_id, owner_id)
    before, user, clinic, *_ = member
    if before.status == INACTIVE:
        raise BadRequest("This member has already been removed.")
    after = memberships.ended(before, now)
    return _write(user, clinic, before, after, now, telling.by_owner(member, after, now))


def end(user: User, clinic: Clinic, before: Membership, now: datetime, told: Announcement = NOBODY) -> list[int]:
    """End an open membership or invitation. Returns the ids of the conflicting appointments. Raises Refused."""
    return _write(user, clinic, before, memberships.ended(before, now), now, told)


def _write(
    user: User, clinic: Clinic, before: Membership, after: Membership, now: datetime, told: Announcement = NOBODY
) -> list[int]:
    job = memberships.write(user, clinic, before, after, now, **told.writes)
    told.relay()
    conflicting = _conflicting(user, before, after, now)
    leftovers.relay(job)  # Only now: the worker would take them out.
    return conflicting


def _conflicting(user: User, before: Membership, after: Membership, now: datetime) -> list[int]:
    """The ids of the live appointments in the clinic of somebody who stops being a doctor there (invariant 7)."""
    if memberships.role_of(before) != DOCTOR or memberships.role_of(after) == DOCTOR or user.doctor_id is None:
        return []
    live = appointments.live(int(user.doctor_id), before.clinic_id, slots.today(now))
    return [one.appointment_id for one in live]


def _with_changes(before: Membership, user: User, body: MemberChange, now: datetime) -> Membership:
    status, role = body.status or before.status, body.member_role or before.member_role
    changes = {**body.details(), "member_role": role, "status": status}
    if before.status == PENDING and status == ACTIVE:
        raise Invalid("status", "The invitation has not been accepted yet.")
    if status == PENDING and before.status != PENDING:
        raise Invalid("status", "Add this person again to invite them.")
    if status == INACTIVE and before.status != INACTIVE:
        changes |= {"left_at": memberships.today(now), "link_id": None}
    if status == ACTIVE and (before.status, before.member_role) != (status, role):
        changes |= _new_status(before, user, role, now)
    return memberships.with_changes(before, **changes)


def _new_status(before: Membership, user: User, role: str, now: datetime) -> dict[str, Any]:
    """What else changes for somebody who comes back, or gets another role. Who has to agree first becomes pending."""
    all_memberships = staff.memberships(user.id)
    if before.status == ACTIVE:
        joining.require_one_role(all_memberships, before.clinic_id, role)
        return {}
    status = joining.status_for(user, all_memberships, before.clinic_id)
    joined = {"joined_at": memberships.today(now)} if status == ACTIVE else {}
    return {"status": status, "left_at": None, "invite_accepted_at": None, **joined}

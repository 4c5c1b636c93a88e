"""Who is told that a membership began or ended (docs/messages.md). Whoever does it to themselves is not told."""

from datetime import datetime

from quickcare.accounts import limits
from quickcare.clinic.memberships import PENDING
from quickcare.clinic.staff import ACTIVE
from quickcare.db.items import Clinic, Membership, User
from quickcare.errors import TooManyRequests
from quickcare.sms import outbox, texts
from quickcare.sms.outbox import NOBODY, Announcement

from clinics.member import Member


def by_owner(member: Member, after: Membership, now: datetime) -> Announcement:
    """What a member is told whose membership the owner begins or ends. `member` is as the owner found them.

    Beyond the owner's limit of SMS in a day nobody is told: to decide who works in the clinic is the owner's right.
    """
    before, user, clinic, owner, *_ = member
    if owner is None or PENDING in (before.status, after.status) or before.status == after.status:
        return NOBODY
    about = texts.staff_added if after.status == ACTIVE else texts.staff_removed
    sms = outbox.to_user(user, about(clinic.name, after.member_role), now)
    try:
        return Announcement(sms, {"owner": limits.count_today(owner, limits.SMS, now), **outbox.accepted(sms)})
    except TooManyRequests:
        return NOBODY


def of_leaving(user: User, clinic: Clinic, before: Membership, owner: User | None, now: datetime) -> Announcement:
    """What the clinic's owner is told when a member leaves. It counts for nobody: to leave again, one has to be added
    again, and that is counted."""
    if owner is None or owner.id != clinic.owner_id or before.status != ACTIVE:
        return NOBODY
    sms = outbox.to_user(owner, texts.staff_left(user.name, clinic.name, before.member_role), now)
    return Announcement(sms, outbox.accepted(sms))

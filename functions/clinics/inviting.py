"""The SMS that tells somebody of an invitation, with a link to answer it (docs/contract.md: Staff)."""

from datetime import datetime

from quickcare import links
from quickcare.accounts import limits
from quickcare.db import table
from quickcare.db.items import Clinic, Membership, SendLog, User
from quickcare.db.operations import Create
from quickcare.links import Scope
from quickcare.sms import outbox, texts
from quickcare.sms.outbox import Announcement


def announce(
    user: User, clinic: Clinic, owner: User, membership: Membership, link_base: str, now: datetime
) -> Announcement:
    """What tells `user` of a new pending membership, which gets the link's id here: 1 read.

    Raises TooManyRequests (the owner's SMS of a day, or this clinic's to this person).
    """
    key = SendLog.of_invitations(user.id, clinic.id)
    sent = limits.count(key, table.fetch(key), limits.INVITATIONS_PER_PERSON_AND_CLINIC, now)
    link, code = links.new(Scope.INVITATION, user.id, now, clinic_id=clinic.id, member_id=membership.id)
    membership.link_id = link.id
    text = texts.invitation(clinic.name, membership.member_role, links.url(link_base, code))
    sms = outbox.to_user(user, text, now, links.live(link))
    owner_counted = limits.count_today(owner, limits.SMS, now)
    writes = {"owner": owner_counted, "sent": sent, "link": Create(link), **outbox.accepted(sms)}
    return Announcement(sms, writes)

"""Links in SMS: whoever has one sees a page, and does there what it offers, without a login.

A link's code has 80 random bits. The table has only its hash, with what the link is for and until when it is good. A
page that is opened changes nothing, because phones and scanners open links by themselves. What acts reads all rights
anew and deletes the link in its own transaction (`used`), so that a link acts once. A code that is wrong, old or used
is a 404, and nobody can tell which. An address with too many of them has to wait.

    link, code = links.new(Scope.INVITATION, user.id, now, clinic_id=clinic.id, member_id=membership.id)
    sms = outbox.to_user(user, texts.invitation(…, url(base, code)))
    table.write(membership=…, link=Create(link), **outbox.accepted(sms))
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from quickcare.accounts import limits
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Link, LiveCode, SendLog
from quickcare.db.operations import Delete
from quickcare.db.table import decide_again
from quickcare.errors import NotFound
from quickcare.settings import settings

LIFETIME = timedelta(days=7)
MOUNT = "/l"
# Digits and small letters without i, l, o and u: nobody who types one mistakes them. 16 of 32 letters are 80 bits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16


class Scope(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    CONSENT = "consent"
    APPOINTMENT = "appointment"
    MISSED = "missed"


def new(
    scope: Scope, user_id: str, now: datetime, until: datetime | None = None, **about: str | int
) -> tuple[Link, str]:
    """A new link for a user, which the caller has to write, and its code. `about` are the link's other attributes.

    It is good for seven days, or `until` then when that is sooner.
    """
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    expires_at = min(now + LIFETIME, until or now + LIFETIME)
    key = Link.key(_hash(code))
    return key.item(scope=scope.value, user_id=user_id, expires_at=expires_at, ttl=expires_at, **about), code


def url(base: str, code: str) -> str:
    """The address of a link's page; `base` is where the API's clients find it."""
    return f"{base}{MOUNT}/{code}"


def live(link: Link) -> LiveCode:
    """What keeps the link in an SMS alive: one that comes late is dropped when its link leads nowhere any more."""
    return LiveCode.at(Link.key(link.id), link.expires_at)


@decide_again
def find(code: str, source_ip: str, now: datetime) -> Link:
    """The link with this code: 1 read; a wrong code costs 1 write.

    Raises NotFound for a code that is wrong, old or used, TooManyRequests for an address that sent too many of them.
    """
    log, key = SendLog.of_missed_links(source_ip), Link.key(_hash(code.lower()))
    link, missed = table.fetch(key, log)
    if settings().address_rate_limits:
        # Before the link is looked at: who has to wait learns nothing of it.
        miss = limits.count(log, missed, limits.MISSED_LINKS_PER_ADDRESS, now)
    if link is not None and link.expires_at > now:
        return link
    if settings().address_rate_limits:
        table.write(missed=miss)
    raise NotFound


def still(link: Link) -> Delete:
    """The part of a transaction that uses up a link, for one that is tried again: 1 read. Raises NotFound when it was
    used meanwhile."""
    if table.fetch(Link.key(link.id)) is None:
        raise NotFound
    return used(link)


def used(link: Link) -> Delete:
    """The part of a transaction that uses up a link. It is refused when the link was used meanwhile."""
    return Delete(Key(Link, link.pk, link.sk), Link.pk.exists())


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()

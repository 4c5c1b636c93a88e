"""Limits on what one network address does to many contacts: logging in, failing at many, listing who is registered.

The figures are settings, for an hour that begins on the clock. They are generous, because a clinic's staff and the
phones of a mobile carrier share one address. Each count is one update by DynamoDB, under the condition that the limit
is not reached; the caller makes it beside its first read, so that it costs no time.
"""

from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from quickcare import clock, networks
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import AddressCount
from quickcare.db.operations import Operation, Refused, Update, Upsert
from quickcare.errors import TooManyRequests
from quickcare.settings import settings

_HOUR = 3600
_FAILURES = "FAILURES"


def count_check(source_ip: str, now: datetime) -> None:
    """Count one question whether a contact is registered: 1 write. Raises TooManyRequests."""
    _count(source_ip, "CHECKS", now, [], _fewer(settings().checks_per_address))


def count_registration(source_ip: str, now: datetime) -> None:
    """Count one step 1 of a registration, whatever comes of it: 1 write. Raises TooManyRequests."""
    _count(source_ip, "REGISTRATIONS", now, [], _fewer(settings().registrations_per_address))


def count_login(contact: int, source_ip: str, now: datetime) -> None:
    """Count one login, and the contact as failed, until `succeeded` takes it back: 1 write. Raises TooManyRequests."""
    condition = _fewer(settings().logins_per_address) & _few_failed(contact, source_ip)
    _count(source_ip, _FAILURES, now, [AddressCount.contacts.add({_named(contact, source_ip)})], condition)


def succeeded(contact: int, source_ip: str, now: datetime) -> dict[str, Operation]:
    """The operation that takes a contact back from those that failed, for the write of the success."""
    if not settings().address_rate_limits:
        return {}
    key, failed = _key(source_ip, _FAILURES, now), AddressCount.contacts.delete({_named(contact, source_ip)})
    return {"address": Update(key, [failed])}


def _few_failed(contact: int, source_ip: str) -> Condition:
    contacts = AddressCount.contacts
    few = size(contacts) < settings().failed_contacts_per_address  # type: ignore[no-untyped-call]  # untyped in pynamodb
    allowed: Condition = contacts.does_not_exist() | contacts.contains(_named(contact, source_ip)) | few
    return allowed


def _fewer(most: int) -> Condition:
    allowed: Condition = AddressCount.tries.does_not_exist() | (AddressCount.tries < most)
    return allowed


def _count(source_ip: str, what: str, now: datetime, actions: list[Action], condition: Condition) -> None:
    if not settings().address_rate_limits:
        return
    kept = now + timedelta(seconds=2 * _HOUR)
    marks = [AddressCount.kind.set(AddressCount), AddressCount.ttl.set(kept), AddressCount.tries.add(1)]
    try:
        table.write(count=Upsert(_key(source_ip, what, now), [*marks, *actions], condition))
    except Refused:
        wait = _HOUR - clock.epoch(now) % _HOUR
        raise TooManyRequests(
            f"Too many requests from your network. Please try again in {wait} seconds.", retry_after=wait
        ) from None


def _key(source_ip: str, what: str, now: datetime) -> Key[AddressCount]:
    return AddressCount.key(source_ip, what, clock.epoch(now) // _HOUR)


def _named(contact: int, source_ip: str) -> str:
    return networks.fingerprint(contact, source_ip)[:16]

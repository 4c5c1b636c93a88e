"""The networks from which an account logged in within 30 days. No limit that counts a whole contact stops them.

Otherwise strangers who use up what a contact may do in a day would lock out the person whose contact it is. Of each
account the latest networks are kept, as hashes. They are written with the login; nothing else makes a network known.
"""

from datetime import datetime, timedelta

from quickcare import clock, networks
from quickcare.db import table
from quickcare.db.items import KnownNetworks
from quickcare.db.operations import Operation, Put, Refused, unchanged

KEPT = timedelta(days=30)
MOST = 8
_NOTED_EVERY = timedelta(days=1)
_TRIES = 10


def knows(seen: KnownNetworks | None, contact: int, source_ip: str, now: datetime) -> bool:
    """Whether the account of a contact logged in from this network within 30 days. `seen` is as it was read."""
    return _is_within(KEPT, seen, contact, source_ip, now)


def write(seen: KnownNetworks | None, contact: int, source_ip: str, now: datetime, **writes: Operation) -> None:
    """Write a login with all that belongs to it, and its network: 1 write. Raises Refused for the caller's operations.

    When another login was written since `seen` was read, it reads again and writes again.
    """
    for _ in range(_TRIES):
        known = _noted(seen, contact, source_ip, now)
        try:
            return table.write(**writes, **known)
        except Refused as refused:
            if refused.names != set(known):
                raise
        seen = table.fetch(KnownNetworks.key(contact))
    # So many logins of one account at the same time: each of them has a network that is kept, this one has not.
    return table.write(**writes)


def _noted(seen: KnownNetworks | None, contact: int, source_ip: str, now: datetime) -> dict[str, Operation]:
    """The operation that keeps this network; nothing when that was done within a day."""
    if _is_within(_NOTED_EVERY, seen, contact, source_ip, now):
        return {}
    here = networks.fingerprint(contact, source_ip)
    logins = {**_logins(seen), here: clock.epoch(now)}
    latest = sorted(logins.items(), key=lambda login: login[1])[-MOST:]
    key, version = KnownNetworks.key(contact), int(seen.version) + 1 if seen else 1
    return {"known": Put(key.item(logins=dict(latest), version=version, ttl=now + KEPT), unchanged(seen, "version"))}


def _is_within(duration: timedelta, seen: KnownNetworks | None, contact: int, source_ip: str, now: datetime) -> bool:
    at = _logins(seen).get(networks.fingerprint(contact, source_ip))
    return at is not None and at + duration.total_seconds() > now.timestamp()


def _logins(seen: KnownNetworks | None) -> dict[str, int]:
    return dict(seen.logins) if seen else {}

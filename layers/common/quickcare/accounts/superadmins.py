"""The last superadmin stays: a count that every transaction which makes or unmakes one changes with it."""

from quickcare.db import table
from quickcare.db.items import Superadmins
from quickcare.db.operations import Create, Operation, Update


def one_more() -> Operation:
    """The count's part of a transaction that makes an active superadmin: 1 read. Refused when it was the first of two
    at once: try again."""
    if table.fetch(Superadmins.key()) is None:
        return Create(Superadmins.key().item(active=1))
    return Update(Superadmins.key(), [Superadmins.active.add(1)])


def one_less() -> Operation:
    """The count's part of a transaction after which one superadmin fewer may log in. Refused for the last one."""
    return Update(Superadmins.key(), [Superadmins.active.add(-1)], Superadmins.active > 1)


def active() -> int:
    """How many superadmins may log in: 1 read."""
    count = table.fetch(Superadmins.key())
    return int(count.active) if count else 0

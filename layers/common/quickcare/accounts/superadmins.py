"""The count of active superadmins, so that the last one stays.

Every transaction that makes or unmakes an active superadmin changes the count too.
"""

from quickcare.db import table
from quickcare.db.items import Superadmins
from quickcare.db.operations import Create, Operation, Update


def one_more() -> Operation:
    """The operation that counts one superadmin more: 1 read. The caller decides again when it is refused, because two
    requests may both have found no count."""
    if table.fetch(Superadmins.key()) is None:
        return Create(Superadmins.key().item(active=1))
    return Update(Superadmins.key(), [Superadmins.active.add(1)])


def one_less() -> Operation:
    """The operation that counts one superadmin fewer. It is refused for the last one."""
    return Update(Superadmins.key(), [Superadmins.active.add(-1)], Superadmins.active > 1)


def active() -> int:
    """How many active superadmins there are: 1 read."""
    count = table.fetch(Superadmins.key())
    return int(count.active) if count else 0

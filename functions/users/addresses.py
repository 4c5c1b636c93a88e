"""The access patterns of people's addresses, each with its number of round trips."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from quickcare import ids
from quickcare.db import keys, table
from quickcare.db.items import Address, CurrentAddress
from quickcare.db.operations import Check, Create, Delete, Operation, Put, Refused, Update
from quickcare.errors import Conflict, NotFound
from quickcare.web import paging

from users.repository import setting

_ATTEMPTS = 5


def page_of(user_id: str, limit: int, after: str | None) -> tuple[Sequence[Address], str | None, int | None]:
    """A page of the user's addresses, oldest first, where it ended, and the id of the current one.

    1 read (two in parallel). `after` is the sort key that the page before ended at.
    """
    found, current = table.parallel(
        lambda: list(
            Address.query(
                keys.user(user_id),
                Address.sk.startswith(keys.ADDRESS_PREFIX),
                consistent_read=True,
                limit=limit + 1,
                last_evaluated_key=table.position(keys.user(user_id), after),
            )
        ),
        lambda: table.fetch(CurrentAddress.key(user_id)),
    )
    shown, last = paging.cut(found, limit)
    return shown, last.sk if last else None, int(current.address_id) if current else None


def find(user_id: str, address_id: int) -> tuple[Address, bool]:
    """One of the user's own addresses and whether it is the current one: 1 read. Raises NotFound."""
    found, current = table.fetch(Address.key(user_id, address_id), CurrentAddress.key(user_id))
    if found is None:
        raise NotFound
    return found, current is not None and int(current.address_id) == address_id


def add(user_id: str, attributes: dict[str, Any], is_current: bool | None, now: datetime) -> tuple[Address, bool]:
    """Create an address: 1 read, 1 write. Unless the caller says, it becomes current when no other is."""
    other_is_current = is_current is None and table.fetch(CurrentAddress.key(user_id)) is not None
    while True:
        address_id = ids.new_int(now)
        item = Address.key(user_id, address_id).item(id=address_id, **attributes)
        pointer = CurrentAddress.key(user_id).item(address_id=address_id)
        writes: dict[str, Operation] = {"address": Create(item)}
        if is_current:
            writes["current"] = Put(pointer)
        elif is_current is None and not other_is_current:
            writes["current"] = Create(pointer)
        try:
            table.write(**writes)
        except Refused as refused:
            other_is_current = other_is_current or "current" in refused.names
            continue
        return item, "current" in writes


def change(user_id: str, address_id: int, attributes: dict[str, Any], is_current: bool | None) -> tuple[Address, bool]:
    """Change an address, and make it the current one or not: 1 read, 1 write. Raises NotFound.

    The address as it is then, and whether it is the current one.
    """
    for attempt in range(_ATTEMPTS):
        item, was_current = find(user_id, address_id)
        pointer = CurrentAddress.key(user_id)
        actions = setting(Address, {"id": address_id, **attributes})
        writes: dict[str, Operation] = {"address": Update(Address.key(user_id, address_id), actions)}
        if is_current:
            writes["current"] = Put(pointer.item(address_id=address_id))
        elif is_current is False and was_current:
            writes["current"] = Delete(pointer, CurrentAddress.address_id == address_id)
        if _write(writes, attempt):
            for name, value in attributes.items():
                setattr(item, name, value)
            return item, was_current if is_current is None else is_current
    raise Conflict


def delete(user_id: str, address_id: int) -> None:
    """Delete an address, and with it that it was the current one: 1 read, 1 write. Raises NotFound."""
    for attempt in range(_ATTEMPTS):
        _, was_current = find(user_id, address_id)
        pointer, points_here = CurrentAddress.key(user_id), CurrentAddress.address_id == address_id
        elsewhere = CurrentAddress.address_id.does_not_exist() | (CurrentAddress.address_id != address_id)
        # Without the check, one who makes it current meanwhile would leave a pointer to nothing.
        current = Delete(pointer, points_here) if was_current else Check(pointer, elsewhere)
        key = Address.key(user_id, address_id)
        if _write({"address": Delete(key, Address.pk.exists()), "current": current}, attempt):
            return
    raise Conflict


def _write(writes: dict[str, Operation], attempt: int) -> bool:
    """Whether it was written; False, after a moment, when another address became current meanwhile."""
    try:
        table.write(**writes)
    except Refused as refused:
        if "address" in refused.names:
            raise NotFound from None
        table.back_off(attempt)
        return False
    return True

"""People's addresses. At most one of a user's addresses is the current one: `CurrentAddress` points to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quickcare import ids
from quickcare.accounts import account, quotas
from quickcare.db import keys, table
from quickcare.db.items import Address, CurrentAddress, User
from quickcare.db.operations import (
    Check,
    Create,
    Delete,
    Keeping,
    Operation,
    Put,
    Refused,
    Update,
    keep_nothing,
    setting,
)
from quickcare.db.table import decide_again
from quickcare.errors import NotFound

from users.schemas.addresses import AddressChange, NewAddress


def page_of(user_id: str, limit: int, after: str | None) -> tuple[list[Address], str | None, int | None]:
    """A page of the user's addresses, oldest first, where it ended, and the id of the current one: 1 read (two in
    parallel)."""
    (found, last), current = table.parallel(
        lambda: table.page(Address, keys.user(user_id), Address.sk.startswith(keys.ADDRESS_PREFIX), limit, after),
        lambda: table.fetch(CurrentAddress.key(user_id)),
    )
    return found, last, int(current.address_id) if current else None


def replay(user_id: str, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to an addition that is given again: 1 read. Raises Unauthorized when the account is closed."""
    account.active(table.fetch(User.key(user_id)))
    return body


def find(user_id: str, address_id: int) -> tuple[Address, bool]:
    """One of the user's own addresses and whether it is the current one: 1 read. Raises NotFound."""
    address, current = table.fetch(Address.key(user_id, address_id), CurrentAddress.key(user_id))
    if address is None:
        raise NotFound
    return address, current is not None and int(current.address_id) == address_id


@decide_again
def add(
    user_id: str, body: NewAddress, now: datetime, keep: Keeping[[Address, bool]] = keep_nothing
) -> tuple[Address, bool]:
    """Create an address: 1 write, and 1 read when the body does not say `is_current`. The address then becomes the
    current one if no other is. Returns also whether it did. Raises Conflict when the user has as many as they may."""
    address_id = ids.new_int(now)
    address = Address.key(user_id, address_id).item(id=address_id, **body.attributes())
    address.is_counted = quotas.are_on() or None
    pointer = CurrentAddress.key(user_id).item(address_id=address_id)
    writes: dict[str, Operation] = {"address": Create(address), **quotas.address_added(user_id)}
    if body.is_current:
        writes["current"] = Put(pointer)
    elif body.is_current is None and table.fetch(CurrentAddress.key(user_id)) is None:
        writes["current"] = Create(pointer)
    try:
        table.write(**writes, **keep(address, "current" in writes))
    except Refused as refused:
        quotas.require(refused, now)
        raise
    return address, "current" in writes


@decide_again
def change(user_id: str, address_id: int, body: AddressChange) -> tuple[Address, bool]:
    """Change an address, and make it the current one or not: 1 read, 1 write. Raises NotFound.

    Returns the address as it is then, and whether it is the current one.
    """
    (address, was_current), attributes = find(user_id, address_id), body.attributes()
    pointer = CurrentAddress.key(user_id)
    actions = setting(Address, {"id": address_id, **attributes})
    writes: dict[str, Operation] = {"address": Update(Address.key(user_id, address_id), actions)}
    if body.is_current:
        writes["current"] = Put(pointer.item(address_id=address_id))
    elif body.is_current is False and was_current:
        writes["current"] = Delete(pointer, CurrentAddress.address_id == address_id)
    _write(writes)
    for name, value in attributes.items():
        setattr(address, name, value)
    return address, was_current if body.is_current is None else body.is_current


@decide_again
def delete(user_id: str, address_id: int) -> None:
    """Delete an address, and the pointer to it when it is the current one: 1 read, 1 write. Raises NotFound."""
    address, was_current = find(user_id, address_id)
    pointer, points_here = CurrentAddress.key(user_id), CurrentAddress.address_id == address_id
    points_elsewhere = CurrentAddress.address_id.does_not_exist() | (CurrentAddress.address_id != address_id)
    # Without the check, a request that makes this address the current one meanwhile would leave a pointer to nothing.
    current = Delete(pointer, points_here) if was_current else Check(pointer, points_elsewhere)
    place = quotas.address_deleted(user_id, was_counted=bool(address.is_counted))
    _write({"address": Delete(Address.key(user_id, address_id), Address.pk.exists()), "current": current, **place})


def _write(writes: dict[str, Operation]) -> None:
    """Raises NotFound when the address is gone, Refused when another one became the current one meanwhile."""
    try:
        table.write(**writes)
    except Refused as refused:
        if "address" in refused.names:
            raise NotFound from None
        raise

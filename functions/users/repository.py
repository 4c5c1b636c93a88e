"""The access patterns of `/api/users/`, each with its number of round trips."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action
from quickcare import ids, keys, paging, table
from quickcare.errors import Conflict, NotFound, Unauthorized
from quickcare.items import (
    Address,
    ContactOwner,
    CurrentAddress,
    LoginThrottle,
    MedicalProfile,
    PasswordReset,
    Registration,
    SendLog,
    TempPassword,
    User,
)
from quickcare.table import Create, Delete, Item, Operation, Put, Refused, Update


def registration_state(
    contact: int, source_ip: str
) -> tuple[ContactOwner | None, Registration | None, SendLog | None, SendLog | None]:
    """Who has the contact, the live registration, and the codes sent to it and for this address: 1 read."""
    return table.fetch(
        ContactOwner.key(contact),
        Registration.key(contact),
        SendLog.of_contact(contact),
        SendLog.of_address(source_ip),
    )


def reset_state(
    contact: int, source_ip: str
) -> tuple[ContactOwner | None, PasswordReset | None, SendLog | None, SendLog | None]:
    """The same for a forgotten password: 1 read."""
    return table.fetch(
        ContactOwner.key(contact),
        PasswordReset.key(contact),
        SendLog.of_contact(contact),
        SendLog.of_address(source_ip),
    )


def login_state(contact: int) -> tuple[ContactOwner | None, LoginThrottle | None]:
    """Who has the contact, and how often a login failed: 1 read."""
    return table.fetch(ContactOwner.key(contact), LoginThrottle.key(contact))


def account(user_id: str) -> User:
    """The user's account: 1 read. Raises Unauthorized when it is gone or deactivated."""
    return _active(table.fetch(User.key(user_id)))


def account_and_medical_profile(user_id: str) -> tuple[User, MedicalProfile | None]:
    """1 read. Raises Unauthorized like `account`."""
    user, profile = table.fetch(User.key(user_id), MedicalProfile.key(user_id))
    return _active(user), profile


def _active(user: User | None) -> User:
    if user is None or not user.is_active:
        raise Unauthorized
    return user


def setting(model: type[Item], attributes: dict[str, Any]) -> list[Action]:
    """Update actions that set these attributes and remove those that are None."""
    return [
        getattr(model, name).remove() if value is None else getattr(model, name).set(value)
        for name, value in attributes.items()
    ]


def forget_temporary_password(user: User) -> dict[str, Operation]:
    """The write after which nobody can read the user's temporary password any more; none when there is none."""
    if user.temporary_password_until is None or user.temporary_password_log is None:
        return {}
    return {"temporary_password": Delete(TempPassword.key(user.temporary_password_log))}


def update_account(user: User, attributes: dict[str, Any]) -> User:
    """1 write. The user as it is then."""
    if attributes:
        table.write(user=Update(User.key(user.id), setting(User, attributes)))
    for name, value in attributes.items():
        setattr(user, name, value)
    return user


def changed_medical_profile(
    user_id: str, profile: MedicalProfile | None, attributes: dict[str, Any], now: datetime
) -> tuple[MedicalProfile, Operation]:
    """The profile with these attributes, and the write that makes it so (creating it the first time)."""
    if profile is None:
        profile = MedicalProfile.key(user_id).item(created_at=now, updated_at=now, **attributes)
        return profile, Create(profile)
    for name, value in {**attributes, "updated_at": now}.items():
        setattr(profile, name, value)
    return profile, Update(MedicalProfile.key(user_id), setting(MedicalProfile, {**attributes, "updated_at": now}))


def write_medical_profile(
    user_id: str, seen: MedicalProfile | None, attributes: dict[str, Any], now: datetime
) -> MedicalProfile:
    """1 write. Raises Conflict when two requests create it at once."""
    profile, operation = changed_medical_profile(user_id, seen, attributes, now)
    try:
        table.write(profile=operation)
    except Refused:
        raise Conflict from None
    return profile


# Addresses


def addresses(user_id: str, limit: int, after: str | None) -> tuple[Sequence[Address], str | None, int | None]:
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


def address(user_id: str, address_id: int) -> tuple[Address, bool]:
    """One of the user's own addresses and whether it is the current one: 1 read. Raises NotFound."""
    found, current = table.fetch(Address.key(user_id, address_id), CurrentAddress.key(user_id))
    if found is None:
        raise NotFound
    return found, current is not None and int(current.address_id) == address_id


def add_address(
    user_id: str, attributes: dict[str, Any], is_current: bool | None, now: datetime
) -> tuple[Address, bool]:
    """Create an address: 1 write. The first one becomes current unless the caller says otherwise."""
    while True:
        address_id = ids.new_int(now)
        item = Address.key(user_id, address_id).item(id=address_id, **attributes)
        pointer = CurrentAddress.key(user_id).item(address_id=address_id)
        writes: dict[str, Operation] = {"address": Create(item)}
        if is_current is not False:
            writes["current"] = Put(pointer) if is_current else Create(pointer)
        try:
            table.write(**writes)
        except Refused as refused:
            if "current" in refused.names:
                is_current = False
            continue
        return item, "current" in writes


def change_address(user_id: str, address_id: int, attributes: dict[str, Any], is_current: bool | None) -> None:
    """Change an address, and make it the current one or not: 1 read, 1 write. Raises NotFound."""
    _, was_current = address(user_id, address_id)
    key, pointer = Address.key(user_id, address_id), CurrentAddress.key(user_id)
    writes: dict[str, Operation] = {"address": Update(key, setting(Address, {"id": address_id, **attributes}))}
    if is_current:
        writes["current"] = Put(pointer.item(address_id=address_id))
    if is_current is False and was_current:
        writes["current"] = Delete(pointer, CurrentAddress.address_id == address_id)
    _write_address(writes)


def delete_address(user_id: str, address_id: int) -> None:
    """Delete an address, and with it that it was the current one: 1 read, 1 write. Raises NotFound."""
    _, was_current = address(user_id, address_id)
    key, pointer = Address.key(user_id, address_id), CurrentAddress.key(user_id)
    writes: dict[str, Operation] = {"address": Delete(key, Address.pk.exists())}
    if was_current:
        writes["current"] = Delete(pointer, CurrentAddress.address_id == address_id)
    _write_address(writes)


def _write_address(writes: dict[str, Operation]) -> None:
    try:
        table.write(**writes)
    except Refused as refused:
        raise (NotFound if "address" in refused.names else Conflict) from None

"""The access patterns of `/api/users/`, each with its number of round trips."""

from datetime import datetime
from typing import Any, TypeVar

from pynamodb.expressions.update import Action
from quickcare.accounts import users_list
from quickcare.clinic import doctors_list
from quickcare.db import table
from quickcare.db.item import Item, Key
from quickcare.db.items import ContactOwner, MedicalProfile, PasswordReset, Registration, SendLog, User
from quickcare.db.operations import Create, Operation, Refused, Update
from quickcare.errors import Conflict, Unauthorized

P = TypeVar("P", Registration, PasswordReset)
_ATTEMPTS = 5


def sending_state(
    contact: int, waiting: Key[P], source_ip: str
) -> tuple[ContactOwner | None, P | None, SendLog | None, SendLog | None]:
    """Who has the contact, what waits for the last code, and the codes sent to it and for this address: 1 read."""
    return table.fetch(ContactOwner.key(contact), waiting, SendLog.of_contact(contact), SendLog.of_address(source_ip))


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


def change_account(user: User, attributes: dict[str, Any], now: datetime) -> User:
    """1 write, and for a doctor's new name 2 reads and their rows in the directory. The user as it is then.

    Raises Unauthorized when the account is gone or deactivated meanwhile.
    """
    if not attributes:
        return user
    for attempt in range(_ATTEMPTS):
        try:
            return _write_account(user, attributes, now)
        except Refused:
            table.back_off(attempt)
            user = account(user.id)
    raise Conflict


def _write_account(user: User, attributes: dict[str, Any], now: datetime) -> User:
    unchanged = users_list.unchanged(user) & (User.is_active == True)  # noqa: E712 - a DynamoDB condition
    writes: dict[str, Operation] = {
        "user": Update(User.key(user.id), setting(User, attributes), unchanged),
        **users_list.relisted(user, attributes),
    }
    is_renamed = attributes.get("name", user.name) != user.name
    for name, value in attributes.items():
        setattr(user, name, value)
    if user.doctor_id is None or not is_renamed:
        table.write(**writes)
        return user
    doctor, clinic = doctors_list.practice(int(user.doctor_id))
    with doctors_list.updating(doctor, user, clinic, {"updated_at": now}, now) as update:
        table.write(**writes, doctor=update)
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

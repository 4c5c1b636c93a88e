"""The access patterns of `/api/users/`, each with its number of round trips."""

from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action
from quickcare import doctor_directory, table
from quickcare.errors import Conflict, Unauthorized
from quickcare.items import (
    ContactOwner,
    LoginThrottle,
    MedicalProfile,
    PasswordReset,
    Registration,
    SendLog,
    TempPassword,
    User,
)
from quickcare.table import Create, Delete, Item, Operation, Refused, Update


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


def update_account(user: User, attributes: dict[str, Any], **also: Operation) -> User:
    """1 write, with what else must change. The user as it is then.

    Raises Unauthorized when the account is gone or deactivated meanwhile, Conflict when something else has moved.
    """
    if attributes:
        try:
            update = Update(User.key(user.id), setting(User, attributes), User.is_active == True)  # noqa: E712
            table.write(user=update, **also)
        except Refused as refused:
            raise (Unauthorized if "user" in refused.names else Conflict) from None
    for name, value in attributes.items():
        setattr(user, name, value)
    return user


def change_account(user: User, attributes: dict[str, Any], now: datetime) -> User:
    """`update_account`, and for a doctor's new name what the directory says: 2 reads and its rows besides."""
    if user.doctor_id is None or attributes.get("name", user.name) == user.name:
        return update_account(user, attributes)
    doctor, clinic = doctor_directory.practice(int(user.doctor_id))
    user.name = attributes["name"]
    with doctor_directory.updating(doctor, user, clinic, {"updated_at": now}, now) as update:
        return update_account(user, attributes, doctor=update)


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

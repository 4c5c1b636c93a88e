"""The caller's own account, as `/api/users/me/` changes it."""

from datetime import datetime
from typing import Any

from quickcare.accounts import users_list
from quickcare.accounts.account import still_active
from quickcare.clinic import doctors_list
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Operation, Update, setting
from quickcare.db.table import decide_again

from users import repository
from users.schemas.me import ProfileChange


@decide_again
def change(user_id: str, body: ProfileChange, now: datetime) -> User:
    """Change what was sent: 1 read, 1 write; for a doctor's new name 2 reads more, and their rows in the directory.

    Raises Unauthorized when the account is gone or deactivated.
    """
    user, attributes = repository.account(user_id), body.model_dump(exclude_unset=True)
    if attributes:
        _write(user, attributes, now)
    return user


def _write(user: User, attributes: dict[str, Any], now: datetime) -> None:
    unchanged = users_list.unchanged(user) & still_active()
    writes: dict[str, Operation] = {
        "user": Update(User.key(user.id), setting(User, attributes), unchanged),
        **users_list.relisted(user, attributes),
    }
    is_renamed = attributes.get("name", user.name) != user.name
    for name, value in attributes.items():
        setattr(user, name, value)
    if user.doctor_id is None or not is_renamed:
        return table.write(**writes)
    doctor, clinic = doctors_list.doctor_and_clinic(int(user.doctor_id))
    with doctors_list.updating(doctor, user, clinic, {"updated_at": now}, now) as update:
        return table.write(**writes, doctor=update)

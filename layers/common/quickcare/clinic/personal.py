"""Changing what an account says of a person: the row of a list or a doctor's public entry that shows it follows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare.accounts import users_list
from quickcare.clinic import doctors_list
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Operation, Update, setting


def change(
    user: User,
    attributes: dict[str, Any],
    condition: Condition,
    now: datetime,
    write: Callable[..., None] = table.write,
    **also: Operation,
) -> None:
    """Change these attributes of an account under this condition, and do `also`: 1 write; for a doctor's new name 2
    reads more, and their rows in the directory. The user gets the attributes.

    `write` is what writes the transaction. Raises Refused when the account is not as it was read.
    """
    writes: dict[str, Operation] = {
        "user": Update(User.key(user.id), setting(User, attributes), users_list.unchanged(user) & condition),
        **users_list.relisted(user, attributes),
        **also,
    }
    is_renamed = attributes.get("name", user.name) != user.name
    for name, value in attributes.items():
        setattr(user, name, value)
    if user.doctor_id is None or not is_renamed:
        return write(**writes)
    doctor, clinic = doctors_list.doctor_and_clinic(int(user.doctor_id))
    with doctors_list.updating(doctor, user, clinic, {"updated_at": now}, now) as update:
        return write(**writes, doctor=update)

"""All people for the administrators' list: newest first, by role, state, gender, e-mail and the beginning of a name.

Its rows are those of the directory, but change in the transaction that changes the person: an account that exists is
listed, with what it is now, whatever crashes (docs/decisions/0011-admin-panel.md).

    table.write(user=Create(user), **user_directory.listed(user))
    table.write(user=Update(key, actions, user_directory.unchanged(user)), **user_directory.relisted(user, changes))
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare import clock, search
from quickcare.db import operations
from quickcare.db.items import User
from quickcare.db.operations import Operation
from quickcare.search import Directory, Entry, transacted

USERS = Directory(
    kind="USER",
    filter_sets=(("email",), ("role", "active"), ("role",), ("complete",), ("gender",), ("active",), ()),
    orders={"joined": lambda facts: str(facts["joined"]), "name": lambda facts: str(facts["name"])},
    at_once=True,
)
_ATTRIBUTES = ("name", "role_id", "is_active", "is_complete_onboarding", "gender", "email", "doctor_id")


def entry(user: User, changes: Mapping[str, Any] | None = None) -> Entry:
    """What the directory says of a user, once these attributes have changed."""
    now = {name: getattr(user, name) for name in _ATTRIBUTES} | dict(changes or {})
    facts = {
        "joined": clock.sortable(user.date_joined),
        "name": transacted.name(now["name"]),
        "role": int(now["role_id"]),
        "active": bool(now["is_active"]),
        "complete": bool(now["is_complete_onboarding"]),
        "gender": now["gender"],
        "email": search.fold(now["email"] or "") or None,
        "doctor": None if now["doctor_id"] is None else int(now["doctor_id"]),
    }
    return Entry(user.id, facts)


def listed(user: User) -> dict[str, Operation]:
    """The directory's part of the transaction that creates the user."""
    return transacted.change(USERS, None, entry(user))


def relisted(user: User, changes: Mapping[str, Any]) -> dict[str, Operation]:
    """The directory's part of the transaction that changes these attributes of a user as read; often nothing.

    The update of the user must carry the condition `unchanged(user)`.
    """
    return transacted.change(USERS, entry(user), entry(user, changes))


def unchanged(user: User) -> Condition:
    """The condition that nothing the directory tells has changed since the user was read."""
    return operations.unchanged(user, *_ATTRIBUTES)

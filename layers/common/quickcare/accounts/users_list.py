"""The administrators' list of all users: newest first, by role, state, gender, e-mail and the beginning of a name.

It is a directory whose rows change in the transaction that changes the user. So every account is in the list as it is
now, whatever crashes (docs/decisions/0011-admin-panel.md).

    table.write(user=Create(user), **users_list.listed(user))
    table.write(user=Update(key, actions, users_list.unchanged(user)), **users_list.relisted(user, changes))
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
    """The list's entry of a user, after these attributes have changed."""
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
    """The list's operations, for the transaction that creates the user."""
    return transacted.change(USERS, None, entry(user))


def relisted(user: User, changes: Mapping[str, Any]) -> dict[str, Operation]:
    """The list's operations, for the transaction that changes these attributes of a user as it was read.

    Often there are none. The update of the user must have the condition `unchanged(user)`.
    """
    return transacted.change(USERS, entry(user), entry(user, changes))


def unchanged(user: User) -> Condition:
    """The condition that no attribute that the list shows has changed since the user was read."""
    return operations.unchanged(user, *_ATTRIBUTES)

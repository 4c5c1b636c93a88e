"""The administrators' list of all users, by role, state and gender, and their search for one: by parts of the name, the
end of the number and the beginning of the e-mail address.

Both are directories whose rows change in the transaction that changes the user. So every account is there as it is now,
whatever crashes (docs/decisions/0011-admin-panel.md). Numbers and addresses are in keys and facts of these rows, which
the panel alone may read (docs/decisions/0036-panel-as-a-console.md).

    table.write(user=Create(user), **users_list.listed(user))
    table.write(user=Update(key, actions, users_list.unchanged(user)), **users_list.relisted(user, changes))
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare import clock, search
from quickcare.db import keys, operations
from quickcare.db.items import User
from quickcare.db.operations import Operation
from quickcare.search import Directory, Entry, transacted
from quickcare.search.words import few_endings

USERS = Directory(
    kind="USER",
    # Nothing asks for an e-mail address here any more (`SEARCH` does); rows that were written so are removed by it.
    filter_sets=(("email",), ("role", "active"), ("role",), ("complete",), ("gender",), ("active",), ()),
    orders={"joined": lambda facts: str(facts["joined"]), "name": lambda facts: str(facts["name"])},
    at_once=True,
    shards=keys.LIST_SHARDS,
)
# Its rows know nothing that changes with a role or a state: a transaction that opens a clinic with sixty slots has no
# room for them.
SEARCH = Directory(
    kind="USER-FIND",
    filter_sets=((),),
    orders={"contact": lambda facts: str(facts["contact"]), "email": lambda facts: facts["email"]},
    at_once=True,
    endings=few_endings,
    shards=keys.LIST_SHARDS,
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
    return Entry(user.id, facts, shards=int(user.list_shards or search.SHARDS_BEFORE))


def searched(user: User, changes: Mapping[str, Any] | None = None) -> Entry:
    """What a user is searched by, after these attributes have changed."""
    now = {"name": user.name, "email": user.email} | dict(changes or {})
    facts = {"contact": backwards(str(int(user.contact))), "email": transacted.spelled(now["email"] or "") or None}
    return Entry(user.id, facts, search.words(now["name"]), int(user.list_shards or search.SHARDS_BEFORE))


def backwards(digits: str) -> str:
    """A number from its end, so that numbers that end alike are beside each other."""
    return digits[::-1]


def listed(user: User) -> dict[str, Operation]:
    """The operations of list and search, for the transaction that creates the user."""
    return transacted.change(USERS, None, entry(user)) | transacted.change(SEARCH, None, searched(user))


def relisted(user: User, changes: Mapping[str, Any]) -> dict[str, Operation]:
    """The operations of list and search, for the transaction that changes these attributes of a user as it was read.

    Often there are none. The update of the user must have the condition `unchanged(user)`.
    """
    return transacted.change(USERS, entry(user), entry(user, changes)) | transacted.change(
        SEARCH, searched(user), searched(user, changes)
    )


def unchanged(user: User) -> Condition:
    """The condition that no attribute that the list shows has changed since the user was read."""
    return operations.unchanged(user, *_ATTRIBUTES)

"""Create a superadmin. `manage.py` does so, and the local server when it starts."""

from datetime import datetime

from quickcare import ids
from quickcare.accounts import audit_entries, passwords, superadmins, users_list
from quickcare.db import table
from quickcare.db.items import ContactOwner, User
from quickcare.db.operations import Create, Operation, Refused
from quickcare.db.table import decide_again
from quickcare.roles import Role


def create(*, contact: int, name: str, password: str, now: datetime, by_operator: bool = False) -> bool:
    """Create a superadmin; `by_operator` with an entry in the audit.

    Returns False when the contact has an account. Raises Invalid for a weak password.
    """
    passwords.check_rule(password, contact)
    user_id = ids.new_uuid()
    user = User.key(user_id).item(
        id=user_id,
        contact=contact,
        name=name,
        role_id=Role.SUPERADMIN,
        password_hash=passwords.hash_password(password),
        date_joined=now,
        is_complete_onboarding=True,
    )
    trail: dict[str, Operation] = {}
    if by_operator:
        target = f"users/{user_id}"
        trail = audit_entries.by_operator("created_superadmin", now, target=target, target_name=name)
    return _write(user, trail)


@decide_again
def _write(user: User, trail: dict[str, Operation]) -> bool:
    try:
        table.write(
            owner=Create(ContactOwner.key(int(user.contact)).item(user_id=user.id)),
            user=Create(user),
            superadmins=superadmins.one_more(),
            **users_list.listed(user),
            **trail,
        )
    except Refused as refused:
        if "owner" in refused.names:
            return False
        raise
    return True

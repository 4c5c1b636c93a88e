"""Creating a superadmin: from `manage.py`, and by the local server when it starts."""

from datetime import datetime

from quickcare import ids, passwords, table
from quickcare.items import ContactOwner, User
from quickcare.roles import Role
from quickcare.table import Create, Refused


def create(*, contact: int, name: str, password: str, now: datetime) -> bool:
    """Create a superadmin; False when the contact has an account already. Raises Invalid for a weak password."""
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
    try:
        table.write(owner=Create(ContactOwner.key(contact).item(user_id=user_id)), user=Create(user))
    except Refused:
        return False
    return True

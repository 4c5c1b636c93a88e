"""In which language somebody gets SMS, and whether they want reminders (docs/contract.md: Preferences)."""

from quickcare.accounts.account import still_active
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Refused, Update, setting
from quickcare.errors import Unauthorized

from users import repository
from users.schemas.preferences import PreferencesChange


def change(user_id: str, body: PreferencesChange) -> User:
    """Change what was sent: 1 read, 1 write. Raises Unauthorized when the account is gone or deactivated."""
    user, attributes = repository.account(user_id), body.model_dump(exclude_unset=True)
    if not attributes:
        return user
    try:
        table.write(user=Update(User.key(user_id), setting(User, attributes), still_active()))
    except Refused:
        raise Unauthorized from None
    for name, value in attributes.items():
        setattr(user, name, value)
    return user

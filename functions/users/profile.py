"""The caller's own account, as `/api/users/me/` changes it."""

from datetime import datetime

from quickcare.accounts.account import still_active
from quickcare.clinic import personal
from quickcare.db.items import User
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
        personal.change(user, attributes, still_active(), now)
    return user

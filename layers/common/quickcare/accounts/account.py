"""Whether an account may be used at all."""

from pynamodb.expressions.condition import Condition

from quickcare.db.items import User
from quickcare.db.operations import is_true
from quickcare.errors import Unauthorized


def active(user: User | None) -> User:
    """The user. Raises Unauthorized when the account does not exist or was deactivated."""
    if user is None or not user.is_active:
        raise Unauthorized
    return user


def still_active() -> Condition:
    """The condition, for the user's item, that nobody deactivated the account meanwhile."""
    return is_true(User.is_active)

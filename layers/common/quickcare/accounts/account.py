"""The rule that a deactivated account can do nothing."""

from pynamodb.expressions.condition import Condition

from quickcare.db.items import User
from quickcare.db.operations import is_true
from quickcare.errors import Unauthorized


def active(user: User | None) -> User:
    """The user, when the account is active. Raises Unauthorized when it does not exist or was deactivated."""
    if user is None or not user.is_active:
        raise Unauthorized
    return user


def still_active() -> Condition:
    """The condition on the user's item that the account is still active when the transaction is written."""
    return is_true(User.is_active)

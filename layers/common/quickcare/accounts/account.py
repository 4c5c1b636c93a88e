"""The rule that a deactivated account can do nothing, and what a change of an account is decided on."""

from functools import cache

from pynamodb.expressions.condition import Condition

from quickcare.db.items import User
from quickcare.db.operations import is_true
from quickcare.errors import Unauthorized


def active(user: User | None) -> User:
    """The user, when the account is active. Raises Unauthorized when it does not exist or was deactivated."""
    if user is None or not user.is_active:
        raise Unauthorized
    return user


def same_staff_version(user: User) -> Condition:
    """The condition on the user's item that no membership and no owned clinic was written since the user was read."""
    same: Condition = User.staff_version == int(user.staff_version or 0)
    # Accounts from before this attribute lack it, and it reads as 0.
    return same if user.staff_version else same | User.staff_version.does_not_exist()


@cache
def still_active() -> Condition:
    """The condition on the user's item that the account is still active when the transaction is written."""
    return is_true(User.is_active)

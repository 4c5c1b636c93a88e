"""Reads that several modules of `/api/users/` share, each with its number of round trips."""

from quickcare.accounts.account import active
from quickcare.db import table
from quickcare.db.items import MedicalProfile, User


def account(user_id: str) -> User:
    """The user's account: 1 read. Raises Unauthorized when it is gone or deactivated."""
    return active(table.fetch(User.key(user_id)))


def account_and_medical_profile(user_id: str) -> tuple[User, MedicalProfile | None]:
    """The user's account and their medical profile, if they have one: 1 read. Raises Unauthorized like `account`."""
    user, profile = table.fetch(User.key(user_id), MedicalProfile.key(user_id))
    return active(user), profile

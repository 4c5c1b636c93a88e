"""Reads that several modules of `/api/clinics/` share, each with its number of round trips; who owns a clinic."""

from collections.abc import Mapping
from typing import Any

from quickcare.accounts import account
from quickcare.db import table
from quickcare.db.items import Clinic, User
from quickcare.db.operations import Check, is_true
from quickcare.errors import Forbidden, NotFound
from quickcare.roles import Role


def owner(user_id: str) -> User:
    """The account of a clinic owner: 1 read. Raises Unauthorized when it is gone, Forbidden for other roles."""
    return _require_owner_role(table.fetch(User.key(user_id)))


def owned(clinic_id: str, user_id: str, *, deleted: bool = False) -> tuple[Clinic, User]:
    """The caller's own clinic and their account: 1 read. Raises what `require_owned` does."""
    clinic, user = table.fetch(Clinic.key(clinic_id), User.key(user_id))
    return require_owned(clinic, user, deleted=deleted)


def replay(user_id: str, path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """The answer to something that the owner added to a clinic, given again: 1 read. Raises what `owned` raises."""
    owned(path["clinic_id"], user_id)
    return body


def require_owned(clinic: Clinic | None, user: User | None, *, deleted: bool = False) -> tuple[Clinic, User]:
    """A clinic and its owner, as they were read.

    Raises NotFound for an unknown clinic and, unless `deleted`, for a deleted one; Forbidden when the user does not own
    it; Unauthorized when the account is gone.
    """
    if clinic is None:
        raise NotFound
    owner = _require_owner_role(user)
    if clinic.owner_id != owner.id:
        raise Forbidden
    if not (clinic.is_active or deleted):
        raise NotFound
    return clinic, owner


def _require_owner_role(user: User | None) -> User:
    user = account.active(user)
    if user.role is not Role.CLINIC_OWNER:
        raise Forbidden
    return user


def require_open(clinic: Clinic | None) -> Clinic:
    """The clinic, if it is open, verified or not: its owner reads its hours by the public's routes. Raises NotFound."""
    if clinic is None or not clinic.is_active:
        raise NotFound
    return clinic


def still_open(clinic_id: str) -> Check:
    """The part of a write that must not happen when the clinic is deleted meanwhile."""
    return Check(Clinic.key(clinic_id), is_true(Clinic.is_active))

"""The rights of staff. They depend on an active membership, which is read when it is used (docs/contract.md: Staff)."""

from collections.abc import Container, Iterable, Sequence
from datetime import date
from typing import Any

from quickcare.accounts import account
from quickcare.clinic import verification
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Doctor, Membership, User
from quickcare.errors import Forbidden, Unauthorized
from quickcare.roles import Role
from quickcare.settings import settings

ACTIVE = "active"
UNVERIFIED_CLINIC = "Your clinic has not been verified by an administrator yet."
UNVERIFIED_DOCTOR = "Your registration has not been verified by an administrator yet."


def memberships(user_id: str) -> list[Membership]:
    """All memberships of a user, of any status: 1 read."""
    return table.query(Membership, keys.user(user_id), Membership.sk.startswith(keys.MEMBERSHIP_PREFIX))


def user_and_memberships(user_id: str) -> tuple[User, list[Membership]]:
    """An account and all its memberships, of any status: 2 reads. Raises Unauthorized when the account is gone.

    The account is read first: a write under the condition of its `staff_version` is then refused when the memberships
    changed in between.
    """
    user = table.fetch(User.key(user_id))
    if user is None:
        raise Unauthorized
    return user, memberships(user_id)


def require(user_id: str, roles: Container[Role]) -> tuple[User, list[Membership]]:
    """The user and their active memberships in one of `roles`: 1 read.

    Raises Unauthorized when the account does not exist or was deactivated, Forbidden without such a membership.
    """
    user, held = table.parallel(lambda: table.fetch(User.key(user_id)), lambda: memberships(user_id))
    user, held_now = account.active(user), active_as(roles, held)
    if user.role not in roles or not held_now:
        raise Forbidden
    return user, held_now


def active_as(roles: Container[Role], held: Iterable[Membership]) -> list[Membership]:
    """The memberships that are active in one of these roles."""
    names = {role.name.lower() for role in Role if role in roles}
    return [membership for membership in held if membership.status == ACTIVE and membership.member_role in names]


def has_joined(membership: Membership, day: date) -> bool:
    """Whether the person works in the clinic on this day already (`joined_at`; from ever without one)."""
    return membership.joined_at is None or str(membership.joined_at) <= day.isoformat()


def clinics(memberships: Iterable[Membership]) -> list[Key[Clinic]]:
    """The keys of the memberships' clinics. Read them with the next read, for `require_open`."""
    return [Clinic.key(membership.clinic_id) for membership in memberships]


def evidence(user: User, memberships: Iterable[Membership]) -> list[Key[Any]]:
    """The keys of what shows whether somebody may see patients: the clinics, and a doctor's profile.

    Read them with the next read, for `serving` or `require_serving`.
    """
    return [*clinics(memberships), *([Doctor.key(int(user.doctor_id or 0))] if user.role is Role.DOCTOR else [])]


def serving(user: User, memberships: Sequence[Membership], found: Sequence[Any]) -> list[Membership]:
    """The memberships that give rights over patients: active in the account's role, in an open and verified clinic.

    None of them for a doctor who is not verified. `found` is what lies under the keys of `evidence`.
    """
    return [] if why_not_serving(user, memberships, found) else _in_open_clinics(user, memberships, found)


def require_serving(user: User, memberships: Sequence[Membership], found: Sequence[Any]) -> list[Membership]:
    """The same. Raises Forbidden when there is none, with a message when only a verification is missing."""
    why = why_not_serving(user, memberships, found)
    if why is not None:
        raise Forbidden(why or None)
    return _in_open_clinics(user, memberships, found)


def _in_open_clinics(user: User, memberships: Sequence[Membership], found: Sequence[Any]) -> list[Membership]:
    pairs = zip(memberships, found[: len(memberships)], strict=True)
    return active_as([user.role], (membership for membership, clinic in pairs if verification.is_open(clinic)))


def why_not_serving(user: User, memberships: Sequence[Membership], found: Sequence[Any]) -> str | None:
    """Why none of the memberships gives rights over patients, "" when there is nothing to say; None when one does."""
    pairs = zip(memberships, found[: len(memberships)], strict=True)
    in_clinics = [(held, clinic) for held, clinic in pairs if clinic and clinic.is_active]
    active = {held.clinic_id for held in active_as([user.role], (held for held, _ in in_clinics))}
    if not active:
        return ""
    if not any(verification.is_open(clinic) for held, clinic in in_clinics if held.clinic_id in active):
        return UNVERIFIED_CLINIC
    if user.role is Role.DOCTOR and settings().verification_is_required and not (found[-1] and found[-1].is_verified):
        return UNVERIFIED_DOCTOR
    return None


def require_open(found: Iterable[Clinic | None]) -> None:
    """Raises Forbidden when all clinics of somebody's memberships are closed. For patients' data see `serving`."""
    if not any(clinic and clinic.is_active for clinic in found):
        raise Forbidden

"""The rights of staff. They depend on an active membership, which is read when it is used (docs/contract.md: Staff)."""

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import date
from typing import Any

from quickcare.accounts import account
from quickcare.clinic import verification
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Doctor, Membership, User
from quickcare.errors import Forbidden, Unauthorized
from quickcare.roles import Role

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


def of_one_moment(user: User, held: list[Membership]) -> tuple[User, list[Membership]]:
    """An account and its memberships that were read at the same time; read anew when they are of two moments: 2 reads.

    An account has the role of its active memberships. When one has another role, somebody got it between the reads, and
    may then do neither what they might before nor what they may now.
    """
    roles = {membership.member_role for membership in held if membership.status == ACTIVE}
    return (user, held) if roles <= {user.role.name.lower()} else user_and_memberships(user.id)


def require(user_id: str, roles: Container[Role]) -> tuple[User, list[Membership]]:
    """The user and their active memberships in one of `roles`: 1 read.

    Raises Unauthorized when the account does not exist or was deactivated, Forbidden without such a membership.
    """
    found, held = table.parallel(lambda: table.fetch(User.key(user_id)), lambda: memberships(user_id))
    user, held = of_one_moment(account.active(found), held)
    held_now = active_as(roles, held)
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
    return _held_where(verification.is_open, user, memberships, found) if _is_verified(user, found) else []


def require_serving(user: User, memberships: Sequence[Membership], found: Sequence[Any]) -> list[Membership]:
    """The same. Raises Forbidden when there is none, with a message when only a verification is missing."""
    places = serving(user, memberships, found)
    if not places:
        raise Forbidden(why_not_serving(user, memberships, found))
    return places


def why_not_serving(user: User, memberships: Sequence[Membership], found: Sequence[Any]) -> str | None:
    """Which verification is missing, when that alone keeps somebody from `serving`; None otherwise."""
    if not _held_where(lambda clinic: bool(clinic and clinic.is_active), user, memberships, found):
        return None
    if not _held_where(verification.is_open, user, memberships, found):
        return UNVERIFIED_CLINIC
    return None if _is_verified(user, found) else UNVERIFIED_DOCTOR


def _held_where(
    fits: Callable[[Clinic | None], bool], user: User, memberships: Sequence[Membership], found: Sequence[Any]
) -> list[Membership]:
    """The memberships that are active in the account's role, in clinics that fit."""
    pairs = zip(memberships, found[: len(memberships)], strict=True)
    return active_as([user.role], (held for held, clinic in pairs if fits(clinic)))


def _is_verified(user: User, found: Sequence[Any]) -> bool:
    """Whether no verification of the person is missing: only doctors need one."""
    return user.role is not Role.DOCTOR or verification.is_verified(found[-1])


def require_open(found: Iterable[Clinic | None]) -> None:
    """Raises Forbidden when all clinics of somebody's memberships are closed. For patients' data see `serving`."""
    if not any(clinic and clinic.is_active for clinic in found):
        raise Forbidden

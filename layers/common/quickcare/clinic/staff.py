"""The rights of staff. They depend on an active membership, which is read when it is used (docs/contract.md: Staff)."""

from collections.abc import Container, Iterable
from datetime import date

from quickcare.accounts import account
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Membership, User
from quickcare.errors import Forbidden, Unauthorized
from quickcare.roles import Role

ACTIVE = "active"


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
    """The keys of the memberships' clinics. Read them with the next read, for `require_open` or `in_open_clinics`."""
    return [Clinic.key(membership.clinic_id) for membership in memberships]


def in_open_clinics(memberships: Iterable[Membership], found: Iterable[Clinic | None]) -> list[Membership]:
    """The memberships whose clinic is open. `found` are the clinics, in the order of the memberships."""
    return [membership for membership, clinic in zip(memberships, found, strict=True) if clinic and clinic.is_active]


def require_open(found: Iterable[Clinic | None]) -> None:
    """Raises Forbidden when all clinics of somebody's memberships are closed: then they may see no patients."""
    if not any(clinic and clinic.is_active for clinic in found):
        raise Forbidden

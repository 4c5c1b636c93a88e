"""Rights of clinic staff. They need an active membership, read at the moment of use (docs/contract.md: Staff)."""

from collections.abc import Container, Iterable

from quickcare.accounts import account
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Membership, User
from quickcare.errors import Forbidden
from quickcare.roles import Role

ACTIVE = "active"


def memberships(user_id: str) -> list[Membership]:
    """All clinics the user works or worked in, one round trip."""
    return table.query(Membership, keys.user(user_id), Membership.sk.startswith(keys.MEMBERSHIP_PREFIX))


def require(user_id: str, roles: Container[Role]) -> tuple[User, list[Membership]]:
    """The user and their active memberships in one of `roles`, one round trip.

    Raises Unauthorized for a user who is gone or deactivated, Forbidden without such an active membership.
    """
    user, held = table.parallel(lambda: table.fetch(User.key(user_id)), lambda: memberships(user_id))
    user, held_now = account.active(user), active_as(roles, held)
    if user.role not in roles or not held_now:
        raise Forbidden
    return user, held_now


def active_as(roles: Container[Role], held: Iterable[Membership]) -> list[Membership]:
    """Those of a person's memberships that are active in one of these roles."""
    names = {role.name.lower() for role in Role if role in roles}
    return [membership for membership in held if membership.status == ACTIVE and membership.member_role in names]


def clinics(places: Iterable[Membership]) -> list[Key[Clinic]]:
    """The clinics of memberships, to be read with what comes next and given to `require_open`."""
    return [Clinic.key(place.clinic_id) for place in places]


def in_open_clinics(places: Iterable[Membership], found: Iterable[Clinic | None]) -> list[Membership]:
    """Those of the places whose clinic, as `clinics` named them, is open."""
    return [place for place, clinic in zip(places, found, strict=True) if clinic and clinic.is_active]


def require_open(found: Iterable[Clinic | None]) -> None:
    """Raises Forbidden when all clinics that somebody works in are closed: their members see no more patients."""
    if not any(clinic and clinic.is_active for clinic in found):
        raise Forbidden

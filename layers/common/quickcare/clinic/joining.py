"""Who may work in a clinic: who joins at once, who is invited first, and who cannot (docs/contract.md: Staff)."""

from quickcare.clinic.memberships import DOCTOR, PENDING
from quickcare.clinic.staff import ACTIVE
from quickcare.db import table
from quickcare.db.items import Clinic, Membership, User
from quickcare.errors import Conflict
from quickcare.roles import Role


def status_for(user: User, all_memberships: list[Membership], clinic_id: str) -> str:
    """The status of a new membership: `active` for staff who work nowhere else, `pending` for all who are asked first.

    Raises Conflict for people who cannot be members: deactivated, an owner or administrator, a doctor elsewhere.
    """
    if not user.is_active:
        raise Conflict("This person's account has been deactivated.")
    if user.role is Role.CLINIC_OWNER or user.role.is_administrator:
        raise Conflict("A clinic owner or an administrator cannot be a member of a clinic.")
    others = _active_elsewhere(all_memberships, clinic_id)
    for other in others:
        if other.member_role == DOCTOR:
            raise _works_elsewhere(other)
    return PENDING if others or not user.role.is_staff else ACTIVE


def require_one_role(all_memberships: list[Membership], clinic_id: str, member_role: str) -> None:
    """Raises Conflict when a doctor would be active in two clinics, or one account have two roles at once."""
    for other in _active_elsewhere(all_memberships, clinic_id):
        if other.member_role == DOCTOR:
            raise _works_elsewhere(other)
        if other.member_role != member_role:
            role = other.member_role.replace("_", " ")
            raise Conflict(f'This person works as {role} at "{_clinic_name(other)}" and can have only one role.')


def _active_elsewhere(all_memberships: list[Membership], clinic_id: str) -> list[Membership]:
    active = [membership for membership in all_memberships if membership.status == ACTIVE]
    return [membership for membership in active if membership.clinic_id != clinic_id]


def _works_elsewhere(other: Membership) -> Conflict:
    """The answer about a doctor who works in another clinic (docs/contract.md: Staff)."""
    return Conflict(
        f'This doctor is already an active member of "{_clinic_name(other)}". '
        "A doctor can only belong to one clinic at a time."
    )


def _clinic_name(membership: Membership) -> str:
    clinic = table.fetch(Clinic.key(membership.clinic_id))
    return clinic.name if clinic else "another clinic"

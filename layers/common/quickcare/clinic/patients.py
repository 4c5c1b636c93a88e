"""Who has a patient's rights, and whether somebody is a patient of a clinic."""

from collections.abc import Iterable

from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Membership, PatientClinic, User
from quickcare.roles import Role


def is_patient(user: User, memberships: Iterable[Membership] | None = None) -> bool:
    """Whether somebody has a patient's rights: a patient, or staff without an active place in any clinic, whatever
    role the account still shows (docs/contract.md: Staff).

    Without `memberships`, all that the user has or had, they are read when the account shows a staff role: 1 read.
    """
    if user.role is Role.PATIENT or not user.role.is_staff:
        return user.role is Role.PATIENT
    held = staff.memberships(user.id) if memberships is None else memberships
    return not any(membership.status == staff.ACTIVE for membership in held)


def is_patient_of_clinic(patient_id: str, clinic_id: str) -> bool:
    """Whether the patient has a live (pending, confirmed) or completed appointment in the clinic: 1 read."""
    counted = table.fetch(PatientClinic.key(patient_id, clinic_id))
    return counted is not None and counted.appointments > 0

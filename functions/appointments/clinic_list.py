"""Which appointments a clinic's owner sees: all of an open clinic, of a closed one those that cannot take place.

The owner of a clinic that an administrator closed may still end what needs attention, and sees nothing else of it.
"""

from typing import NamedTuple

from quickcare.accounts import account
from quickcare.clinic import appointment_details, staff, verification
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.items import Appointment, Clinic, User
from quickcare.errors import Forbidden, Hidden, NotFound
from quickcare.roles import Role

from appointments import lists
from appointments.lists import AppointmentPage, Days


class ClinicFilters(NamedTuple):
    """By what the list is filtered; None is no filter."""

    days: Days = Days()
    status: Status | None = None
    doctor_id: int | None = None
    needs_attention: bool | None = None

    def match(self, details: AppointmentDetails) -> bool:
        """Whether an appointment of these days belongs into the list."""
        one = details.appointment
        return (
            self.status in (None, one.status)
            and self.doctor_id in (None, one.doctor_id)
            and self.needs_attention in (None, one.needs_attention is not None)
            and _may_be_seen(one, details.clinic)
        )


def require_owner(user: User | None, clinic: Clinic | None) -> Clinic:
    """The clinic, if it is this user's. Raises NotFound (unknown, deleted), Forbidden (another's, not verified)."""
    user = account.active(user)
    if clinic is None:
        raise NotFound
    if clinic.owner_id != user.id or user.role is not Role.CLINIC_OWNER:
        raise Forbidden
    if clinic.deleted_at is not None:
        raise NotFound
    if clinic.is_active and not verification.is_verified(clinic):
        raise Forbidden(staff.UNVERIFIED_CLINIC)
    return clinic


def page(owner_id: str, clinic_id: str, filters: ClinicFilters, limit: int, after: str | None) -> AppointmentPage:
    """The appointments of the caller's own clinic, newest date first: 2 reads. Raises NotFound, Forbidden."""
    looked_at = limit if filters == ClinicFilters(filters.days) else lists.LOOKED_AT
    (user, clinic), (pointers, last) = table.parallel(
        lambda: table.fetch(User.key(owner_id), Clinic.key(clinic_id)),
        lambda: lists.pointers(
            keys.clinic(clinic_id), keys.APPOINTMENT_PREFIX, filters.days, max(limit, looked_at), after
        ),
    )
    require_owner(user, clinic)
    return lists.page(pointers, last, filters.match, limit)


def one(owner_id: str, clinic_id: str, appointment_id: int) -> AppointmentDetails:
    """An appointment in the caller's own clinic: 2 reads.

    Raises NotFound, Forbidden (another owner's clinic; a closed one, unless the appointment cannot take place).
    """
    user, clinic, appointment = table.fetch(User.key(owner_id), Clinic.key(clinic_id), Appointment.key(appointment_id))
    clinic = require_owner(user, clinic)
    if appointment is None or appointment.clinic_id != clinic_id:
        raise Hidden if appointment else NotFound
    if not _may_be_seen(appointment, clinic):
        raise Forbidden
    return appointment_details.fetch([appointment])[0]


def _may_be_seen(appointment: Appointment, clinic: Clinic) -> bool:
    return bool(clinic.is_active) or appointment.needs_attention is not None

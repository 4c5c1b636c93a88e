"""Which appointments a patient and a doctor see: patients their own, doctors those with them where they work now.

A person's own appointments follow the person, not the role: patients who became staff keep them (docs/contract.md:
Staff). `dashboard` shows a clinic's.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from quickcare.accounts import account
from quickcare.clinic import appointment_details, patients, staff
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, AppointmentPointer, Clinic, Membership, PatientClinic, User
from quickcare.errors import Forbidden, Hidden, NotFound
from quickcare.roles import Role

# Only the appointment knows its status. A page that is filtered by it looks at this many and may be short.
LOOKED_AT = 200


class Days(NamedTuple):
    """A stretch of days, both included; None is open."""

    first: date | None = None
    last: date | None = None


class AppointmentPage(NamedTuple):
    """A page of a list, and the sort key it ended at when more follow."""

    appointments: list[AppointmentDetails]
    last: str | None


# One appointment


def of_doctor(doctor_user_id: str, appointment_id: int) -> AppointmentDetails:
    """An appointment with this doctor in the clinic where they work: 2 reads.

    Raises NotFound, Forbidden without an active membership as a doctor in an open clinic, both verified.
    """
    (user, memberships), appointment = table.parallel(
        lambda: staff.require(doctor_user_id, (Role.DOCTOR,)),
        lambda: table.fetch(Appointment.key(appointment_id)),
    )
    theirs = appointment and appointment.doctor_user_id == user.id and _works_there(appointment, memberships)
    found, evidence = table.parallel(
        lambda: appointment_details.fetch([appointment] if appointment and theirs else []),
        lambda: table.fetch_all(staff.evidence(user, memberships)),
    )
    staff.require_serving(user, memberships, evidence)
    if not found or not found[0].clinic.is_active:
        raise Hidden if appointment and not theirs else NotFound
    return found[0]


def _works_there(of: Appointment | AppointmentPointer, memberships: Sequence[Membership]) -> bool:
    """Whether the doctor works in the clinic of this appointment: after leaving it they do not see it any more.

    Its patient and the clinic's owner still do (invariant 7).
    """
    return any(membership.clinic_id == of.clinic_id for membership in memberships)


# Lists of appointments


def own_list(patient_id: str, status: Status | None, limit: int, after: str | None) -> AppointmentPage:
    """A person's own appointments, newest first: 2 reads. Raises Forbidden for those who are and were no patient."""
    user, (found, last) = table.parallel(
        lambda: table.fetch(User.key(patient_id)),
        lambda: pointers(keys.user(patient_id), keys.APPOINTMENT_PREFIX, Days(), _looked_at(status, limit), after),
    )
    user = account.active(user)
    if not found and after is None and not patients.is_patient(user):
        raise Forbidden
    return page(found, last, has_status(status), limit)


def doctors_list(
    doctor_user_id: str, days: Days, status: Status | None, limit: int, after: str | None
) -> AppointmentPage:
    """A doctor's appointments in the clinic where they work, newest date first: 2 reads.

    Raises Forbidden without an active membership as a doctor in an open clinic, both verified.
    """
    (user, memberships), (found, last) = table.parallel(
        lambda: staff.require(doctor_user_id, (Role.DOCTOR,)),
        lambda: pointers(keys.user(doctor_user_id), keys.CONSULTATION_PREFIX, days, _looked_at(status, limit), after),
    )
    there = [pointer for pointer in found if _works_there(pointer, memberships)]
    shown, evidence = table.parallel(
        lambda: page(there, last, lambda one: bool(one.clinic.is_active) and has_status(status)(one), limit),
        lambda: table.fetch_all(staff.evidence(user, memberships)),
    )
    staff.require_serving(user, memberships, evidence)
    return shown


def _looked_at(status: Status | None, limit: int) -> int:
    return LOOKED_AT if status else limit


def pointers(
    pk: str, prefix: str, days: Days, limit: int, after: str | None
) -> tuple[list[AppointmentPointer], str | None]:
    """Up to `limit` pointers of one side in these days, the newest first, and where they ended: 1 read."""
    first = days.first.isoformat() if days.first else ""
    last = days.last.isoformat() if days.last else "~"
    if first > last:
        return [], None  # DynamoDB refuses a range that ends before it begins.
    within = AppointmentPointer.sk.between(f"{prefix}{first}", f"{prefix}{last}~")
    return table.page(AppointmentPointer, pk, within, limit, after, newest_first=True)


def has_status(status: Status | None) -> Callable[[AppointmentDetails], bool]:
    """Whether an appointment has a status; None is any."""
    return lambda one: status in (None, one.appointment.status)


def page(
    found: Sequence[AppointmentPointer], last: str | None, match: Callable[[AppointmentDetails], bool], limit: int
) -> AppointmentPage:
    """The page of those pointers whose appointment matches; `last` is where the pointers ended: 1 read."""
    matching = [(pointer, one) for pointer, one in appointment_details.of_pointers(found) if match(one)]
    shown = matching[:limit]
    if len(matching) > limit:
        last = shown[-1][0].sk
    return AppointmentPage([one for _, one in shown], last)


# The clinics of a patient


def own_clinics(patient_id: str, limit: int, after: str | None) -> tuple[list[tuple[Clinic, User]], str | None]:
    """The clinics where a person has a live or completed appointment, with their owners, and where they end: 2 reads.

    Raises Forbidden for those who are and were no patient.
    """
    within = PatientClinic.sk.startswith(keys.PATIENT_OF_PREFIX)
    user, (found, last) = table.parallel(
        lambda: table.fetch(User.key(patient_id)),
        lambda: table.page(PatientClinic, keys.user(patient_id), within, limit, after),
    )
    user = account.active(user)
    if not found and after is None and not patients.is_patient(user):
        raise Forbidden
    counted = [one for one in found if one.appointments > 0]
    wanted: list[Key[Any]] = [Clinic.key(one.clinic_id) for one in counted]
    items: list[Any] = table.fetch_all(wanted + [User.key(one.owner_id) for one in counted])
    return list(zip(items[: len(counted)], items[len(counted) :], strict=True)), last

"""Who sees which appointments: a patient their own, a doctor those with them, an owner the clinic's day.

Own appointments follow the person, not the role: who became staff keeps them (docs/contract.md: Staff).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.items import Appointment, AppointmentPointer, Clinic, Membership, User
from quickcare.errors import Forbidden, NotFound, Unauthorized
from quickcare.roles import Role
from quickcare.web import paging
from quickcare.web.paging import Page

from appointments import repository
from appointments.repository import AppointmentDetails
from appointments.status import Status

# With a filter on the status, which only the appointment knows, a page examines this many and may be short.
_EXAMINED = 200


class Days(NamedTuple):
    """A stretch of days, both included; None is open."""

    first: date | None = None
    last: date | None = None

    def bounds(self) -> tuple[str, str]:
        return (self.first.isoformat() if self.first else "", self.last.isoformat() if self.last else "~")


class Listed(NamedTuple):
    """A page, and the sort key it ended at when more follows."""

    visited: list[AppointmentDetails]
    last: str | None


# One


def own(patient_id: str, appointment_id: int) -> AppointmentDetails:
    """A person's own appointment: 2 reads. Raises NotFound, Forbidden for those who are no patient."""
    user, appointment = table.fetch(User.key(patient_id), Appointment.key(appointment_id))
    role = _active(user).role
    if appointment is None or appointment.patient_id != patient_id:
        raise NotFound if role is Role.PATIENT else Forbidden
    return repository.details([appointment])[0]


def of_doctor(doctor_user_id: str, appointment_id: int) -> AppointmentDetails:
    """An appointment with this doctor in the clinic where they work: 2 reads.

    Raises NotFound, Forbidden without an active place in a clinic.
    """
    (user, places), appointment = table.parallel(
        lambda: staff.require(doctor_user_id, (Role.DOCTOR,)),
        lambda: table.fetch(Appointment.key(appointment_id)),
    )
    if appointment is None or appointment.doctor_user_id != user.id or not _works_there(appointment, places):
        raise NotFound
    return repository.details([appointment])[0]


def _active(user: User | None) -> User:
    if user is None or not user.is_active:
        raise Unauthorized
    return user


# Many


def own_list(patient_id: str, status: Status | None, limit: int, after: str | None) -> Listed:
    """A person's own appointments, newest date first: 2 reads. Raises Forbidden for those who never were a patient."""
    user, pointers = table.parallel(
        lambda: table.fetch(User.key(patient_id)),
        lambda: repository.pointers(
            keys.user(patient_id), keys.APPOINTMENT_PREFIX, limit=_examined(status, limit) + 1, after=after
        ),
    )
    if _active(user).role is not Role.PATIENT and not pointers and after is None:
        raise Forbidden
    return _page(pointers, status, limit)


def doctors_list(doctor_user_id: str, days: Days, status: Status | None, limit: int, after: str | None) -> Listed:
    """A doctor's appointments in the clinic where they work, newest date first: 2 reads.

    Raises Forbidden without an active place in a clinic.
    """
    (_, places), pointers = table.parallel(
        lambda: staff.require(doctor_user_id, (Role.DOCTOR,)),
        lambda: repository.pointers(
            keys.user(doctor_user_id),
            keys.CONSULTATION_PREFIX,
            days=days.bounds(),
            limit=_examined(status, limit) + 1,
            after=after,
        ),
    )
    return _page(pointers, status, limit, places)


def _works_there(of: Appointment | AppointmentPointer, places: Sequence[Membership]) -> bool:
    """The clinic that a doctor left keeps its patients to itself (invariant 7: patient and owner see them)."""
    return any(place.clinic_id == of.clinic_id for place in places)


def _examined(status: Status | None, limit: int) -> int:
    return _EXAMINED if status else limit


def _page(
    pointers: Sequence[AppointmentPointer],
    status: Status | None,
    limit: int,
    places: Sequence[Membership] | None = None,
) -> Listed:
    candidates = pointers[: _examined(status, limit)]
    end = candidates[-1].sk if len(pointers) > len(candidates) else None
    if places is not None:
        candidates = [pointer for pointer in candidates if _works_there(pointer, places)]
    found = zip(candidates, repository.details(candidates), strict=True)
    matching = [(pointer, one) for pointer, one in found if status in (None, one.appointment.status)]
    shown = matching[:limit]
    if len(matching) > limit:
        end = shown[-1][0].sk
    return Listed([one for _, one in shown], end)


def visited_clinics(patient_id: str, limit: int, after: str | None) -> tuple[list[tuple[Clinic, User]], str | None]:
    """The clinics where a person has a live or completed appointment, with their owners: 2 reads.

    Raises Forbidden for those who never were a patient.
    """
    user, ties = table.parallel(
        lambda: table.fetch(User.key(patient_id)),
        lambda: repository.clinics_of(patient_id, limit + 1, after),
    )
    if _active(user).role is not Role.PATIENT and not ties and after is None:
        raise Forbidden
    shown, last = paging.cut(ties, limit)
    return repository.clinics([tie for tie in shown if tie.appointments > 0]), last.sk if last else None


# A clinic's day


class DayListed(NamedTuple):
    clinic: Clinic
    summary: Counter[str]
    page: Listed


def clinic_day(
    owner_id: str, clinic_id: str, day: date, status: Status | None, doctor_id: int | None, page: Page
) -> DayListed:
    """The owner's view of a day, by time: 2 reads. The summary counts the whole day, whatever is filtered.

    Raises NotFound for an unknown clinic, Forbidden for another owner's.
    """
    text = day.isoformat()
    (user, clinic), pointers = table.parallel(
        lambda: table.fetch(User.key(owner_id), Clinic.key(clinic_id)),
        lambda: repository.pointers(
            keys.clinic(clinic_id),
            keys.APPOINTMENT_PREFIX,
            days=(text, text),
            limit=None,
            after=None,
            newest_first=False,
        ),
    )
    role = _active(user).role
    if clinic is None:
        raise NotFound
    if clinic.owner_id != owner_id or role is not Role.CLINIC_OWNER:
        raise Forbidden
    found = list(zip(pointers, repository.details(pointers), strict=True))
    matching = [
        (pointer, one)
        for pointer, one in found
        if status in (None, one.appointment.status)
        and doctor_id in (None, one.appointment.doctor_id)
        and pointer.sk > (page.after or "")
    ]
    shown, last = paging.cut(matching, page.limit)
    summary = Counter(one.appointment.status for _, one in found)
    return DayListed(clinic, summary, Listed([one for _, one in shown], last[0].sk if last else None))

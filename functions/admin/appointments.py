"""Appointments: those of a patient, a doctor or a clinic, and cancelling one in the clinic's place.

The reason of a visit and the doctor's notes are medical, so no page of the panel has them.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from quickcare import ids
from quickcare.clinic import appointment_details, changes
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import Appointment, AppointmentPointer, Clinic, ContactOwner, User
from quickcare.db.operations import Refused
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, NotFound
from quickcare.roles import Role
from quickcare.web import written

from admin import audit, parameters
from admin.sessions import Administrator
from admin.sheets import Sheet, words

STATES = {
    Status.PENDING: "warn",
    Status.CONFIRMED: "good",
    Status.COMPLETED: "good",
    Status.CANCELLED: "plain",
    Status.NO_SHOW: "bad",
}
"""The colour of each status."""
ATTENTION = {"doctor_left": "Doctor left", "clinic_closed": "Clinic closed"}
# Only the appointment knows its status. A page that is filtered by it looks at this many and may be short.
_LOOKED_AT = 200
_LONGEST_REASON = 2000


class Found(NamedTuple):
    """A page of the appointments of somebody, whose name is `whose`; None when nobody was chosen."""

    whose: str | None
    appointments: Sequence[AppointmentDetails]


SHEET = Sheet(
    {
        "Day": lambda one: one.appointment.appointment_date,
        "Time": lambda one: one.appointment.appointment_time,
        "Patient": lambda one: one.patient.name,
        "Doctor": lambda one: one.doctor_user.name,
        "Clinic": lambda one: one.clinic.name,
        "Status": lambda one: words(one.appointment.status),
        "Cancelled by": lambda one: words(one.appointment.cancelled_by),
        "Booked": lambda one: one.appointment.created_at,
        "Id": lambda one: int(one.appointment.id),
    },
    rows=lambda found: found.appointments,
)


def whose(contact_text: str) -> dict[str, str]:
    """The filter for the person with this contact, as a doctor or as a patient: 2 reads.

    Raises BadRequest for what is no contact, NotFound.
    """
    owner = table.fetch(ContactOwner.key(parameters.contact(contact_text)))
    user = table.fetch(User.key(owner.user_id)) if owner else None
    if user is None:
        raise NotFound("Nobody has this number.")
    return {"doctor" if user.role is Role.DOCTOR else "patient": user.id}


def find(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[Found, str | None]:
    """A page of appointments, the newest day first, and where it ended: 2 reads.

    `filters` are `patient` or `doctor` (the id of a user) or `clinic` (its id), `day` (YYYY-MM-DD) and `status`;
    unknown values are ignored. Raises NotFound for an unknown person or clinic.
    """
    side = _side(filters)
    if side is None:
        return Found(None, []), None
    owner, pk, prefix = side
    status = filters.get("status") if filters.get("status") in set(Status) else None
    shown, (pointers, last) = table.parallel(
        lambda: table.fetch(owner),
        lambda: table.page(
            AppointmentPointer,
            pk,
            _within(prefix, filters.get("day", "")),
            _LOOKED_AT if status else limit,
            after,
            newest_first=True,
        ),
    )
    if shown is None:
        raise NotFound("There is no such person or clinic.")
    details = [one for _, one in appointment_details.of_pointers(pointers)] if pointers else []
    found = [one for one in details if status in (None, one.appointment.status)]
    if len(found) > limit:
        found = found[:limit]
        last = _position(prefix, found[-1].appointment)
    return Found(shown.name, found), last


def one(appointment_id: int) -> AppointmentDetails:
    """An appointment with everybody in it: 2 reads. Raises NotFound."""
    appointment = table.fetch(Appointment.key(appointment_id))
    details = appointment_details.fetch([appointment])[0] if appointment else None
    if details is None or not details.is_whole:
        raise NotFound("There is no such appointment.")
    return details


@decide_again
def cancel(administrator: Administrator, appointment_id: int, reason: str, now: datetime) -> None:
    """Cancel an appointment in the clinic's place; patient and doctor are told: 2 reads, 1 write.

    Raises NotFound, BadRequest (no reason; it is not live any more).
    """
    reason = _line(reason)
    details = one(appointment_id)
    changes.require_live(details)
    trail = audit.entry(
        administrator,
        "cancelled_appointment",
        now,
        target=f"appointments/{appointment_id}",
        target_name=f"{details.appointment.appointment_date} {details.appointment.appointment_time}",
        detail=details.clinic.name,
    )
    try:
        changes.cancel_by_clinic(details, reason, now, **administrator.still_allowed(), **trail)
    except Refused as refused:
        administrator.require_allowed(refused)
        raise


def _line(reason: str) -> str:
    """Raises BadRequest for what is no line that somebody can read."""
    line = reason.strip()
    is_broken = any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in line) or written.turns_text(line)
    if len(line) > _LONGEST_REASON or is_broken or written.shows_nothing(line):
        raise BadRequest("Say in a line why the appointment is cancelled. Patient and clinic see it.")
    return line


def is_live(details: AppointmentDetails) -> bool:
    """Whether the appointment can still be cancelled."""
    return changes.is_live(details.appointment)


def _side(filters: Mapping[str, str]) -> tuple[Key[Any], str, str] | None:
    """Who was chosen: where they are, and the partition and the prefix of their pointers."""
    for name, prefix in (("patient", keys.APPOINTMENT_PREFIX), ("doctor", keys.CONSULTATION_PREFIX)):
        if ids.is_uuid(user_id := filters.get(name, "").lower()):
            return User.key(user_id), keys.user(user_id), prefix
    if ids.is_uuid(clinic_id := filters.get("clinic", "").lower()):
        return Clinic.key(clinic_id), keys.clinic(clinic_id), keys.APPOINTMENT_PREFIX
    return None


def _within(prefix: str, day: str) -> Condition:
    try:
        return AppointmentPointer.sk.startswith(f"{prefix}{date.fromisoformat(day).isoformat()}T")
    except ValueError:
        return AppointmentPointer.sk.startswith(prefix)


def _position(prefix: str, appointment: Appointment) -> str:
    day, time = appointment.appointment_date, appointment.appointment_time
    return keys.appointment_pointer(prefix, day, time, int(appointment.id))

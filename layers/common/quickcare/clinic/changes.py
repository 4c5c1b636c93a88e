"""A person's own appointments, and how each changes after it was booked (invariants 8 and 9).

They follow the person, not the role: patients who became staff keep them (docs/contract.md: Staff).

Each change is one write, which DynamoDB does only while the appointment has the status that was read. When the
appointment is no longer live after it, the same transaction frees its patient's time; only cancelling frees the slot.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from quickcare import tally
from quickcare.accounts import account
from quickcare.clinic import appointment_details, calendar, ledger, notices, patients
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.clinic.status import Status
from quickcare.db import table
from quickcare.db.items import Appointment, OutboxSms, PatientClinic, User
from quickcare.db.operations import Operation, Update, setting, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Forbidden, Hidden, NotFound
from quickcare.sms import outbox, texts
from quickcare.tally import Counted

_COUNTED = {
    Status.COMPLETED: Counted.COMPLETED,
    Status.CANCELLED: Counted.CANCELLED,
    Status.NO_SHOW: Counted.NO_SHOW,
}

Also = Callable[[], Mapping[str, Operation]]


def own(patient_id: str, appointment_id: int) -> AppointmentDetails:
    """A person's own appointment: 2 reads. Raises NotFound, Forbidden for those who are no patient."""
    return appointment_details.fetch([_own(patient_id, appointment_id)])[0]


def own_with_owner(patient_id: str, appointment_id: int) -> tuple[AppointmentDetails, User | None]:
    """The same, with the owner of the clinic, whom old appointments do not know: 2 reads. Raises what `own` raises."""
    appointment = _own(patient_id, appointment_id)
    owner_id = appointment.clinic_owner_id
    (details,), owner = table.parallel(
        lambda: appointment_details.fetch([appointment]),
        lambda: table.fetch(User.key(owner_id)) if owner_id else None,
    )
    return details, owner


def _own(patient_id: str, appointment_id: int) -> Appointment:
    user, appointment = table.fetch(User.key(patient_id), Appointment.key(appointment_id))
    user = account.active(user)
    if appointment is None or appointment.patient_id != patient_id:
        raise (Hidden if appointment else NotFound) if patients.is_patient(user) else Forbidden
    return appointment


@decide_again
def cancel(
    patient_id: str, appointment_id: int, reason: str | None, now: datetime, also: Also = dict
) -> AppointmentDetails:
    """A patient cancels; the doctor and the clinic's owner are told: 2 reads, 1 write. `also` makes, for each try, what
    is written with it and must hold.

    Raises NotFound, BadRequest (it is not live any more).
    """
    details, owner = own_with_owner(patient_id, appointment_id)
    require_live(details)
    return write(details, by_patient(reason, now), told_by_patient(details, owner, now), **also())


def by_patient(reason: str | None, now: datetime) -> dict[str, Any]:
    """What an appointment says that its patient cancelled."""
    return {
        "status": Status.CANCELLED,
        "cancelled_by": "patient",
        "cancellation_reason": reason,
        "updated_at": now,
    }


def told_by_patient(details: AppointmentDetails, owner: User | None, now: datetime) -> list[OutboxSms]:
    """The SMS to doctor and desk about an appointment that its patient cancels."""
    return [*notices.to_doctor(details, texts.cancelled_by_patient, now), *notices.to_desk(details, owner, now)]


@decide_again
def confirm_attendance(patient_id: str, appointment_id: int, now: datetime, also: Also = dict) -> None:
    """A patient says that they come: 2 reads, 1 write. Raises NotFound, BadRequest (it is not live any more)."""
    details = own(patient_id, appointment_id)
    require_live(details)
    write(details, {"attendance": "confirmed", "updated_at": now}, **also())


def cancel_by_clinic(
    details: AppointmentDetails, reason: str | None, now: datetime, **checks: Operation
) -> AppointmentDetails:
    """The clinic's side cancels, if `checks` hold; patient and doctor are told: 1 write."""
    attributes = {"status": Status.CANCELLED, "cancelled_by": "clinic", "cancellation_reason": reason}
    patient = notices.to_patient(details, texts.appointment_cancelled_by_clinic, now)
    told = [patient, *notices.to_doctor(details, texts.cancelled_by_clinic, now)]
    return write(details, {**attributes, "updated_at": now}, told, **checks)


def is_live(appointment: Appointment) -> bool:
    """Whether the appointment can still be cancelled: pending or confirmed."""
    return Status(appointment.status).is_live


def require_live(details: AppointmentDetails) -> None:
    """Raises BadRequest when the appointment cannot be cancelled any more."""
    if not is_live(details.appointment):
        raise BadRequest(f"An appointment that is {details.appointment.status} cannot be cancelled.")


def write(
    details: AppointmentDetails, attributes: dict[str, Any], told: Sequence[OutboxSms] = (), /, **checks: Operation
) -> AppointmentDetails:
    """Write these attributes, what depends on them and the SMS, if `checks` hold; the details with them: 1 write.

    Raises Refused when the status is no longer the one that was read.
    """
    appointment = details.appointment
    actions, same = setting(Appointment, attributes), unchanged(appointment, "status", "needs_attention")
    writes: dict[str, Operation] = {"appointment": Update(Appointment.key(int(appointment.id)), actions, same)}
    writes |= _given_back(appointment, attributes) | checks
    for number, sms in enumerate(told):
        writes |= outbox.accepted(sms, f"sms{number}")
    calendar.write_with(appointment.patient_id, attributes["updated_at"], **writes)
    sends: list[Callable[[], object]] = [partial(outbox.relay, sms) for sms in told]
    table.gather([*sends, *_counted(attributes)])
    for name, value in attributes.items():
        setattr(appointment, name, value)
    return details


def _counted(attributes: dict[str, Any]) -> list[Callable[[], object]]:
    """What counts a status that is the last one of an appointment."""
    status = attributes.get("status")
    return [partial(tally.count, _COUNTED[status], attributes["updated_at"])] if status in _COUNTED else []


def _given_back(appointment: Appointment, attributes: dict[str, Any]) -> dict[str, Operation]:
    """What an appointment gives back with these attributes: its patient's time when it is no longer live or cannot take
    place, its slot too unless it took place or was missed."""
    status = Status(attributes.get("status", appointment.status))
    is_marked = attributes.get("needs_attention") is not None
    if status.is_live and not is_marked:
        return {}
    writes = _count_less(appointment) if status in (Status.CANCELLED, Status.NO_SHOW) else {}
    if calendar.holds_time(appointment):
        writes |= calendar.without(appointment)
        if status is Status.CANCELLED or is_marked:
            writes["ledger"] = ledger.without(appointment)
    return writes


def _count_less(appointment: Appointment) -> dict[str, Operation]:
    """One appointment less in the count on which the rights of the clinic depend (`clinic/patients.py`)."""
    in_clinic = PatientClinic.key(appointment.patient_id, appointment.clinic_id)
    return {"patient_clinic": Update(in_clinic, [PatientClinic.appointments.add(-1)])}

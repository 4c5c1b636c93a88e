"""A person's own appointments, one by one: they follow the person, not the role (docs/contract.md: Staff)."""

from quickcare.accounts import account
from quickcare.clinic import appointment_details, patients
from quickcare.clinic.appointment_details import AppointmentDetails
from quickcare.db import table
from quickcare.db.items import Appointment, User
from quickcare.errors import Forbidden, Hidden, NotFound


def one(patient_id: str, appointment_id: int) -> AppointmentDetails:
    """A person's own appointment: 2 reads. Raises NotFound, Forbidden for those who are no patient."""
    return appointment_details.fetch([_own(patient_id, appointment_id)])[0]


def one_with_owner(patient_id: str, appointment_id: int) -> tuple[AppointmentDetails, User | None]:
    """The same, with the owner of the clinic, whom old appointments do not know: 2 reads. Raises what `one` raises."""
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

"""The reads that several modules of `/api/doctors/` share, each with its number of round trips."""

from typing import NamedTuple

from quickcare.clinic import staff
from quickcare.clinic.doctors import is_public
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, Membership, Schedule, User
from quickcare.errors import Forbidden, NotFound
from quickcare.roles import Role

Workplace = tuple[Clinic, Membership]
"""The clinic where a doctor works now, with the membership."""


class DoctorDetails(NamedTuple):
    """A doctor with everything that their view shows."""

    doctor: Doctor
    user: User
    clinic: Clinic | None
    membership: Membership | None
    schedule: Schedule | None

    @property
    def workplace(self) -> Workplace | None:
        """Where the doctor works; None when they work in no clinic."""
        if self.clinic is None or self.membership is None or self.membership.status != staff.ACTIVE:
            return None
        return self.clinic, self.membership


def public(doctor_id: int) -> DoctorDetails:
    """A doctor whom strangers may see: 2 reads. Raises NotFound."""
    doctor, schedule = table.fetch(Doctor.key(doctor_id), Schedule.key(doctor_id))
    if doctor is None or doctor.clinic_id is None:
        raise NotFound
    user, clinic, membership = table.fetch(
        User.key(doctor.user_id), Clinic.key(doctor.clinic_id), Membership.key(doctor.user_id, doctor.clinic_id)
    )
    if user is None or not is_public(doctor, user, membership, clinic):
        raise NotFound
    return DoctorDetails(doctor, user, clinic, membership, schedule)


def working(user_id: str) -> tuple[int, str]:
    """The calling doctor's id and the clinic where they work: 1 read.

    Raises Forbidden without an active membership as a doctor.
    """
    user, active = staff.require(user_id, (Role.DOCTOR,))
    if user.doctor_id is None:
        raise Forbidden
    return int(user.doctor_id), str(active[0].clinic_id)

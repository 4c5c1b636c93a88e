"""A doctor's own profile."""

from datetime import datetime
from typing import Any

from quickcare.accounts import account
from quickcare.clinic import doctors_list, staff
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, Schedule, User
from quickcare.db.table import decide_again
from quickcare.errors import Forbidden, NotFound
from quickcare.roles import Role

from doctors.repository import DoctorDetails


def own(user_id: str) -> DoctorDetails:
    """The calling doctor, working somewhere or not: 2 reads. Raises Forbidden for other roles."""
    user, memberships = table.parallel(lambda: table.fetch(User.key(user_id)), lambda: staff.memberships(user_id))
    user = account.active(user)
    if user.role is not Role.DOCTOR or user.doctor_id is None:
        raise Forbidden
    doctor_id = int(user.doctor_id)
    active = [membership for membership in memberships if membership.status == staff.ACTIVE]
    if not active:
        doctor, schedule = table.fetch(Doctor.key(doctor_id), Schedule.key(doctor_id))
        return DoctorDetails(_known(doctor), user, None, None, schedule)
    doctor, clinic, schedule = table.fetch(
        Doctor.key(doctor_id), Clinic.key(active[0].clinic_id), Schedule.key(doctor_id)
    )
    return DoctorDetails(_known(doctor), user, clinic, active[0], schedule)


def _known(doctor: Doctor | None) -> Doctor:
    if doctor is None:
        raise NotFound
    return doctor


@decide_again
def change(user_id: str, attributes: dict[str, Any], now: datetime) -> DoctorDetails:
    """Change these attributes, and the directory's rows with them: 2 reads, 1 write besides the directory's.

    Raises Forbidden for other roles.
    """
    details = own(user_id)
    written = {**attributes, "updated_at": now}
    with doctors_list.updating(details.doctor, details.user, details.clinic, written, now) as update:
        table.write(doctor=update)
    return details

"""A doctor's own profile."""

from datetime import datetime
from typing import Any

from quickcare import doctor_directory, table
from quickcare.errors import Conflict
from quickcare.items import Doctor
from quickcare.table import Refused, Update

from doctors import repository
from doctors.repository import Practice

_ATTEMPTS = 5


def change(user_id: str, attributes: dict[str, Any], now: datetime) -> Practice:
    """Change what was sent, and what the directory says with it: 2 reads, 1 write besides the directory's.

    Raises Forbidden for other roles.
    """
    for attempt in range(_ATTEMPTS):
        practice = repository.own(user_id)
        try:
            _write(practice, {**attributes, "updated_at": now}, now)
        except Refused:
            table.back_off(attempt)
            continue
        return practice
    raise Conflict


def _write(practice: Practice, attributes: dict[str, Any], now: datetime) -> None:
    doctor, seen = practice.doctor, doctor_directory.unchanged(practice.doctor)
    for name, value in attributes.items():
        setattr(doctor, name, value)
    with doctor_directory.listing(doctor, practice.user, practice.clinic, now) as generation:
        actions = [
            getattr(Doctor, name).remove() if value is None else getattr(Doctor, name).set(value)
            for name, value in attributes.items()
        ]
        actions += doctor_directory.carries(generation)
        table.write(doctor=Update(Doctor.key(int(doctor.id)), actions, seen))

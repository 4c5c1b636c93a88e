"""A doctor's own profile."""

from datetime import datetime
from typing import Any

from quickcare.clinic import doctors_list
from quickcare.db import table
from quickcare.db.operations import Refused
from quickcare.errors import Conflict

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
            with doctors_list.updating(*practice[:3], {**attributes, "updated_at": now}, now) as update:
                table.write(doctor=update)
        except Refused:
            table.back_off(attempt)
            continue
        return practice
    raise Conflict

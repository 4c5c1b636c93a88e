"""A bench with one practice on it."""

import pytest

from tests.api import Api
from tests.appointments import practice as making
from tests.appointments.practice import Practice
from tests.people import People


@pytest.fixture
def practice(api: Api, people: People) -> Practice:
    """Dora sees patients from 09:00 to 11:00 on every day but Sunday, every 15 minutes. It is Sunday, 11:30."""
    clinic_id = making.open_clinic(people.charlie.id)
    doctor_id = making.employ_in(clinic_id, people.dora.id)
    made = Practice(api, clinic_id, doctor_id, people.dora, people.charlie)
    made.plan(making.window())
    return made

"""GET /api/clinics/<clinic_id>/"""

from typing import Any

import pytest

from tests.api import Api
from tests.clinics.conftest import Add
from tests.people import People


def test_everybody_sees_a_clinic(api: Api, clinic: Any, path: str) -> None:
    answer = api.get(f"{path}/")
    assert (answer.status, answer.json) == (200, clinic)


def test_counters_follow_the_staff(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    add(people.charlie, clinic["id"], 9000000001, "doctor")
    add(people.charlie, clinic["id"], 9000000002, "lab_member")
    shown = api.get(f"{path}/").json
    assert (shown["doctor_count"], shown["staff_count"], shown["member_count"]) == (1, 2, 2)


@pytest.mark.parametrize("clinic_id", ["7d1c6a0e-3f6b-4a57-9a53-0b8d2f5f4c11", "1", "x" * 3000, "%F0%9F%92%8A", "null"])
def test_unknown_and_malformed_ids_are_404(api: Api, clinic: Any, clinic_id: str) -> None:
    assert api.get(f"/api/clinics/{clinic_id}/").status == 404

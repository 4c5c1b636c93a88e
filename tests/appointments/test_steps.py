"""How many function calls each appointment of a list takes: what its CPU time comes from, and no machine changes
(decision 0045)."""

import cProfile
import pstats
from typing import Any

import pytest

from tests import api
from tests.people import People
from tests.practice import Practice

pytestmark = pytest.mark.usefixtures("real_dynamodb")
DAYS = [f"2026-03-0{day}" for day in range(2, 8)]
MOST = 150


@pytest.mark.parametrize("path", ["/api/appointments/doctor/", "/api/appointments/clinic/{clinic}/"])
def test_an_appointment_more_takes_few_steps(
    practice: Practice, people: People, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in DAYS:
        practice.booked(people.alice, appointment_date=day)
    who, invoke, steps = practice.doctor if "doctor" in path else practice.owner, api.invoke, list[int]()

    def counted(module: str, event: dict[str, Any]) -> Any:
        with cProfile.Profile() as profile:
            answer = invoke(module, event)
        steps.append(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # the stubs do not know it
        return answer

    monkeypatch.setattr(api, "invoke", counted)
    for rows in (5, 2, 5):  # the first makes what is made once; all link to a next page
        answer = practice.api.get(f"{path.format(clinic=practice.clinic_id)}?page_size={rows}", who.access)
        assert len(answer.json) == rows
    *_, of_two, _, of_five = steps  # the authorizer between them
    assert (of_five - of_two) / 3 <= MOST

"""How many function calls a whole request takes in the handler's own thread: what its CPU time comes from, and no
machine changes (decision 0053). Listeners of the tests are among them."""

import cProfile
import pstats
from collections.abc import Callable
from typing import Any

import pytest

from tests import api
from tests.api import Answer
from tests.people import People
from tests.practice import MONDAY, TUESDAY, Practice

pytestmark = pytest.mark.usefixtures("real_dynamodb")
# Of each request: the function, and how many calls it may take.
MOST = {
    "who am I": ("users.app", 950),
    "free times of a day": ("doctors.app", 1750),
    "book": ("appointments.app", 6300),
}
AUTHORIZER = ("authorizer.app", 1150)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many calls the last request took in each function."""
    found, invoke = dict[str, int](), api.invoke

    def counted(module: str, event: dict[str, Any]) -> Any:
        with cProfile.Profile() as profile:
            answer = invoke(module, event)
        found[module] = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # the stubs do not know it
        return answer

    monkeypatch.setattr(api, "invoke", counted)
    return found


def asked(practice: Practice, people: People) -> dict[str, Callable[[str], Answer]]:
    """Each request, for a day."""
    times = f"/api/doctors/{practice.doctor_id}/availability/slots/"
    return {
        "who am I": lambda _: practice.api.get("/api/users/me/", people.alice.access),
        "free times of a day": lambda day: practice.api.get(f"{times}?date={day}"),
        "book": lambda day: practice.book(people.alice, appointment_date=day),
    }


def test_a_request_takes_few_steps(practice: Practice, people: People, steps: dict[str, int]) -> None:
    practice.free()  # Only who is listed shows slots.
    took = dict[str, int]()
    for day in (MONDAY, TUESDAY):  # the first makes what is made once
        for name, ask in asked(practice, people).items():
            assert ask(day).status < 300
            took[name] = steps[MOST[name][0]]
    too_many = {name: steps for name, steps in took.items() if steps > MOST[name][1]}
    assert not too_many
    assert steps[AUTHORIZER[0]] <= AUTHORIZER[1]

"""Ids that cannot be ours are unknown, however long (docs/contract.md: Errors)."""

import pytest

from tests.api import Api
from tests.people import People
from tests.practice import Practice

pytestmark = pytest.mark.usefixtures("real_dynamodb")  # moto takes keys of any length


@pytest.mark.parametrize(
    "path",
    [
        f"my/{'9' * 3000}",
        f"doctor/{'9' * 3000}",
        f"clinic/{'c' * 3000}/dashboard",
        f"my/clinics/{'c' * 1500}/admission-docs",
        "my/0",
        "my/9007199254740992",
        "clinic/x/dashboard",
    ],
)
def test_an_unknown_id_of_any_length_is_not_found(practice: Practice, people: People, api: Api, path: str) -> None:
    token = people.dora.access if path.startswith("doctor") else people.alice.access
    assert api.get(f"/api/appointments/{path}/", token).status == 404


def test_an_unknown_doctor_id_of_any_length_is_refused(practice: Practice, people: People) -> None:
    answer = practice.book(people.alice, doctor=int("9" * 2100))
    assert (answer.status, answer.fields) == (400, ["doctor"])

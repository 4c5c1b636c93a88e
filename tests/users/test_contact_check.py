"""GET /api/users/check/"""

import pytest

from tests.api import Api
from tests.people import People

PATH = "/api/users/check/"


def test_the_answer_says_whether_a_contact_is_registered(api: Api, people: People) -> None:
    assert api.get(f"{PATH}?contact={people.alice.contact}").json == {"exists": True}
    assert api.get(f"{PATH}?contact=9999999999").json == {"exists": False}


def test_a_person_between_step_1_and_step_2_is_not_registered(api: Api) -> None:
    body = {"contact": 9876543210, "name": "Rahul", "password": "secret123"}
    api.post("/api/users/onboarding/patient/step1/", body)
    assert api.get(f"{PATH}?contact=9876543210").json == {"exists": False}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?contact=",
        "?contact=abc",
        "?contact=98765%2043210",
        "?contact=%2B919876543210",
        "?contact=09876543210",
        "?contact=9876543210.0",
        "?contact=1e9",
        "?contact=true",
        "?contact=" + "9" * 5000,
        "?contact=%00",
        "?contact=%D9%A9%D9%A8%D9%A7%D9%A6%D9%A5%D9%A4%D9%A3%D9%A2%D9%A1%D9%A0",
    ],
)
def test_a_bad_contact_is_400(api: Api, query: str) -> None:
    answer = api.get(PATH + query)
    assert (answer.status, answer.fields) == (400, ["contact"])

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
    "query", ["98765%2000001", "%2B919876500001", "+919876500001", "09876500001", "%E0%A5%AF876500001", "98765-00001"]
)
def test_a_contact_comes_as_phones_fill_it_in(api: Api, people: People, query: str) -> None:
    assert people.alice.contact == 9876500001
    assert api.get(f"{PATH}?contact={query}").json == {"exists": True}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?contact=",
        "?contact=abc",
        "?contact=9876543210.0",
        "?contact=1e9",
        "?contact=true",
        "?contact=" + "9" * 5000,
        "?contact=%00",
    ],
)
def test_a_bad_contact_is_400(api: Api, query: str) -> None:
    answer = api.get(PATH + query)
    assert (answer.status, answer.fields) == (400, ["contact"])

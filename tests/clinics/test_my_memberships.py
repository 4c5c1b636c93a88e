"""GET /api/clinics/my/memberships/"""

from typing import Any

from tests.api import Api
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.people import People, Person, log_in

MINE = "/api/clinics/my/memberships/"


def test_staff_see_where_they_work(api: Api, people: People, clinic: Any, add: Add) -> None:
    added = add(people.charlie, clinic["id"]).json
    token = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    added.pop("_info")
    answer = api.get(MINE, token=token)
    assert (answer.status, answer.json) == (200, [added])


def test_patients_see_invitations(api: Api, people: People, clinic: Any, add: Add) -> None:
    add(people.charlie, clinic["id"], people.alice.contact)
    [invitation] = api.get(MINE, token=people.alice.access).json
    assert (invitation["status"], invitation["clinic_name"]) == ("pending", clinic["name"])
    assert invitation["added_by_name"] == "Charlie Shah"


def test_other_peoples_invitations_are_not_shown(api: Api, people: People, clinic: Any, add: Add) -> None:
    add(people.charlie, clinic["id"], people.alice.contact)
    assert api.get(MINE, token=people.bob.access).json == []


def test_the_next_page_goes_on_where_the_last_one_ended(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, add: Add
) -> None:
    add(people.charlie, clinic["id"], people.alice.contact)
    add(edith, elsewhere["id"], people.alice.contact)
    first = api.get(f"{MINE}?limit=1", token=people.alice.access)
    url = first.headers["Link"].split(">")[0].removeprefix("<https://api.example.com/test")
    second = api.get(url, token=people.alice.access)
    assert {m["clinic_name"] for m in [*first.json, *second.json]} == {"City Care Clinic", "Apollo Clinic"}


def test_strangers_are_401(api: Api, people: People) -> None:
    assert api.get(MINE).status == 401

"""Names and contacts over HTTP: what shows nothing or turns the text around is refused wherever people give a name, and
a contact comes as phones fill it in wherever one is read."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests import town
from tests.api import Answer, Api
from tests.conftest import FakeClock
from tests.people import PASSWORD, People

TURNED = "Asha \u202eoaR"
# The field, how it is sent, and whether it may be empty.
NAMES = {
    "registration": ("POST", "/api/users/onboarding/patient/step1/", "name"),
    "owner's registration": ("POST", "/api/users/onboarding/clinic/step1/", "name"),
    "own profile": ("PUT", "/api/users/me/", "name"),
    "emergency contact": ("PUT", "/api/users/me/medical-profile/", "emergency_contact_name"),
    "first clinic": ("POST", "/api/clinics/onboarding/step3/", "name"),
    "another clinic": ("POST", "/api/clinics/", "name"),
    "document": ("POST", "/api/documents/", "title"),
}
LINES = {
    "address": ("POST", "/api/users/address/", "area"),
    "home address": ("PATCH", "/api/users/onboarding/patient/step3/", "town"),
    "city of a clinic": ("POST", "/api/clinics/onboarding/step3/", "city"),
}


def body(path: str, people: People) -> dict[str, Any]:
    """A good one."""
    if "step1" in path:
        return {"contact": 9876543210, "name": "Asha Rao", "password": PASSWORD}
    if "clinic" in path:
        return {**town.CLINIC, "time_slots": []}
    if "documents" in path:
        return {"title": "CBC", "document_type": "lab_report", "file_name": "a.pdf", "file_size": 9}
    return {}


def sent(api: Api, people: People, route: tuple[str, str, str], value: str) -> Answer:
    method, path, field = route
    token = people.charlie.access if "clinic" in path else people.alice.access
    return api.call(method, path, {**body(path, people), field: value}, token=token)


@pytest.mark.parametrize(
    "value", ["\u200b", "\u2800\u2800", "\u3164", "\u0301", TURNED, "\u2067Asha\u2069", "\u200fAsha"]
)
@pytest.mark.parametrize("route", NAMES.values(), ids=NAMES)
def test_a_name_that_shows_nothing_or_turns_the_text_is_400_on_its_field(
    api: Api, people: People, route: tuple[str, str, str], value: str
) -> None:
    answer = sent(api, people, route, value)
    assert answer.status == 400
    assert route[2] in answer.json


@pytest.mark.parametrize("route", LINES.values(), ids=LINES)
def test_a_line_of_an_address_may_be_empty_but_not_turn_the_text(
    api: Api, people: People, route: tuple[str, str, str]
) -> None:
    answer = sent(api, people, route, TURNED)
    assert (answer.status, route[2] in answer.json) == (400, True)


def test_a_clinics_names_for_others_show_something(api: Api, people: People) -> None:
    owner = people.charlie.access
    clinic = api.post("/api/clinics/onboarding/step3/", body("clinic", people), owner).json["clinic"]["id"]
    member = {"contact": 9876543210, "name": "\u200b", "member_role": "receptionist"}
    assert "name" in api.post(f"/api/clinics/{clinic}/members/", member, owner).json
    document = {"document_name": "\u3164", "document_type": "insurance"}
    assert "document_name" in api.post(f"/api/clinics/{clinic}/admission-docs/", document, owner).json
    assert "name" in api.put(f"/api/clinics/{clinic}/", {"name": TURNED}, owner).json


def test_somebody_whose_phone_fills_in_the_number_registers_and_logs_in(api: Api) -> None:
    # WHEN each step sends the contact in another way
    step1 = api.post(
        "/api/users/onboarding/patient/step1/", {"contact": "+91 98765 43210", "name": "Asha", "password": PASSWORD}
    )
    step2 = api.post("/api/users/onboarding/patient/step2/", {"contact": "098765-43210", "otp": "888888"})
    logged_in = api.post("/api/users/login/", {"contact": 919876543210, "password": PASSWORD})
    # THEN it is one account, whose contact is the integer of ten digits
    assert [answer.status for answer in (step1, step2, logged_in)] == [200, 201, 200]
    assert step1.json["contact"] == 9876543210
    assert logged_in.json["user"]["contact"] == 9876543210


@pytest.mark.parametrize("written", ["+91 98765 00001", "09876500001", "98765-00001", "९८७६५००००१"])
def test_every_other_contact_is_read_in_the_same_way(api: Api, people: People, time: FakeClock, written: str) -> None:
    assert people.alice.contact == 9876500001
    assert api.get(f"/api/users/check/?contact={quote(written)}").json == {"exists": True}
    found = api.get(f"/api/users/patient/lookup/?contact={quote(written)}", people.dora.access)
    assert (found.status, found.json["id"]) == (200, people.alice.id)
    profile = api.put("/api/users/me/medical-profile/", {"emergency_contact_number": written}, people.alice.access)
    assert profile.json["emergency_contact_number"] == 9876500001
    time.advance(seconds=40)
    assert api.post("/api/users/password/reset/", {"contact": written}).status == 200
    confirmed = {"contact": written, "otp": "888888", "password": "another horse 8"}
    assert api.post("/api/users/password/reset/confirm/", confirmed).status == 200


def test_a_number_that_only_begins_like_ours_is_nobodys(api: Api, people: People) -> None:
    raw = json.dumps({"contact": 91987650000, "password": PASSWORD})
    answer = api.post("/api/users/login/", raw=raw)
    assert (answer.status, answer.fields) == (400, ["contact"])

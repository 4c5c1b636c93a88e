"""Addresses that people give: http or https, with a host (docs/contract.md: Values)."""

import pytest
from pydantic import TypeAdapter, ValidationError
from quickcare.web.fields import Url

from tests.api import Api
from tests.people import People
from tests.practice import Practice

GOOD = [
    "https://cdn.example.org/a.png?size=2#x",
    "http://example.org",
    "HTTPS://Example.org:8443/a",
    "https://भारत.example/x",
    "http://192.0.2.1/logo.png",
]
BAD = [
    "javascript:alert(1)",
    "JavaScript://example.org/%0aalert(1)",
    "data:image/svg+xml,<svg/>",
    "ftp://example.org/a",
    "//example.org/a",
    "/a.png",
    "a.png",
    "https:",
    "https://",
    "https:///a",
    "https://?a",
    "https://:443/a",
    "https://bank.example@evil.example/",
    "https://example.org/ a",
    'https://example.org/"onerror=',
    "https://example.org/<b>",
    "https:\\\\example.org",
    "https://example.org\\@evil.example",
    "https://example.org/\u202egnp.exe",
    "https://example.org/a\nb",
    "https://example.org:port/",
]
url = TypeAdapter(Url).validate_python


@pytest.mark.parametrize("text", GOOD)
def test_addresses_of_the_web_are_taken(text: str) -> None:
    assert url(text) == text


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(ValidationError):
        url(text)


def test_an_avatar_and_a_logo_are_addresses(api: Api, people: People, practice: Practice) -> None:
    me, clinic = "/api/users/me/", f"/api/clinics/{practice.clinic_id}/"
    for path, field, token in ((me, "avatar", people.alice.access), (clinic, "logo", people.charlie.access)):
        assert api.put(path, {field: BAD[0]}, token).fields == [field]
        assert api.put(path, {field: GOOD[0]}, token).json[field] == GOOD[0]
        # An empty text takes it away.
        assert api.put(path, {field: ""}, token).json[field] is None


def test_one_from_before_stays_as_it_is(api: Api, people: People) -> None:
    # GIVEN an avatar that was taken when any line was
    from quickcare.db import table
    from quickcare.db.items import User
    from quickcare.db.operations import Update

    table.write(user=Update(User.key(people.alice.id), [User.avatar.set("alice.png")]))
    # THEN it is shown, and other changes leave it
    changed = api.put("/api/users/me/", {"name": "Alice Other"}, people.alice.access)
    assert (changed.status, changed.json["avatar"]) == (200, "alice.png")

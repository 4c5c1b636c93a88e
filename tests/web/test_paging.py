"""`quickcare.web.paging` with the list of addresses: limits, cursors, the Link header."""

import re
from collections.abc import Iterator
from itertools import chain

import pytest
from quickcare import ids
from quickcare.db.items import Address
from quickcare.db.operations import Create
from quickcare.db.table import write
from quickcare.errors import about_fields

from tests.api import Answer, Api
from tests.conftest import FakeClock
from tests.people import People, Person

PATH = "/api/users/address/"


@pytest.fixture
def alice(people: People) -> Person:
    """Alice with 5 addresses."""
    person = people.alice
    give_addresses(person, 5)
    return person


def give_addresses(person: Person, number: int) -> None:
    for town in range(number):
        key = Address.key(person.id, 1000 + town)
        write(address=Create(key.item(id=1000 + town, town=f"Town {town}")))


def next_path(answer: Answer) -> str | None:
    link = re.fullmatch(r'<https://api\.example\.com/test(/.+)>; rel="next"', answer.headers.get("Link", ""))
    return link[1] if link else None


def pages(api: Api, person: Person, path: str) -> Iterator[list[str]]:
    following: str | None = path
    while following:
        answer = api.get(following, person.access)
        assert answer.status == 200, answer
        yield [address["town"] for address in answer.json]
        following = next_path(answer)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6])
def test_pages_together_are_the_list(api: Api, alice: Person, limit: int) -> None:
    read = list(pages(api, alice, f"{PATH}?limit={limit}"))
    assert list(chain(*read)) == [f"Town {number}" for number in range(5)]
    assert all(len(page) <= limit for page in read)
    assert len(read) == -(-5 // limit)


def test_last_page_has_no_link(api: Api, alice: Person) -> None:
    assert "Link" not in api.get(f"{PATH}?limit=5", alice.access).headers


@pytest.mark.parametrize(
    ("query", "shown"), [("", 120), ("?limit=", 120), ("?page_size=60", 60), ("?limit=3&page_size=9", 3)]
)
def test_an_array_has_all_entries_unless_a_limit_says_otherwise(
    api: Api, people: People, query: str, shown: int
) -> None:
    give_addresses(people.alice, 120)
    assert len(api.get(PATH + query, people.alice.access).json) == shown


@pytest.mark.parametrize("limit", ["201", "9999", "1" + "0" * 30, "9" * 5000, "0" * 50 + "200"])
def test_more_than_two_hundred_counts_as_two_hundred(api: Api, people: People, limit: str) -> None:
    give_addresses(people.alice, 210)
    assert len(api.get(f"{PATH}?limit={limit}", people.alice.access).json) == 200


def test_an_array_ends_after_five_hundred_with_a_link_to_the_rest(api: Api, people: People) -> None:
    give_addresses(people.alice, 503)
    first = api.get(PATH, people.alice.access)
    rest = api.get(next_path(first) or "", people.alice.access)
    assert (len(first.json), len(rest.json), next_path(rest)) == (500, 3, None)


@pytest.mark.parametrize("limit", ["0", "-1", "abc", "1.5", "1e2", "%20", "+5", "%D9%A5", "000", "1_0", "NaN"])
@pytest.mark.parametrize("name", ["limit", "page_size"])
def test_bad_limits_are_refused(api: Api, alice: Person, name: str, limit: str) -> None:
    answer = api.get(f"{PATH}?{name}={limit}", alice.access)
    assert (answer.status, answer.fields) == (400, [name])


def test_unknown_parameters_are_ignored_and_kept_in_the_link(api: Api, alice: Person) -> None:
    answer = api.get(f"{PATH}?limit=2&color=blue", alice.access)
    assert answer.status == 200
    assert "color=blue" in (next_path(answer) or "")


def test_cursor_of_the_page_goes_on_with_another_limit(api: Api, alice: Person) -> None:
    following = next_path(api.get(f"{PATH}?limit=2", alice.access)) or ""
    assert len(api.get(following.replace("limit=2", "limit=3"), alice.access).json) == 3


def cursor(api: Api, person: Person, path: str = PATH) -> str:
    return (next_path(api.get(f"{path}?limit=2", person.access)) or "").partition("cursor=")[2]


def test_changed_cursor_is_refused(api: Api, alice: Person) -> None:
    good = cursor(api, alice)
    header, payload, signature = good.split(".")
    for bad in ("x", "..", good[:-5], f"{header}.{payload[:-3]}AAA.{signature}", alice.access, alice.refresh):
        answer = api.get(f"{PATH}?cursor={bad}", alice.access)
        assert (answer.status, answer.json) == (400, about_fields({"cursor": ["Not a valid cursor."]}))


def test_cursor_of_another_list_is_refused(api: Api, alice: Person) -> None:
    filtered = api.get(f"{PATH}?limit=2&status=a", alice.access)
    other = (next_path(filtered) or "").partition("cursor=")[2]
    assert api.get(f"{PATH}?status=a&cursor={other}", alice.access).status == 200
    assert api.get(f"{PATH}?status=b&cursor={other}", alice.access).status == 400
    assert api.get(f"{PATH}?cursor={other}", alice.access).status == 400


def test_somebody_elses_cursor_is_refused(api: Api, alice: Person, people: People) -> None:
    answer = api.get(f"{PATH}?cursor={cursor(api, alice)}", people.bob.access)
    assert answer.status == 400


def test_cursor_ends_after_a_day(api: Api, alice: Person, people: People, time: FakeClock) -> None:
    old = cursor(api, alice)
    time.advance(days=1)
    fresh = api.post("/api/users/token/refresh/", {"refresh": alice.refresh}).json["access"]
    assert api.get(f"{PATH}?cursor={old}", fresh).status == 400


def test_ids_fit_in_javascript(time: FakeClock) -> None:
    assert 0 < ids.new_int(time.now) < ids.TOO_BIG
    time.advance(days=365 * 200)
    assert ids.new_int(time.now) < ids.TOO_BIG

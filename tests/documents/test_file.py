"""GET /api/documents/<id>/file/?t=…: the link of lists, opened without a header."""

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, PDF, acted, fetched, filed, granted, logged
from tests.people import People, Person

BASE = "https://api.example.com/test"


def link_of(api: Api, who: Person) -> str:
    """The path of the link to the newest document in somebody's list."""
    url: str = api.get(DOCUMENTS, token=who.access).json[0]["file"]
    assert url.startswith(f"{BASE}/api/documents/")
    return url.removeprefix(BASE)


def test_link_logs_and_redirects(api: Api, people: People) -> None:
    # GIVEN a link in Alice's list, which is no reading
    filed(people.alice)
    link = link_of(api, people.alice)
    assert logged(api, people.alice) == []
    # WHEN it is opened
    answer = api.get(link, ip="203.0.113.9")
    # THEN it leads to the file, and the log has it
    assert answer.status == 302
    assert fetched(answer.headers["Location"]) == PDF
    (entry,) = api.get(f"{DOCUMENTS}access-log/", token=people.alice.access).json
    assert (entry["accessed_by_name"], entry["ip_address"]) == ("Alice Rao", "203.0.113.9")


def test_link_checks_the_right_again(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    consent_id = granted(api, people.alice, people.dora, document_id)
    link = link_of(api, people.dora)
    acted(api, people.alice, consent_id, "revoked")
    assert api.get(link).status == 403
    assert logged(api, people.alice, "denied") == [("Dora Iyer", "denied")]


def test_link_lives_one_hour(api: Api, people: People, time: FakeClock) -> None:
    filed(people.alice)
    link = link_of(api, people.alice)
    time.advance(minutes=59)
    assert api.get(link).status == 302
    time.advance(minutes=1)
    assert api.get(link).status == 401


def test_link_is_of_one_document(api: Api, people: People) -> None:
    filed(people.alice)
    other = filed(people.alice)
    token = link_of(api, people.alice).partition("?")[2]
    first = next(d["id"] for d in api.get(DOCUMENTS, token=people.alice.access).json if d["id"] != other)
    used = [api.get(f"{DOCUMENTS}{document_id}/file/?{token}").status for document_id in (first, other)]
    assert sorted(used) == [302, 401]


def test_link_dies_with_the_session(api: Api, people: People) -> None:
    filed(people.alice)
    link = link_of(api, people.alice)
    api.post("/api/users/logout/", {"refresh": people.alice.refresh}, token=people.alice.access)
    assert api.get(link).status == 401


def test_no_link_or_a_forged_one(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    for query in ("", "?t=", "?t=nonsense", f"?t={people.alice.access}"):
        assert api.get(f"{DOCUMENTS}{document_id}/file/{query}").status == 401


def test_link_to_a_deleted_document(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    link = link_of(api, people.alice)
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    assert api.get(link).status == 404

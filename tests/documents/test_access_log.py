"""GET /api/documents/access-log/ and …/<id>/access-log/: who opened what, for the owner."""

import pytest

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, filed, granted
from tests.people import People

LOG = f"{DOCUMENTS}access-log/"


def opened(api: Api, people: People, time: FakeClock) -> str:
    """Alice's document, opened by her, refused to Bob, opened by Dora."""
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    for who in (people.alice, people.bob, people.dora):
        time.advance(seconds=1)
        api.get(f"{DOCUMENTS}{document_id}/", token=who.access, ip="198.51.100.9")
    return document_id


def test_owner_sees_all(api: Api, people: People, time: FakeClock) -> None:
    document_id = opened(api, people, time)
    newest, oldest = api.get(LOG, token=people.alice.access).json
    assert (newest["accessed_by_name"], newest["accessed_by_role"]) == ("Dora Iyer", "doctor")
    assert (newest["document"], newest["document_title"]) == (document_id, "CBC Report")
    assert (newest["ip_address"], newest["outcome"]) == ("198.51.100.9", "allowed")
    assert oldest["accessed_by_name"] == "Alice Rao"
    assert newest["accessed_at"] > oldest["accessed_at"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Dora Iyer", "Alice Rao"]),
        ("?outcome=", ["Dora Iyer", "Alice Rao"]),
        ("?outcome=denied", ["Bob Nair"]),
        ("?outcome=all", ["Dora Iyer", "Bob Nair", "Alice Rao"]),
    ],
)
def test_outcomes(api: Api, people: People, time: FakeClock, query: str, names: list[str]) -> None:
    document_id = opened(api, people, time)
    for path in (LOG, f"{DOCUMENTS}{document_id}/access-log/"):
        found = api.get(f"{path}{query}", token=people.alice.access).json
        assert [entry["accessed_by_name"] for entry in found] == names


def test_one_documents_log_is_its_own(api: Api, people: People, time: FakeClock) -> None:
    opened(api, people, time)
    other = filed(people.alice)
    assert api.get(f"{DOCUMENTS}{other}/access-log/", token=people.alice.access).json == []


def test_pages(api: Api, people: People, time: FakeClock) -> None:
    opened(api, people, time)
    answer = api.get(f"{LOG}?limit=1", token=people.alice.access)
    link = answer.headers["Link"].partition("<")[2].partition(">")[0]
    rest = api.get(link.removeprefix("https://api.example.com/test"), token=people.alice.access).json
    assert [entry["accessed_by_name"] for entry in answer.json + rest] == ["Dora Iyer", "Alice Rao"]


def test_log_outlives_the_document_but_not_its_own_path(api: Api, people: People, time: FakeClock) -> None:
    document_id = opened(api, people, time)
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    assert len(api.get(LOG, token=people.alice.access).json) == 2
    assert api.get(f"{DOCUMENTS}{document_id}/access-log/", token=people.alice.access).status == 404


@pytest.mark.parametrize(("name", "status"), [("bob", 404), ("dora", 403), ("charlie", 403)])
def test_somebody_elses(api: Api, people: People, name: str, status: int) -> None:
    path = f"{DOCUMENTS}{filed(people.alice)}/access-log/"
    assert api.get(path, token=getattr(people, name).access).status == status


@pytest.mark.parametrize("name", ["dora", "charlie"])
def test_wrong_role(api: Api, people: People, name: str) -> None:
    assert api.get(LOG, token=getattr(people, name).access).status == 403


@pytest.mark.parametrize("document_id", ["5f8f4b9e-0000-4000-8000-000000000000", "nonsense"])
def test_missing(api: Api, people: People, document_id: str) -> None:
    assert api.get(f"{DOCUMENTS}{document_id}/access-log/", token=people.alice.access).status == 404


def test_bad_outcome(api: Api, people: People) -> None:
    assert api.get(f"{LOG}?outcome=maybe", token=people.alice.access).status == 400

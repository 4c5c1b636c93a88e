"""GET /api/documents/access-log/ and …/<id>/access-log/: who opened what, for the owner."""

import pytest

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import UNKNOWN, Filing, next_page
from tests.people import People


def document_opened_by_three(filing: Filing, people: People, time: FakeClock) -> str:
    """Alice's document, opened by her, refused to Bob, opened by Dora."""
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    for who in (people.alice, people.bob, people.dora):
        time.advance(seconds=1)
        filing.open(who, document_id, ip="198.51.100.9")
    return document_id


def test_the_owner_sees_who_opened_what(filing: Filing, people: People, time: FakeClock) -> None:
    document_id = document_opened_by_three(filing, people, time)
    newest, oldest = filing.open_log(people.alice).json
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
def test_the_filter_chooses_allowed_or_denied_entries(
    filing: Filing, people: People, time: FakeClock, query: str, names: list[str]
) -> None:
    document_id = document_opened_by_three(filing, people, time)
    for which in ("", document_id):
        found = filing.open_log(people.alice, which, query).json
        assert [entry["accessed_by_name"] for entry in found] == names


def test_a_documents_log_has_no_entries_of_other_documents(filing: Filing, people: People, time: FakeClock) -> None:
    document_opened_by_three(filing, people, time)
    other = filing.document_of(people.alice)
    assert filing.open_log(people.alice, other).json == []


def test_the_log_comes_in_pages(api: Api, filing: Filing, people: People, time: FakeClock) -> None:
    document_opened_by_three(filing, people, time)
    answer = filing.open_log(people.alice, query="?limit=1")
    rest = api.get(next_page(answer), token=people.alice.access).json
    assert [entry["accessed_by_name"] for entry in answer.json + rest] == ["Dora Iyer", "Alice Rao"]


def test_the_owners_log_outlives_the_document_and_the_documents_log_does_not(
    filing: Filing, people: People, time: FakeClock
) -> None:
    document_id = document_opened_by_three(filing, people, time)
    filing.delete(people.alice, document_id)
    assert len(filing.open_log(people.alice).json) == 2
    assert filing.open_log(people.alice, document_id).status == 404


@pytest.mark.parametrize(("name", "status"), [("bob", 404), ("dora", 403), ("charlie", 403)])
def test_the_log_of_somebody_elses_document_is_refused(filing: Filing, people: People, name: str, status: int) -> None:
    document_id = filing.document_of(people.alice)
    assert filing.open_log(getattr(people, name), document_id).status == status


@pytest.mark.parametrize("name", ["dora", "charlie"])
def test_those_without_documents_have_no_log(filing: Filing, people: People, name: str) -> None:
    assert filing.open_log(getattr(people, name)).status == 403


@pytest.mark.parametrize("document_id", [UNKNOWN, "nonsense"])
def test_an_unknown_document_has_no_log(filing: Filing, people: People, document_id: str) -> None:
    assert filing.open_log(people.alice, document_id).status == 404


def test_an_unknown_outcome_is_refused(filing: Filing, people: People) -> None:
    assert filing.open_log(people.alice, query="?outcome=maybe").status == 400

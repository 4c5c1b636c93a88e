"""GET /api/documents/<id>/file/?t=…: the link of lists, opened without a header."""

import httpx
import pytest
from quickcare import clock
from quickcare.db import keys, table
from quickcare.db.items import Session
from quickcare.db.operations import Delete
from quickcare.documents import answering

from tests.api import Api, authorize
from tests.conftest import FakeClock
from tests.documents.filing import BASE, DOCUMENTS, PDF, Filing, content_behind, deactivate
from tests.people import People, Person
from tests.torn import Tear


def newest_link_of(filing: Filing, who: Person) -> str:
    """The link to the newest document in somebody's list."""
    url: str = filing.list_of(who).json[0]["file"]
    assert url.startswith(f"{BASE}/api/documents/")
    return url


def test_following_a_link_is_logged_and_leads_to_the_file(filing: Filing, people: People) -> None:
    # GIVEN a link in Alice's list, which is not logged
    filing.document_of(people.alice)
    link = newest_link_of(filing, people.alice)
    assert filing.log_of(people.alice) == []
    # WHEN it is opened
    answer = filing.follow(link, ip="203.0.113.9")
    # THEN it leads to the file, and the log has it
    assert answer.status == 302
    assert content_behind(answer.headers["Location"]) == PDF
    (entry,) = filing.open_log(people.alice).json
    assert (entry["accessed_by_name"], entry["ip_address"]) == ("Alice Rao", "203.0.113.9")


def test_a_link_leads_to_a_url_of_a_minute_and_a_page_keeps_one_for_an_hour(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    redirected = filing.follow(newest_link_of(filing, people.alice)).headers["Location"]
    shown = filing.open(people.alice, document_id).json["file"]
    assert [httpx.URL(url).params["X-Amz-Expires"] for url in (redirected, shown)] == ["60", "3600"]


@pytest.mark.parametrize("way", ["the link", "the app"])
@pytest.mark.parametrize("end", ["the session", "the account"])
def test_a_consent_of_after_the_end_of_a_session_opens_nothing(
    filing: Filing, people: People, tear: Tear, way: str, end: str
) -> None:
    # GIVEN a doctor whose consent was withdrawn, with a link of before
    alice, dora, identity = people.alice, people.dora, authorize(people.dora.access)
    consent_id = filing.share(alice, document_id := filing.document_of(alice), dora)
    link = newest_link_of(filing, dora)
    filing.revoke(alice, consent_id)

    def ends_and_alice_allows() -> None:
        if end == "the session":
            assert identity
            table.write(session=Delete(Session.key(dora.id, identity["session_id"])))
        else:
            deactivate(dora)
        answering.answer(consent_id, alice.id, "granted", None, clock.now())

    # WHEN her session ends and the consent is given again after that, while she opens the document
    tear(ends_and_alice_allows, after=(f'{keys.USER}"', keys.SESSION_PREFIX))
    answer = filing.follow(link) if way == "the link" else filing.open(dora, document_id, identity=identity)
    # THEN she does not see it; what the authorizer said is good for its cache time
    is_cached = (way, end) == ("the app", "the session")
    assert (answer.status, tear.is_done) == (200 if is_cached else 401, True)
    assert filing.log_of(alice, "allowed") == ([(dora.name, "allowed")] if is_cached else [])


def test_a_link_does_not_work_when_the_consent_was_revoked(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.share(people.alice, document_id, people.dora)
    link = newest_link_of(filing, people.dora)
    filing.revoke(people.alice, consent_id)
    assert filing.follow(link).status == 403
    assert filing.log_of(people.alice, "denied") == [("Dora Iyer", "denied")]


def test_a_link_works_for_one_hour(filing: Filing, people: People, time: FakeClock) -> None:
    filing.document_of(people.alice)
    link = newest_link_of(filing, people.alice)
    time.advance(minutes=59)
    assert filing.follow(link).status == 302
    time.advance(minutes=1)
    assert filing.follow(link).status == 401


def test_a_link_opens_one_document_only(api: Api, filing: Filing, people: People) -> None:
    filing.document_of(people.alice)
    other = filing.document_of(people.alice)
    token = newest_link_of(filing, people.alice).partition("?")[2]
    first = next(d["id"] for d in filing.list_of(people.alice).json if d["id"] != other)
    used = [api.get(f"{DOCUMENTS}{document_id}/file/?{token}").status for document_id in (first, other)]
    assert sorted(used) == [302, 401]


def test_a_link_ends_with_the_session(api: Api, filing: Filing, people: People) -> None:
    filing.document_of(people.alice)
    link = newest_link_of(filing, people.alice)
    api.post("/api/users/logout/", {"refresh": people.alice.refresh}, token=people.alice.access)
    assert filing.follow(link).status == 401


def test_a_missing_or_forged_token_is_401(api: Api, filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    for query in ("", "?t=", "?t=nonsense", f"?t={people.alice.access}"):
        assert api.get(f"{DOCUMENTS}{document_id}/file/{query}").status == 401


def test_a_link_to_a_deleted_document_is_404(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    link = newest_link_of(filing, people.alice)
    filing.delete(people.alice, document_id)
    assert filing.follow(link).status == 404

"""The panel's page of a person's documents: who may read them and who did, and nothing of what they are."""

import pytest

from tests import faults, round_trips
from tests.admin.browser import Browser
from tests.admin.test_lists import rows as csv_rows
from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import Filing
from tests.people import People


@pytest.fixture
def filing(api: Api) -> Filing:
    return Filing(api)


@pytest.fixture
def document_id(filing: Filing, people: People, time: FakeClock) -> str:
    """Alice's document, which Dora may read and did, and Bob may not."""
    made = filing.document_of(people.alice)
    filing.share(people.alice, made, people.dora)
    for who in (people.bob, people.dora):
        time.advance(seconds=1)
        filing.open(who, made, ip="198.51.100.9")
    return made


def test_it_says_who_may_read_and_who_did(admin: Browser, people: People, document_id: str) -> None:
    page = admin.get(f"documents/{people.alice.id}")
    assert "Documents of Alice Rao" in page.text
    assert "Dora Iyer May read" in page.text
    assert "Bob Nair Patient Was refused 198.51.100.9" in page.text
    assert "Dora Iyer Doctor Opened 198.51.100.9" in page.text


def test_no_title_and_no_purpose_is_shown(superadmin: Browser, people: People, document_id: str) -> None:
    page = superadmin.get(f"documents/{people.alice.id}")
    assert "CBC Report" not in page.html
    assert "Follow-up" not in page.html
    assert "https://" not in page.html.replace("http://www.w3.org", "")


def test_a_consent_that_was_revoked_is_shown_as_that(
    admin: Browser, filing: Filing, people: People, document_id: str
) -> None:
    (consent,) = faults.items(kind="Consent")
    assert filing.revoke(people.alice, consent["id"]).status == 200
    page = admin.get(f"documents/{people.alice.id}")
    assert "Dora Iyer Revoked" in page.text
    assert "May read" not in page.text


def test_opening_it_is_noted_with_the_persons_name(admin: Browser, people: People, document_id: str) -> None:
    admin.get(f"documents/{people.alice.id}")
    assert "Opened documents and consents Alice Rao" in admin.get("audit").text


def test_a_number_leads_to_the_person(admin: Browser, people: People) -> None:
    answer = admin.get(f"documents?contact={people.alice.contact}")
    assert (answer.status, answer.location) == (303, f"/test/admin/documents/{people.alice.id}")
    assert "No document" in admin.follow(answer).text
    assert admin.get("documents?contact=9876599999").status == 404
    assert admin.get("documents?contact=98765").status == 400
    assert admin.get("documents/7f3b6d0e-6f0e-4c8e-9d52-6a3f0c1b2d4e").status == 404


def test_a_page_takes_two_reads_and_the_entry_of_the_audit(admin: Browser, people: People, document_id: str) -> None:
    admin.get("documents")
    with round_trips.counted() as trips:
        assert admin.get(f"documents/{people.alice.id}").status == 200
    assert (trips.reads <= 2, trips.writes) == (True, 1)


def test_the_log_has_pages(admin: Browser, people: People, document_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.lists.PAGE_SIZE", 1)
    first = admin.get(f"documents/{people.alice.id}")
    second = admin.get(first.links("Next page")[0])
    assert "Was refused" not in first.text
    assert "Was refused" in second.text


def test_the_log_is_a_file_too_which_the_history_of_the_person_knows(
    admin: Browser, people: People, document_id: str
) -> None:
    (address,) = admin.get(f"documents/{people.alice.id}").links("CSV")
    found = csv_rows(admin.get(address))
    assert {row["What"] for row in found} >= {"Was refused"}
    history = admin.get(f"audit?target=users/{people.alice.id}").text
    assert f"Downloaded the list Alice Rao documents, {len(found)} rows" in history

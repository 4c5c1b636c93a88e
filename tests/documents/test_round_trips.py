"""Sequential DynamoDB round trips of the documents API, the same with 1,000 documents."""

from typing import Any

import pytest
from documents import shelf
from quickcare.db import bulk, table
from quickcare.db.item import Item
from quickcare.documents import counting

from tests import round_trips
from tests.api import Api, authorize
from tests.conftest import FakeClock
from tests.documents.filing import (
    BASE,
    DOCUMENTS,
    Filing,
    announcement,
    make_patient_of,
    new_document,
    next_page,
    user_of,
)
from tests.people import People, Person
from tests.thorough import times


def cost(api: Api, who: Person, method: str, path: str, body: Any = None) -> tuple[int, int]:
    identity = authorize(who.access)
    with round_trips.counted() as trips:
        answer = api.call(method, path, body, identity=identity)
    assert answer.status < 400, answer
    return trips.reads, trips.writes


def test_opening_a_document(api: Api, filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice, people.lata)
    filing.share(people.alice, document_id, people.dora)
    for who in (people.alice, people.lata, people.dora):
        assert cost(api, who, "GET", f"{DOCUMENTS}{document_id}/") == (2, 1)


def test_following_a_link(api: Api, filing: Filing, people: People) -> None:
    filing.document_of(people.alice)
    link = filing.list_of(people.alice).json[0]["file"].removeprefix(BASE)
    assert cost(api, people.alice, "GET", link) == (2, 1)


def test_announcing_a_document(api: Api, people: People) -> None:
    assert cost(api, people.alice, "POST", DOCUMENTS, announcement()) == (1, 1)
    # The second write takes the SMS to the patient out of the outbox.
    assert cost(api, people.lata, "POST", DOCUMENTS, announcement(patient_id=people.alice.id)) == (2, 2)


def test_deleting_a_document(api: Api, filing: Filing, people: People) -> None:
    assert cost(api, people.alice, "DELETE", f"{DOCUMENTS}{filing.document_of(people.alice)}/") == (1, 1)


def test_asking_for_and_answering_a_consent(api: Api, filing: Filing, people: People) -> None:
    # The second write takes the SMS out of the outbox.
    body = {"document": filing.document_of(people.alice)}
    assert cost(api, people.dora, "POST", f"{DOCUMENTS}consent/request/", body) == (2, 2)
    consent_id = api.get(f"{DOCUMENTS}consent/mine/", token=people.alice.access).json[0]["id"]
    path = f"{DOCUMENTS}consent/{consent_id}/action/"
    assert cost(api, people.alice, "PATCH", path, {"action": "granted"}) == (2, 2)
    assert cost(api, people.alice, "PATCH", path, {"action": "revoked"}) == (2, 2)


def test_lists_and_logs(api: Api, filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice, people.lata)
    filing.consent_for(people.dora, document_id)
    make_patient_of(people.dora, people.alice)
    for who, path, writes in (
        (people.alice, DOCUMENTS, 0),
        (people.alice, f"{DOCUMENTS}?type=lab_report&uploaded_by_role=lab_member", 0),
        (people.lata, DOCUMENTS, 1),  # into the patients' logs
        (people.dora, DOCUMENTS, 0),  # nothing is in it
        (people.alice, f"{DOCUMENTS}consent/mine/", 0),
        (people.dora, f"{DOCUMENTS}consent/doctor/", 0),
        (people.dora, f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}", 1),
    ):
        assert cost(api, who, "GET", path) == (2, writes), path
    for path in (f"{DOCUMENTS}access-log/", f"{DOCUMENTS}{document_id}/access-log/"):
        assert cost(api, people.alice, "GET", path) == (1, 0)


def test_a_page_reads_the_shelf_once(api: Api, people: People) -> None:
    write_documents_of(people.alice, 3)
    make_patient_of(people.dora, people.alice)
    path = f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}"
    # Where they were never counted, a page that has not all is read once more, for how many there are.
    for of_more in (2, 1):
        for query, readings in (("", 1), ("&limit=3", 1), ("&limit=2", of_more)):
            with round_trips.counted() as trips:
                assert api.get(f"{path}{query}", token=people.dora.access).json["total"] == 3
            assert sum("SHELF#" in call.body for call in trips.calls) == readings, (of_more, query)
        counting.recount(people.alice.id)


def test_many_documents_page_at_the_same_cost(api: Api, filing: Filing, people: People) -> None:
    # GIVEN ten pages of Alice's documents, every tenth a scan
    many, limit = times(200, 1000), times(20, 100)
    write_documents_of(people.alice, many)
    # WHEN all pages are read
    path, found, pages = f"{DOCUMENTS}?limit={limit}", set[str](), 0
    while path:
        answer = api.get(path, token=people.alice.access)
        found |= {document["id"] for document in answer.json}
        last, path, pages = path, next_page(answer), pages + 1
    # THEN each comes once, on full pages, the last as cheap as any
    assert (len(found), pages) == (many, 10)
    assert cost(api, people.alice, "GET", last) == (2, 0)
    # AND a filter finds the scans among all of them at once
    scans = filing.list_of(people.alice, f"?limit={limit}&type=scan")
    assert (len(scans.json), next_page(scans)) == (limit, "")

    # AND a doctor of hers pages through them at the same cost, and is told how many there are
    make_patient_of(people.dora, people.alice)
    path, found, pages = f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}&limit={limit}", set(), 0
    while path:
        answer = api.get(path, token=people.dora.access)
        assert answer.json["total"] == many
        found |= {document["id"] for document in answer.json["documents"]}
        last, path, pages = path, next_page(answer), pages + 1
    assert (len(found), pages) == (many, 10)
    assert cost(api, people.dora, "GET", last) == (2, 1)


def write_documents_of(owner: Person, count: int) -> None:
    """So many documents, every tenth a scan, written in batches."""
    written: list[Item] = []
    for number in range(count):
        kind = "scan" if number % 10 == 0 else "other"
        document = new_document(owner.id, user_of(owner), document_type=kind)
        written += [document, *shelf.first_entries(document)]
    bulk.put_all(written)


def test_a_rare_type_is_looked_for_in_so_many_entries(
    api: Api, filing: Filing, people: People, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a lab member who once uploaded a scan and since then more of other types than a page looks at
    monkeypatch.setattr(table, "_LOOKED_AT", 2)
    scan = filing.document_of(people.alice, people.lata, document_type="scan")
    for _ in range(12):
        time.advance(seconds=1)
        filing.document_of(people.alice, people.lata)
    # WHEN they look for scans
    with round_trips.counted() as trips:
        first = filing.list_of(people.lata, "?type=scan")
    # THEN the page ends after five looks, and the next one has it
    assert (first.json, sum("SHELF#" in call.body for call in trips.calls)) == ([], 5)
    assert [one["id"] for one in api.get(next_page(first), people.lata.access).json] == [scan]


def test_openings_are_looked_for_in_so_many_entries(
    api: Api, filing: Filing, people: People, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an opening of Alice's document, and more lists with it since then than a page looks at
    monkeypatch.setattr(table, "_LOOKED_AT", 2)
    document_id = filing.document_of(people.alice, people.lata)
    assert filing.open(people.lata, document_id).status == 200
    for _ in range(12):
        time.advance(seconds=1)
        assert filing.list_of(people.lata).status == 200
    # WHEN Alice looks who opened it
    assert cost(api, people.alice, "GET", f"{DOCUMENTS}access-log/") == (5, 0)
    first = filing.open_log(people.alice)
    # THEN the page ends after five looks, and the next one has it
    assert first.json == []
    assert [one["accessed_by_name"] for one in api.get(next_page(first), people.alice.access).json] == ["Lata Das"]
    # AND the log of the document, where no lists are, has it at once
    assert len(filing.open_log(people.alice, document_id).json) == 1

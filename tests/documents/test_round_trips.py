"""Sequential DynamoDB round trips of the documents API, the same with 1,000 documents."""

from typing import Any

from documents import repository
from quickcare import clock, ids
from quickcare.db import table
from quickcare.db.item import Item
from quickcare.db.items import DoctorPatient, Document
from quickcare.db.operations import Put

from tests import round_trips
from tests.api import Answer, Api, authorize
from tests.documents.filing import DOCUMENTS, announcement, asked, doctor_id, filed, granted
from tests.people import People, Person


def cost(api: Api, who: Person, method: str, path: str, body: Any = None) -> tuple[int, int]:
    identity = authorize(who.access)
    with round_trips.counted() as trips:
        answer = api.call(method, path, body, identity=identity)
    assert answer.status < 400, answer
    return trips.reads, trips.writes


def test_reading(api: Api, people: People) -> None:
    document_id = filed(people.alice, people.lata)
    granted(api, people.alice, people.dora, document_id)
    for who in (people.alice, people.lata, people.dora):
        assert cost(api, who, "GET", f"{DOCUMENTS}{document_id}/") == (2, 1)


def test_signed_link(api: Api, people: People) -> None:
    filed(people.alice)
    link = api.get(DOCUMENTS, token=people.alice.access).json[0]["file"].removeprefix("https://api.example.com/test")
    assert cost(api, people.alice, "GET", link) == (2, 1)


def test_uploading(api: Api, people: People) -> None:
    assert cost(api, people.alice, "POST", DOCUMENTS, announcement()) == (1, 1)


def test_deleting(api: Api, people: People) -> None:
    assert cost(api, people.alice, "DELETE", f"{DOCUMENTS}{filed(people.alice)}/") == (1, 1)


def test_asking_and_answering(api: Api, people: People) -> None:
    # The second write takes the SMS out of the outbox.
    body = {"document": filed(people.alice)}
    assert cost(api, people.dora, "POST", f"{DOCUMENTS}consent/request/", body) == (2, 2)
    consent_id = api.get(f"{DOCUMENTS}consent/mine/", token=people.alice.access).json[0]["id"]
    path = f"{DOCUMENTS}consent/{consent_id}/action/"
    assert cost(api, people.alice, "PATCH", path, {"action": "granted"}) == (2, 2)
    assert cost(api, people.alice, "PATCH", path, {"action": "revoked"}) == (2, 1)


def test_lists(api: Api, people: People) -> None:
    document_id = filed(people.alice, people.lata)
    asked(api, people.dora, document_id)
    table.write(tie=Put(DoctorPatient.key(doctor_id(people.dora), people.alice.id).item(appointments=1)))
    for who, path in (
        (people.alice, DOCUMENTS),
        (people.alice, f"{DOCUMENTS}?type=lab_report&uploaded_by_role=lab_member"),
        (people.lata, DOCUMENTS),
        (people.dora, DOCUMENTS),
        (people.alice, f"{DOCUMENTS}consent/mine/"),
        (people.dora, f"{DOCUMENTS}consent/doctor/"),
        (people.dora, f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}"),
    ):
        assert cost(api, who, "GET", path) == (2, 0), path
    for path in (f"{DOCUMENTS}access-log/", f"{DOCUMENTS}{document_id}/access-log/"):
        assert cost(api, people.alice, "GET", path) == (1, 0)


def test_a_thousand_documents_page_at_the_same_cost(api: Api, people: People) -> None:
    # GIVEN a thousand documents of Alice's, every tenth a scan
    many(people.alice, 1000)
    # WHEN all pages are read
    path, found, pages = f"{DOCUMENTS}?limit=100", set[str](), 0
    while path:
        answer = api.get(path, token=people.alice.access)
        found |= {document["id"] for document in answer.json}
        last, path, pages = path, next_path(answer), pages + 1
    # THEN each comes once, on full pages, the last as cheap as any
    assert (len(found), pages) == (1000, 10)
    assert cost(api, people.alice, "GET", last) == (2, 0)
    # AND a filter finds the scans among all of them at once
    scans = api.get(f"{DOCUMENTS}?limit=100&type=scan", token=people.alice.access)
    assert (len(scans.json), next_path(scans)) == (100, "")

    # AND so they do for a doctor of hers, who is told how many there are
    table.write(tie=Put(DoctorPatient.key(doctor_id(people.dora), people.alice.id).item(appointments=1)))
    path, found, pages = f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}&limit=100", set(), 0
    while path:
        answer = api.get(path, token=people.dora.access)
        assert answer.json["total"] == 1000
        found |= {document["id"] for document in answer.json["documents"]}
        last, path, pages = path, next_path(answer), pages + 1
    assert (len(found), pages) == (1000, 10)
    assert cost(api, people.dora, "GET", last) == (2, 0)


def next_path(answer: Answer) -> str:
    assert answer.status == 200
    return (
        answer.headers.get("Link", "").partition("<")[2].partition(">")[0].removeprefix("https://api.example.com/test")
    )


def many(owner: Person, count: int) -> None:
    """That many documents, written in batches."""
    written: list[Item] = []
    for number in range(count):
        document_id, now = ids.new_uuid(), clock.now()
        document = Document.key(document_id).item(
            id=document_id,
            owner_id=owner.id,
            uploader_id=owner.id,
            uploaded_by_role="patient",
            title="CBC Report",
            document_type="scan" if number % 10 == 0 else "other",
            file_name="cbc.pdf",
            upload_status="available",
            object_key=f"documents/{document_id}/1",
            created_at=now,
            updated_at=now,
        )
        written += [document, *repository.shelf_of(document)]
    table.put_all(written)

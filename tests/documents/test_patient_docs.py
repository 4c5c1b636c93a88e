"""GET /api/documents/patient-docs/: what a doctor may know before asking."""

import pytest

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, UNKNOWN, Filing, dismiss, make_patient_of, next_page
from tests.people import People

PATH = f"{DOCUMENTS}patient-docs/"


def test_a_doctor_sees_which_documents_there_are_and_the_status_of_consents(
    filing: Filing, people: People, time: FakeClock
) -> None:
    # GIVEN a patient of Dora's with three documents, and an upload under way
    make_patient_of(people.dora, people.alice)
    made = []
    for _ in range(3):
        made.append(filing.document_of(people.alice, description="Fasting"))
        time.advance(seconds=1)
    filing.announce(people.alice)
    filing.consent_for(people.dora, made[1])
    filing.share(people.alice, made[2], people.dora)
    # WHEN she looks
    answer = filing.look_up(people.dora, people.alice)
    # THEN she sees the finished ones, newest first, and no URL
    assert answer.status == 200
    assert answer.json["patient"] == {"id": people.alice.id, "name": "Alice Rao", "contact": people.alice.contact}
    found = [(document["id"], document["consent_status"]) for document in answer.json["documents"]]
    assert found == [(made[2], "granted"), (made[1], "pending"), (made[0], None)]
    assert answer.json["total"] == 3
    assert "file" not in answer.json["documents"][0]
    assert "http" not in str(answer.json)


def test_a_doctor_who_uploaded_for_the_patient_may_look(filing: Filing, people: People) -> None:
    filing.document_of(people.alice, people.dora)
    answer = filing.look_up(people.dora, people.alice)
    assert (answer.status, answer.json["total"]) == (200, 1)


def test_the_doctors_upload_counts_on_every_page(filing: Filing, people: People, time: FakeClock) -> None:
    filing.document_of(people.alice, people.dora)
    time.advance(seconds=1)
    newest = filing.document_of(people.alice)
    answer = filing.look_up(people.dora, people.alice, "&limit=1")
    assert ([document["id"] for document in answer.json["documents"]], answer.json["total"]) == ([newest], 2)


@pytest.mark.parametrize("status", [None, "cancelled"])
def test_a_doctor_without_an_appointment_may_not_look(filing: Filing, people: People, status: str | None) -> None:
    filing.document_of(people.alice)
    if status is not None:
        make_patient_of(people.dora, people.alice, status)
    assert filing.look_up(people.dora, people.alice).status == 403


def test_announcing_an_upload_is_not_enough_to_look(filing: Filing, people: People) -> None:
    filing.announce(people.dora, patient_id=people.alice.id)
    assert filing.look_up(people.dora, people.alice).status == 403


def test_a_removed_doctor_may_not_look(filing: Filing, people: People) -> None:
    make_patient_of(people.dora, people.alice)
    dismiss(people.dora)
    assert filing.look_up(people.dora, people.alice).status == 403


@pytest.mark.parametrize("name", ["alice", "lata", "charlie"])
def test_only_doctors_may_look(filing: Filing, people: People, name: str) -> None:
    answer = filing.look_up(getattr(people, name), people.alice)
    assert answer.status == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?patient_id=", 400),
        ("?patient_id=x", 400),
        (f"?patient_id={UNKNOWN}", 404),
    ],
)
def test_a_wrong_or_unknown_patient_is_refused(api: Api, people: People, query: str, status: int) -> None:
    assert api.get(f"{PATH}{query}", token=people.dora.access).status == status


def test_documents_come_in_pages(api: Api, filing: Filing, people: People, time: FakeClock) -> None:
    make_patient_of(people.dora, people.alice)
    for _ in range(3):
        filing.document_of(people.alice)
        time.advance(seconds=1)
    answer = filing.look_up(people.dora, people.alice, "&limit=2")
    rest = api.get(next_page(answer), token=people.dora.access)
    assert (answer.json["total"], rest.json["total"]) == (3, 3)
    assert len({document["id"] for document in answer.json["documents"] + rest.json["documents"]}) == 3


def test_looking_needs_a_token(api: Api, people: People) -> None:
    assert api.get(f"{PATH}?patient_id={people.alice.id}").status == 401

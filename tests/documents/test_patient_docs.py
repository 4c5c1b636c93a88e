"""GET /api/documents/patient-docs/: what a doctor may know before asking."""

import pytest
from quickcare.db import table
from quickcare.db.items import DoctorPatient
from quickcare.db.operations import Put

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, announce, asked, dismiss, doctor_id, filed, granted
from tests.people import People, Person

PATH = f"{DOCUMENTS}patient-docs/"
UNKNOWN = "5f8f4b9e-0000-4000-8000-000000000000"


def consulted(patient: Person, doctor: Person, appointments: int = 1) -> None:
    """So many of the patient's appointments with the doctor were not cancelled."""
    tie = DoctorPatient.key(doctor_id(doctor), patient.id).item(appointments=appointments)
    table.write(tie=Put(tie))


def test_doctor_sees_what_there_is_and_where_consent_stands(api: Api, people: People, time: FakeClock) -> None:
    # GIVEN a patient of Dora's with three documents, and an upload under way
    consulted(people.alice, people.dora)
    made = []
    for _ in range(3):
        made.append(filed(people.alice, description="Fasting"))
        time.advance(seconds=1)
    announce(api, people.alice)
    asked(api, people.dora, made[1])
    granted(api, people.alice, people.dora, made[2])
    # WHEN she looks
    answer = api.get(f"{PATH}?patient_id={people.alice.id}", token=people.dora.access)
    # THEN she sees the finished ones, newest first, and no URL
    assert answer.status == 200
    assert answer.json["patient"] == {"id": people.alice.id, "name": "Alice Rao", "contact": people.alice.contact}
    found = [(document["id"], document["consent_status"]) for document in answer.json["documents"]]
    assert found == [(made[2], "granted"), (made[1], "pending"), (made[0], None)]
    assert answer.json["total"] == 3
    assert "file" not in answer.json["documents"][0]
    assert "http" not in str(answer.json)


def test_upload_for_the_patient_is_a_tie(api: Api, people: People) -> None:
    filed(people.alice, people.dora)
    answer = api.get(f"{PATH}?patient_id={people.alice.id}", token=people.dora.access)
    assert (answer.status, answer.json["total"]) == (200, 1)


def test_upload_on_another_page_is_a_tie(api: Api, people: People, time: FakeClock) -> None:
    filed(people.alice, people.dora)
    time.advance(seconds=1)
    newest = filed(people.alice)
    answer = api.get(f"{PATH}?patient_id={people.alice.id}&limit=1", token=people.dora.access)
    assert ([document["id"] for document in answer.json["documents"]], answer.json["total"]) == ([newest], 2)


@pytest.mark.parametrize("appointments", [None, 0])
def test_no_tie(api: Api, people: People, appointments: int | None) -> None:
    filed(people.alice)
    if appointments is not None:
        consulted(people.alice, people.dora, appointments)
    assert api.get(f"{PATH}?patient_id={people.alice.id}", token=people.dora.access).status == 403


def test_announcing_an_upload_is_no_tie(api: Api, people: People) -> None:
    announce(api, people.dora, patient_id=people.alice.id)
    assert api.get(f"{PATH}?patient_id={people.alice.id}", token=people.dora.access).status == 403


def test_removed_doctor(api: Api, people: People) -> None:
    consulted(people.alice, people.dora)
    dismiss(people.dora)
    assert api.get(f"{PATH}?patient_id={people.alice.id}", token=people.dora.access).status == 403


@pytest.mark.parametrize("name", ["alice", "lata", "charlie"])
def test_wrong_role(api: Api, people: People, name: str) -> None:
    answer = api.get(f"{PATH}?patient_id={people.alice.id}", token=getattr(people, name).access)
    assert answer.status == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?patient_id=", 400),
        ("?patient_id=x", 400),
        (f"?patient_id=5f8f4b9e{'-0000' * 3}-000000000000", 404),
    ],
)
def test_bad_patient(api: Api, people: People, query: str, status: int) -> None:
    assert api.get(f"{PATH}{query}", token=people.dora.access).status == status


def test_pages(api: Api, people: People, time: FakeClock) -> None:
    consulted(people.alice, people.dora)
    for _ in range(3):
        filed(people.alice)
        time.advance(seconds=1)
    answer = api.get(f"{PATH}?patient_id={people.alice.id}&limit=2", token=people.dora.access)
    link = answer.headers["Link"].partition("<")[2].partition(">")[0]
    rest = api.get(link.removeprefix("https://api.example.com/test"), token=people.dora.access)
    assert (answer.json["total"], rest.json["total"]) == (3, 3)
    assert len({document["id"] for document in answer.json["documents"] + rest.json["documents"]}) == 3


def test_stranger(api: Api, people: People) -> None:
    assert api.get(f"{PATH}?patient_id={people.alice.id}").status == 401

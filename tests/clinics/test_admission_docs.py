"""`/api/clinics/<clinic_id>/admission-docs/` and everything under it."""

from typing import Any
from uuid import uuid4

import pytest
from quickcare.db import table
from quickcare.db.items import PatientClinic
from quickcare.db.operations import Create

from tests.api import Api
from tests.people import People, Person

AADHAAR = {"document_name": "Aadhaar card", "document_type": "id_proof"}


@pytest.fixture
def docs(path: str) -> str:
    return f"{path}/admission-docs/"


@pytest.fixture
def doc(api: Api, people: People, docs: str) -> Any:
    """A mandatory proof of identity."""
    return api.post(docs, AADHAAR, token=people.charlie.access).json


def has_appointment(patient: Person, clinic: Any) -> None:
    """The patient has a live appointment in the clinic."""
    tie = PatientClinic.key(patient.id, clinic["id"])
    table.write(
        tie=Create(
            tie.item(patient_id=patient.id, clinic_id=clinic["id"], owner_id=clinic["owner"]["id"], appointments=1)
        )
    )


def test_owner_asks_for_a_document(api: Api, docs: str, doc: Any) -> None:
    assert (doc["document_type_display"], doc["is_mandatory"], doc["notes"]) == ("ID Proof", True, None)
    answer = api.get(docs)
    assert (answer.status, answer.json) == (200, [doc])


@pytest.mark.parametrize(("query", "expected"), [("?mandatory=true", 1), ("?mandatory=false", 2), ("?mandatory=", 3)])
def test_everybody_can_filter_the_documents(
    api: Api, people: People, docs: str, doc: Any, query: str, expected: int
) -> None:
    assert doc["is_mandatory"]
    for name in ("X-ray", "Old prescription"):
        body = {"document_name": name, "document_type": "other", "is_mandatory": False}
        api.post(docs, body, token=people.charlie.access)
    assert len(api.get(docs + query).json) == expected


def test_a_bad_filter_is_400(api: Api, docs: str) -> None:
    assert api.get(f"{docs}?mandatory=perhaps").status == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"document_name": ""},
        {"document_name": "x" * 201},
        {"document_type": "selfie"},
        {"is_mandatory": None},
        {"notes": 5},
    ],
)
def test_bad_input_is_400(api: Api, people: People, docs: str, doc: Any, wrong: dict[str, Any]) -> None:
    answer = api.post(docs, {**AADHAAR, **wrong}, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, list(wrong))
    answer = api.put(f"{docs}{doc['id']}/", wrong, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, list(wrong))


def test_only_what_is_sent_changes(api: Api, people: People, docs: str, doc: Any) -> None:
    changes = {"is_mandatory": False, "notes": "A copy is enough"}
    answer = api.put(f"{docs}{doc['id']}/", changes, token=people.charlie.access)
    assert (answer.status, answer.json) == (200, {**doc, **changes})
    assert api.get(docs).json == [answer.json]


def test_a_deleted_document_is_gone(api: Api, people: People, docs: str, doc: Any) -> None:
    statuses = [api.delete(f"{docs}{doc['id']}/", token=people.charlie.access).status for _ in range(2)]
    assert (statuses, api.get(docs).json) == ([200, 404], [])


def test_the_documents_of_somebody_elses_clinic_are_403(
    api: Api, people: People, edith: Person, docs: str, doc: Any
) -> None:
    for token, status in ((edith.access, 403), (people.alice.access, 403), ("", 401)):
        assert api.post(docs, AADHAAR, token=token).status == status
        assert api.put(f"{docs}{doc['id']}/", {}, token=token).status == status
        assert api.delete(f"{docs}{doc['id']}/", token=token).status == status


def test_unknown_and_other_clinics_ids_are_404(
    api: Api, people: People, edith: Person, elsewhere: Any, docs: str, doc: Any
) -> None:
    there = f"/api/clinics/{elsewhere['id']}/admission-docs/{doc['id']}/"
    for method in ("PUT", "DELETE"):
        assert api.call(method, there, {}, token=edith.access).status == 404
        assert api.call(method, f"{docs}{uuid4()}/", {}, token=people.charlie.access).status == 404
    assert api.get(f"/api/clinics/{uuid4()}/admission-docs/").status == 404


def test_a_patient_of_the_clinic_sees_what_to_bring(api: Api, people: People, clinic: Any, docs: str, doc: Any) -> None:
    # GIVEN Alice, who has an appointment, and one more document that is optional
    has_appointment(people.alice, clinic)
    xray = {"document_name": "X-ray", "document_type": "imaging", "is_mandatory": False}
    optional = api.post(docs, xray, token=people.charlie.access).json
    # WHEN she looks
    answer = api.get(f"{docs}patient/", token=people.alice.access)
    # THEN she has the list
    assert (answer.status, answer.json) == (
        200,
        {
            "clinic": {name: clinic[name] for name in ("id", "name", "address", "city", "phone")},
            "mandatory_documents": [doc],
            "optional_documents": [optional],
            "total_required": 1,
        },
    )


def test_the_list_without_an_appointment_is_403(api: Api, people: People, docs: str) -> None:
    assert api.get(f"{docs}patient/", token=people.alice.access).status == 403
    assert api.get(f"{docs}patient/", token=people.charlie.access).status == 403
    assert api.get(f"{docs}patient/").status == 401


def test_the_list_of_an_unknown_clinic_is_404(api: Api, people: People) -> None:
    assert api.get(f"/api/clinics/{uuid4()}/admission-docs/patient/", token=people.alice.access).status == 404

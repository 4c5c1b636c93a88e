"""POST /api/documents/ with JSON: an upload is announced, sent to S3 and checked."""

from typing import Any

import pytest
from quickcare.db import table
from quickcare.db.items import Document
from quickcare.errors import about_fields

from tests.api import Answer, Api, authorize
from tests.documents.filing import (
    DOCUMENTS,
    MIB,
    UNKNOWN,
    Filing,
    announcement,
    deactivate,
    dismiss,
    keys_in_bucket,
    upload,
)
from tests.people import People, Person

NOT_A_PDF = {"file": ["Only PDF files are accepted."]}


def test_a_patient_announces_a_document_and_learns_where_to_send_it(filing: Filing, people: People) -> None:
    # WHEN Alice announces a document
    answer = filing.announce(people.alice, description="Fasting")
    # THEN it is pending, and says where the file goes
    assert answer.status == 201
    document, target = answer.json, answer.json["upload"]
    assert (document["upload_status"], document["file"]) == ("pending", None)
    assert (document["owner"]["id"], document["uploaded_by"]["id"]) == (people.alice.id, people.alice.id)
    assert (document["uploaded_by_role"], document["patient_name"]) == ("patient", "Alice Rao")
    assert target["url"] == "https://documents.s3.ap-south-1.amazonaws.com/"
    assert target["fields"]["key"] == f"uploads/{document['id']}"
    assert target["fields"]["Content-Type"] == "application/pdf"
    assert target["expires_in"] == 900


def test_the_uploaded_file_makes_the_document_available(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    assert upload(document_id) == "available"
    answer = filing.open(people.alice, document_id)
    assert answer.json["upload_status"] == "available"
    assert answer.json["file"].startswith("https://documents.s3")
    assert [key.split("/")[0] for key in keys_in_bucket()] == ["documents"]


def test_a_lab_member_announces_a_document_for_a_patient(filing: Filing, people: People) -> None:
    answer = filing.announce(people.lata, patient_id=people.alice.id)
    assert answer.status == 201
    assert (answer.json["owner"]["id"], answer.json["uploaded_by_role"]) == (people.alice.id, "lab_member")


def test_a_patient_cannot_upload_for_somebody_else(filing: Filing, people: People) -> None:
    answer = filing.announce(people.alice, patient_id=people.bob.id)
    assert answer.json["owner"]["id"] == people.alice.id


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, {"title": ["This field may not be blank."]}),
        ({"title": None}, {"title": ["This field may not be null."]}),
        ({"title": "x" * 256}, {"title": ["Ensure this field has no more than 255 characters."]}),
        ({"title": "a\u0000b"}, {"title": ["Control characters are not allowed."]}),
        ({"file_name": "cbc.png"}, NOT_A_PDF),
        ({"file_name": "pdf"}, NOT_A_PDF),
        ({"file_name": f"{'x' * 1021}.pdf"}, {"file": ["Ensure the file's name has no more than 1024 characters."]}),
        ({"file_name": ""}, {"file": ["This field is required."]}),
        ({"file_size": 0}, NOT_A_PDF),
        ({"file_size": 5 * MIB + 1}, {"file": ["File size must not exceed 5 MB. Uploaded file is 5.1 MB."]}),
        ({"file_size": 7 * MIB}, {"file": ["File size must not exceed 5 MB. Uploaded file is 7.0 MB."]}),
        ({"file_size": -1}, {"file_size": ["Ensure this value is greater than or equal to 0."]}),
        ({"file_size": "big"}, {"file_size": ["A valid integer is required."]}),
        ({"appointment": 5}, {"appointment": ["There is no such appointment of this patient."]}),
    ],
)
def test_bad_announcement(filing: Filing, people: People, wrong: dict[str, Any], message: dict[str, Any]) -> None:
    answer = filing.announce(people.alice, **wrong)
    assert (answer.status, answer.json) == (400, about_fields(message))


@pytest.mark.parametrize("name", ["title", "document_type", "file_name", "file_size"])
def test_required_field(api: Api, people: People, name: str) -> None:
    body = {key: value for key, value in announcement().items() if key != name}
    answer = api.post(DOCUMENTS, body, token=people.alice.access)
    assert (answer.status, answer.json) == (400, about_fields({name: ["This field is required."]}))


def test_unknown_type(filing: Filing, people: People) -> None:
    answer = filing.announce(people.alice, document_type="selfie")
    assert (answer.status, answer.fields) == (400, ["document_type"])


def test_exactly_five_mebibytes_may_be_announced(filing: Filing, people: People) -> None:
    assert filing.announce(people.alice, file_size=5 * MIB).status == 201


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\asha\\report.PDF", "report.pdf"),
        ("रक्त जाँच.pdf", "रक्त जाँच.pdf"),
        ("x" * 296 + ".pdf", "x" * 146 + ".pdf"),
        (".pdf", "document.pdf"),
        ('a"b\r\nc.pdf', "abc.pdf"),
    ],
)
def test_the_file_name_is_made_safe(filing: Filing, people: People, sent: str, kept: str) -> None:
    answer = filing.announce(people.alice, file_name=sent)
    document = table.fetch(Document.key(answer.json["id"]))
    assert document
    assert document.file_name == kept
    assert sent not in str(answer.json["upload"])


def test_staff_must_name_the_patient(filing: Filing, people: People) -> None:
    answer = filing.announce(people.lata)
    message = "patient_id is required when a doctor or lab member uploads a document."
    assert (answer.status, answer.json) == (400, about_fields({"patient_id": [message]}))


@pytest.mark.parametrize("patient_id", [UNKNOWN, "nonsense", 5])
def test_an_unknown_patient_is_refused(filing: Filing, people: People, patient_id: Any) -> None:
    answer = filing.announce(people.lata, patient_id=patient_id)
    assert (answer.status, answer.fields) == (400, ["patient_id"])


def test_an_upload_for_somebody_who_is_no_patient_is_refused(filing: Filing, people: People) -> None:
    answer = filing.announce(people.lata, patient_id=people.charlie.id)
    assert (answer.status, answer.json) == (400, about_fields({"patient_id": ["There is no patient with this id."]}))


def test_a_clinic_owner_may_not_upload(filing: Filing, people: People) -> None:
    answer = filing.announce(people.charlie, patient_id=people.alice.id)
    assert (answer.status, answer.json) == (403, {"message": "You do not have permission to upload documents."})


def test_a_removed_lab_member_may_not_upload(filing: Filing, people: People) -> None:
    dismiss(people.lata)
    assert filing.announce(people.lata, patient_id=people.alice.id).status == 403


def test_an_announcement_needs_a_token(api: Api) -> None:
    assert api.post(DOCUMENTS, announcement()).status == 401


def test_a_repeated_request_gets_the_same_document_and_a_new_upload_form(filing: Filing, people: People) -> None:
    # GIVEN an announcement with a key
    headers = {"Idempotency-Key": "once"}
    first = filing.announce(people.alice, headers=headers).json
    # WHEN it comes again
    again = filing.announce(people.alice, headers=headers).json
    # THEN it is the same document, and its upload form was made anew
    assert again["id"] == first["id"]
    assert again["upload"]["fields"]["key"] == first["upload"]["fields"]["key"]
    assert len(filing.list_of(people.alice).json) == 1


def test_another_announcement_with_the_same_key_is_refused(filing: Filing, people: People) -> None:
    headers = {"Idempotency-Key": "once"}
    filing.announce(people.alice, headers=headers)
    answer = filing.announce(people.alice, headers=headers, title="Other")
    assert answer.status == 409


def announce_once(filing: Filing, who: Person, **fields: Any) -> Answer:
    """The same request each time it is called."""
    return filing.announce(who, headers={"Idempotency-Key": "once"}, **fields)


def test_a_repeated_request_of_a_removed_lab_member_is_refused(filing: Filing, people: People) -> None:
    # GIVEN an announcement for a patient, and its equal
    for_alice = {"patient_id": people.alice.id}
    assert announce_once(filing, people.lata, **for_alice).status == 201
    assert announce_once(filing, people.lata, **for_alice).status == 201
    # WHEN it comes again from somebody who may not upload any more
    dismiss(people.lata)
    answer = announce_once(filing, people.lata, **for_alice)
    # THEN it gets the answer of a first request, and no upload form
    assert (answer.status, answer.json) == (403, {"message": "You do not have permission to upload documents."})


def test_a_repeated_request_for_a_deleted_document_is_404(filing: Filing, people: People) -> None:
    document_id = announce_once(filing, people.alice).json["id"]
    filing.delete(people.alice, document_id)
    assert announce_once(filing, people.alice).status == 404


def test_a_repeated_request_for_a_deactivated_patient_is_refused(filing: Filing, people: People) -> None:
    for_alice = {"patient_id": people.alice.id}
    announce_once(filing, people.lata, **for_alice)
    deactivate(people.alice)
    answer = announce_once(filing, people.lata, **for_alice)
    assert (answer.status, answer.json) == (400, about_fields({"patient_id": ["There is no patient with this id."]}))


def test_a_repeated_request_of_a_deactivated_caller_is_401(api: Api, filing: Filing, people: People) -> None:
    announce_once(filing, people.alice)
    identity = authorize(people.alice.access)
    deactivate(people.alice)
    headers = {"Idempotency-Key": "once"}
    assert api.post(DOCUMENTS, announcement(), identity=identity, headers=headers).status == 401

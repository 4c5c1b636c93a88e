"""POST /api/documents/ as multipart form, as existing apps send it: checked and available at once."""

import base64
from typing import Any

import pytest

from tests.api import Api
from tests.documents.filing import DOCUMENTS, PDF, announcement, dismiss, fetched, objects, send_form
from tests.documents.pdfs import pdf
from tests.people import People

MIB = 1024 * 1024
NOT_A_PDF = {"file": ["Only PDF files are accepted."]}


def test_patient_uploads(api: Api, people: People) -> None:
    # WHEN Alice sends a file
    answer = send_form(api, people.alice, description="Fasting", appointment="")
    # THEN it is there, behind a link that works
    assert (answer.status, answer.json["upload_status"]) == (201, "available")
    assert (answer.json["description"], answer.json["upload"]) == ("Fasting", None)
    opened = api.get(answer.json["file"].removeprefix("https://api.example.com/test"))
    assert opened.status == 302
    assert fetched(opened.headers["Location"]) == PDF


def test_lab_member_uploads_for_a_patient(api: Api, people: People) -> None:
    answer = send_form(api, people.lata, patient_id=people.alice.id)
    assert (answer.status, answer.json["owner"]["id"]) == (201, people.alice.id)
    assert answer.json["file"] is not None


def test_doctor_gets_no_link_without_consent(api: Api, people: People) -> None:
    answer = send_form(api, people.dora, patient_id=people.alice.id)
    assert (answer.status, answer.json["file"]) == (201, None)


def test_exactly_five_mebibytes(api: Api, people: People) -> None:
    assert send_form(api, people.alice, pdf(5 * MIB)).status == 201


def test_one_byte_more(api: Api, people: People) -> None:
    answer = send_form(api, people.alice, pdf(5 * MIB + 1))
    assert (answer.status, answer.json) == (400, {"file": ["File size must not exceed 5 MB. Uploaded file is 5.0 MB."]})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Dear doctor",
        b"<html>%PDF-1.4</html>",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.4\n" + bytes(500),
        PDF[: len(PDF) // 2],
        b"%PDF-1.4\nstartxref " + b"9" * 5000,
    ],
    ids=["empty", "text", "html", "png", "garbage", "half", "endless number"],
)
def test_what_is_no_pdf(api: Api, people: People, content: bytes) -> None:
    answer = send_form(api, people.alice, content)
    assert (answer.status, answer.json) == (400, NOT_A_PDF)
    assert objects() == []


def test_wrong_name(api: Api, people: People) -> None:
    assert send_form(api, people.alice, name="cbc.exe").json == NOT_A_PDF


@pytest.mark.parametrize(("content_type", "status"), [("application/octet-stream", 201), ("image/png", 400)])
def test_content_type_of_the_part(api: Api, people: People, content_type: str, status: int) -> None:
    assert send_form(api, people.alice, content_type=content_type).status == status


@pytest.mark.parametrize("part", ["", "document"])
def test_no_file(api: Api, people: People, part: str) -> None:
    fields: dict[str, Any] = {} if part else {"file": "text instead"}
    answer = send_form(api, people.alice, part=part, **fields)
    assert answer.status == 400


def test_field_errors_are_those_of_json(api: Api, people: People) -> None:
    answer = send_form(api, people.alice, title="", document_type="selfie")
    assert (answer.status, sorted(answer.json)) == (400, ["document_type", "title"])


@pytest.mark.parametrize(
    "form",
    [
        (b"", "multipart/form-data"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nCBC', "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\nNo header\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
    ids=["no boundary", "no form", "cut off", "not UTF-8", "bad header"],
)
def test_broken_form(api: Api, people: People, form: tuple[bytes, str]) -> None:
    answer = api.call("POST", DOCUMENTS, token=people.alice.access, form=form)
    assert (answer.status, answer.json) == (400, {"message": "The form could not be read."})


@pytest.mark.parametrize("kind", ["", '; filename="a.pdf"'], ids=["fields", "files"])
@pytest.mark.parametrize(("count", "status"), [(25, 201), (20_000, 400)])
def test_form_of_many_parts(api: Api, people: People, kind: str, count: int, status: int) -> None:
    wanted = {"title": b"CBC", "document_type": b"lab_report", 'file"; filename="cbc.pdf': PDF}
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = b"".join(part % (name.encode(), b"", value) for name, value in wanted.items())
    body += b"".join(part % (b"other%d" % number, kind.encode(), b"1") for number in range(count)) + b"--x--\r\n"
    form = (body, "multipart/form-data; boundary=x")
    assert api.call("POST", DOCUMENTS, token=people.alice.access, form=form).status == status


def test_form_without_a_token(api: Api) -> None:
    assert api.call("POST", DOCUMENTS, form=(b"", "multipart/form-data; boundary=x")).status == 401


def test_form_that_arrives_as_text(api: Api, people: People) -> None:
    # GIVEN a JSON body that API Gateway encoded, because of its content type
    body = base64.b64decode(base64.b64encode(b'{"title": 1}'))
    answer = api.call("POST", DOCUMENTS, token=people.alice.access, form=(body, "application/json"))
    assert answer.status == 400


def test_equal_form_gets_the_same_document_and_a_new_link(api: Api, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}}
    first, again = send_form(api, people.alice, **sent), send_form(api, people.alice, **sent)
    assert (again.status, again.json["id"]) == (201, first.json["id"])
    assert again.json["file"] != first.json["file"]
    assert len(objects()) == 1


def test_equal_form_of_a_removed_lab_member(api: Api, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}, "patient_id": people.alice.id}
    send_form(api, people.lata, **sent)
    dismiss(people.lata)
    assert send_form(api, people.lata, **sent).status == 403


def test_equal_form_for_a_deleted_document(api: Api, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}}
    document_id = send_form(api, people.alice, **sent).json["id"]
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    assert send_form(api, people.alice, **sent).status == 404


def test_other_file_with_the_same_key(api: Api, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}}
    send_form(api, people.alice, **sent)
    assert send_form(api, people.alice, pdf(pages=2), **sent).status == 409


def test_announcement_with_a_forms_key(api: Api, people: People) -> None:
    headers = {"Idempotency-Key": "once"}
    send_form(api, people.alice, headers=headers)
    assert api.post(DOCUMENTS, announcement(), token=people.alice.access, headers=headers).status == 409

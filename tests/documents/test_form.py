"""POST /api/documents/ as multipart form, as existing apps send it: checked and available at once."""

import base64
from typing import Any

import pytest
from quickcare import aws
from quickcare.errors import about_fields

from tests.api import Answer, Api, authorize
from tests.documents.filing import DOCUMENTS, MIB, PDF, Filing, content_behind, dismiss, keys_in_bucket, stored
from tests.documents.pdfs import pdf
from tests.faults import before_it_creates, failing, items
from tests.people import People

NOT_A_PDF = about_fields({"file": ["Only PDF files are accepted."]})


def test_a_patient_uploads_a_file_that_is_available_at_once(filing: Filing, people: People) -> None:
    # WHEN Alice sends a file
    answer = filing.send_form(people.alice, description="Fasting", appointment="")
    # THEN it is there, behind a link that works
    assert (answer.status, answer.json["upload_status"]) == (201, "available")
    assert (answer.json["description"], answer.json["upload"]) == ("Fasting", None)
    opened = filing.follow(answer.json["file"])
    assert opened.status == 302
    assert content_behind(opened.headers["Location"]) == PDF


def test_nothing_is_stored_when_the_key_of_the_link_in_the_answer_cannot_be_read(
    filing: Filing, people: People
) -> None:
    # GIVEN a new process, to which Secrets Manager gives nothing
    identity = authorize(people.alice.access)
    aws._secrets.clear()
    with failing("secretsmanager", "GetSecretValue"):
        assert filing.send_form(people.alice, identity=identity).status == 503
    assert (items(kind="Document"), keys_in_bucket()) == ([], [])


def test_a_lab_member_uploads_a_file_for_a_patient(filing: Filing, people: People) -> None:
    answer = filing.send_form(people.lata, patient_id=people.alice.id)
    assert (answer.status, answer.json["owner"]["id"]) == (201, people.alice.id)
    assert answer.json["file"] is not None


def test_a_doctor_who_uploads_gets_no_link_without_consent(filing: Filing, people: People) -> None:
    answer = filing.send_form(people.dora, patient_id=people.alice.id)
    assert (answer.status, answer.json["file"]) == (201, None)


def test_a_file_of_exactly_five_mebibytes_is_accepted(filing: Filing, people: People) -> None:
    assert filing.send_form(people.alice, pdf(5 * MIB)).status == 201


def test_a_file_of_one_byte_more_is_refused(filing: Filing, people: People) -> None:
    answer = filing.send_form(people.alice, pdf(5 * MIB + 1))
    assert (answer.status, answer.json) == (
        400,
        about_fields({"file": ["File size must not exceed 5 MB. Uploaded file is 5.1 MB."]}),
    )


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
def test_a_file_that_is_no_pdf_is_refused(filing: Filing, people: People, content: bytes) -> None:
    answer = filing.send_form(people.alice, content)
    assert (answer.status, answer.json) == (400, NOT_A_PDF)
    assert keys_in_bucket() == []


def test_a_file_name_without_pdf_is_refused(filing: Filing, people: People) -> None:
    assert filing.send_form(people.alice, name="cbc.exe").json == NOT_A_PDF


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/x-pdf", "*/*", "image/png"])
def test_the_files_content_type_says_nothing(filing: Filing, people: People, content_type: str) -> None:
    assert filing.send_form(people.alice, content_type=content_type).status == 201


def test_a_file_may_have_something_before_its_start(filing: Filing, people: People) -> None:
    assert filing.send_form(people.alice, b"\xef\xbb\xbf" + PDF).status == 201


@pytest.mark.parametrize("name", ["CBC.PDF", "x" * 1020 + ".pdf"])
def test_a_file_name_may_be_in_capitals_and_long(filing: Filing, people: People, name: str) -> None:
    assert filing.send_form(people.alice, name=name).status == 201


def test_a_too_long_file_name_is_an_error_of_the_file(filing: Filing, people: People) -> None:
    answer = filing.send_form(people.alice, name="x" * 1021 + ".pdf")
    assert (answer.status, answer.json) == (
        400,
        about_fields({"file": ["Ensure the file's name has no more than 1024 characters."]}),
    )


def test_a_form_may_name_its_file_only_in_the_extended_way(api: Api, people: People) -> None:
    # GIVEN a form as Python's requests writes it when the name is not ASCII, behind a preamble
    head = '--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    fields = (head % ("title", "")) + "CBC\r\n" + (head % ("document_type", "")) + "lab_report\r\n"
    file = head % ("file", "; filename*=utf-8''r%C3%A9sum%C3%A9.pdf")
    body = b"This is a form.\r\n" + (fields + file).encode() + PDF + b"\r\n--x--\r\nEnd."
    answer = api.call("POST", DOCUMENTS, token=people.alice.access, form=(body, "multipart/form-data; boundary=x"))
    assert (answer.status, stored(answer.json["id"]).file_name) == (201, "résumé.pdf")


@pytest.mark.parametrize("part", ["", "document"])
def test_a_form_without_a_file_is_refused(filing: Filing, people: People, part: str) -> None:
    fields: dict[str, Any] = {} if part else {"file": "text instead"}
    answer = filing.send_form(people.alice, part=part, **fields)
    assert answer.status == 400


def test_wrong_fields_are_answered_as_in_json(filing: Filing, people: People) -> None:
    answer = filing.send_form(people.alice, title="", document_type="selfie")
    assert (answer.status, sorted(answer.fields)) == (400, ["document_type", "title"])


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
def test_a_broken_form_is_refused(api: Api, people: People, form: tuple[bytes, str]) -> None:
    answer = api.call("POST", DOCUMENTS, token=people.alice.access, form=form)
    assert (answer.status, answer.json) == (400, {"message": "The form could not be read."})


@pytest.mark.parametrize("kind", ["", '; filename="a.pdf"'], ids=["fields", "files"])
@pytest.mark.parametrize(("count", "status"), [(25, 201), (20_000, 400)])
def test_a_form_of_too_many_parts_is_refused(api: Api, people: People, kind: str, count: int, status: int) -> None:
    wanted = {"title": b"CBC", "document_type": b"lab_report", 'file"; filename="cbc.pdf': PDF}
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = b"".join(part % (name.encode(), b"", value) for name, value in wanted.items())
    body += b"".join(part % (b"other%d" % number, kind.encode(), b"1") for number in range(count)) + b"--x--\r\n"
    form = (body, "multipart/form-data; boundary=x")
    assert api.call("POST", DOCUMENTS, token=people.alice.access, form=form).status == status


def test_a_form_needs_a_token(api: Api) -> None:
    assert api.call("POST", DOCUMENTS, form=(b"", "multipart/form-data; boundary=x")).status == 401


def test_an_encoded_json_body_is_read_as_json(api: Api, people: People) -> None:
    # GIVEN a JSON body that API Gateway encoded, because of its content type
    body = base64.b64decode(base64.b64encode(b'{"title": 1}'))
    answer = api.call("POST", DOCUMENTS, token=people.alice.access, form=(body, "application/json"))
    assert answer.status == 400


def test_a_repeated_form_gets_the_same_document_and_a_new_link(filing: Filing, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}}
    first, again = filing.send_form(people.alice, **sent), filing.send_form(people.alice, **sent)
    assert (again.status, again.json["id"]) == (201, first.json["id"])
    assert again.json["file"] != first.json["file"]
    assert len(keys_in_bucket()) == 1


def test_of_equal_forms_at_once_one_is_stored(filing: Filing, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}}
    answers: list[Answer] = []
    with before_it_creates(lambda: answers.append(filing.send_form(people.alice, **sent))):
        answers.append(filing.send_form(people.alice, **sent))
    assert [answer.status for answer in answers] == [201, 201]
    assert len({answer.json["id"] for answer in answers}) == len(keys_in_bucket()) == 1


def test_a_repeated_form_of_a_removed_lab_member_is_refused(filing: Filing, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}, "patient_id": people.alice.id}
    filing.send_form(people.lata, **sent)
    dismiss(people.lata)
    assert filing.send_form(people.lata, **sent).status == 403


def test_a_repeated_form_for_a_deleted_document_is_404(filing: Filing, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}}
    document_id = filing.send_form(people.alice, **sent).json["id"]
    filing.delete(people.alice, document_id)
    assert filing.send_form(people.alice, **sent).status == 404


def test_another_file_with_the_same_key_is_refused(filing: Filing, people: People) -> None:
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "once"}}
    filing.send_form(people.alice, **sent)
    assert filing.send_form(people.alice, pdf(pages=2), **sent).status == 409


def test_an_announcement_with_the_key_of_a_form_is_refused(filing: Filing, people: People) -> None:
    headers = {"Idempotency-Key": "once"}
    filing.send_form(people.alice, headers=headers)
    assert filing.announce(people.alice, headers=headers).status == 409

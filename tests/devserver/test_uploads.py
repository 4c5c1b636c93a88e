"""Uploads against the local server's S3: its conditions, its notices, the check, the download."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.devserver.conftest import SECONDS, Server, eventually
from tests.devserver.test_accounts import register
from tests.documents.pdfs import pdf

MIB = 1024 * 1024
DOCUMENTS = "/api/documents/"


@dataclass
class Patient:
    """Somebody with an account, who announces documents and sends what the answer asks for."""

    client: httpx.Client
    headers: dict[str, str]

    def announce(self) -> dict[str, Any]:
        body = {"title": "CBC", "document_type": "lab_report", "file_name": "cbc.pdf", "file_size": 1000}
        answer = self.client.post(DOCUMENTS, json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def send(self, document: dict[str, Any], content: bytes, **changed: str) -> int:
        """The status of S3's answer; `changed` are form fields."""
        target = document["upload"]
        files = {"file": ("cbc.pdf", content, "application/pdf")}
        return httpx.post(target["url"], data=target["fields"] | changed, files=files, timeout=SECONDS).status_code

    def checked(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document once it is no longer pending."""

        def done() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.client.get(f"{DOCUMENTS}{document['id']}/", headers=self.headers).json()
            return shown if shown["upload_status"] != "pending" else None

        found: dict[str, Any] = eventually(done)
        return found


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    server = Server(tmp_path_factory.mktemp("uploads") / "data").ready()
    access = register(server.client, 9876543219).json()["access"]
    yield Patient(server.client, {"Authorization": f"Bearer {access}"})
    server.stop()


def test_upload_is_checked_and_can_be_downloaded(patient: Patient) -> None:
    # GIVEN an announced document and its file
    document, content = patient.announce(), pdf(5 * MIB)
    # WHEN the file is sent to S3
    assert patient.send(document, content) == 204
    # THEN the notice makes it available, and its URL, and only the whole of it, gives it back
    url = patient.checked(document)["file"]
    assert httpx.get(url, timeout=SECONDS).content == content
    assert httpx.get(url.partition("?")[0], timeout=SECONDS).status_code == 403


def test_a_phone_reaches_files_by_the_address_it_reached_the_server_by(patient: Patient) -> None:
    # GIVEN a phone for which the server is at another address
    address = f"127.0.0.1:{patient.client.base_url.port}"
    phone = Patient(patient.client, {**patient.headers, "Host": "192.168.1.20:8000"})

    def as_the_phone_sends_it(url: str) -> str:
        assert url.startswith("http://192.168.1.20:8000/dev/s3/")
        return url.replace("192.168.1.20:8000", address)

    # WHEN it sends a file to the URL it is given
    document, content = phone.announce(), pdf()
    document["upload"]["url"] = as_the_phone_sends_it(document["upload"]["url"])
    assert phone.send(document, content) == 204
    # THEN it reads the file at the URL it is given
    link = phone.checked(document)["file"]
    assert httpx.get(as_the_phone_sends_it(link), timeout=SECONDS).content == content


@pytest.mark.parametrize("path", ["_ministack/reset", "", "other-bucket/key", "quickcare-local-documentsbucket/"])
def test_behind_the_files_address_there_is_nothing_else(patient: Patient, path: str) -> None:
    answer = patient.client.post(f"/dev/s3/{path}", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"})
    assert answer.status_code in (400, 403, 404)


def test_what_is_no_pdf_is_rejected(patient: Patient) -> None:
    document = patient.announce()
    assert patient.send(document, b"Dear doctor") == 204
    assert patient.checked(document)["upload_status"] == "rejected"


@pytest.mark.parametrize(
    ("content", "changed"),
    [
        (pdf(5 * MIB + 1), {}),
        (b"", {}),
        (pdf(), {"Content-Type": "text/html"}),
        (pdf(), {"key": "documents/elsewhere"}),
        (pdf(), {"x-amz-signature": "0" * 64}),
    ],
    ids=["too large", "empty", "other type", "other key", "forged"],
)
def test_s3_refuses(patient: Patient, content: bytes, changed: dict[str, str]) -> None:
    assert patient.send(patient.announce(), content, **changed) in (400, 403)


def test_deleting_ends_a_url_that_is_out(patient: Patient) -> None:
    document = patient.announce()
    patient.send(document, pdf())
    url = patient.checked(document)["file"]
    assert httpx.get(url, timeout=SECONDS).status_code == 200
    assert patient.client.delete(f"{DOCUMENTS}{document['id']}/", headers=patient.headers).status_code == 200
    assert httpx.get(url, timeout=SECONDS).status_code == 404

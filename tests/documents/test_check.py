"""Notices of uploads: what they decide, and when they change nothing."""

import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError
from documents import check
from quickcare import aws
from quickcare.db import table
from quickcare.db.items import Document

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import (
    DOCUMENTS,
    PDF,
    announce,
    filed,
    land,
    notice,
    notify,
    objects,
    status_of,
    upload,
)
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context
from tests.faults import failing
from tests.people import People

MIB = 1024 * 1024
ENDLESS = b"%PDF-1.4\nstartxref " + b"9" * 5000


def announced(api: Api, people: People) -> str:
    return str(announce(api, people.alice).json["id"])


@pytest.mark.parametrize("content", [b"Dear doctor", b"", PDF[: len(PDF) // 2], ENDLESS, pdf(5 * MIB + 1)])
def test_what_is_no_pdf_is_rejected_and_removed(api: Api, people: People, content: bytes) -> None:
    document_id = announced(api, people)
    assert upload(document_id, content) == "rejected"
    assert objects() == []
    shown = api.get(f"{DOCUMENTS}{document_id}/", token=people.alice.access).json
    assert (shown["upload_status"], shown["file"]) == ("rejected", None)


def test_five_mebibytes_are_accepted(api: Api, people: People) -> None:
    assert upload(announced(api, people), pdf(5 * MIB)) == "available"


def test_second_notice_changes_nothing(api: Api, people: People) -> None:
    document_id = announced(api, people)
    version = land(document_id, PDF)
    notify(document_id, version, len(PDF))
    kept = objects()
    notify(document_id, version, len(PDF))
    assert (status_of(document_id), objects()) == ("available", kept)


def test_second_upload_changes_nothing(api: Api, people: People) -> None:
    # GIVEN an available document, and its upload form still good
    document_id = announced(api, people)
    upload(document_id)
    kept = objects()
    # WHEN something else is sent to the same place
    upload(document_id, pdf(pages=7))
    # THEN the document is what it was, and the second file is gone
    assert objects() == kept
    assert upload(document_id, b"no PDF") == "available"


def test_upload_after_a_rejected_one_is_too_late(api: Api, people: People) -> None:
    document_id = announced(api, people)
    upload(document_id, b"no PDF")
    assert upload(document_id, PDF) == "rejected"
    assert objects() == []


def test_notice_for_a_deleted_document(api: Api, people: People) -> None:
    document_id = announced(api, people)
    version = land(document_id, PDF)
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    notify(document_id, version, len(PDF))
    assert (status_of(document_id), objects()) == ("pending", [])
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.alice.access).status == 404


def test_notice_for_an_unknown_document(api: Api) -> None:
    unknown = "5f8f4b9e-0000-4000-8000-000000000000"
    notify(unknown, land(unknown, PDF), len(PDF))
    assert objects() == []


def test_notice_after_the_document_was_given_up(api: Api, people: People, time: FakeClock) -> None:
    document_id = announced(api, people)
    time.advance(hours=25)
    assert upload(document_id) == "pending"
    assert objects() == []


def test_notice_about_an_object_that_is_gone(api: Api, people: People) -> None:
    document_id = announced(api, people)
    version = land(document_id, PDF)
    aws.client("s3").delete_object(Bucket="documents", Key=f"uploads/{document_id}", VersionId=version)
    notify(document_id, version, len(PDF))
    assert status_of(document_id) == "pending"


def test_upload_never_sent_disappears(api: Api, people: People, time: FakeClock) -> None:
    document_id = announced(api, people)
    document = table.fetch(Document.key(document_id))
    assert document
    assert document.ttl == time.now.replace(microsecond=0) + (document.ttl - document.created_at.replace(microsecond=0))
    time.advance(hours=25)
    access = people.api.post("/api/users/token/refresh/", {"refresh": people.alice.refresh}).json["access"]
    assert api.get(f"{DOCUMENTS}{document_id}/", token=access).status == 404
    assert api.get(DOCUMENTS, token=access).json == []


def test_available_document_stays(api: Api, people: People) -> None:
    document_id = announced(api, people)
    upload(document_id)
    document = table.fetch(Document.key(document_id))
    assert document
    assert document.ttl is None


def test_test_event_of_s3(moto: None) -> None:
    event = {"Records": [{"messageId": "1", "body": '{"Service":"Amazon S3","Event":"s3:TestEvent"}'}]}
    assert check.handler(event, Context()) == {"batchItemFailures": []}


def test_message_that_cannot_be_read_does_not_fail_its_neighbour(api: Api, people: People) -> None:
    document_id = announced(api, people)
    good = notice(f"uploads/{document_id}", land(document_id, PDF), len(PDF))["Records"][0]
    event = {"Records": [{"messageId": "bad", "body": "nonsense"}, good]}
    assert check.handler(event, Context()) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert status_of(document_id) == "available"


def test_failing_bucket_leaves_the_notice_in_the_queue(api: Api, people: People) -> None:
    document_id = announced(api, people)
    event = notice(f"uploads/{document_id}", land(document_id, PDF), len(PDF))
    with failing("s3", "PutObject"):
        assert check.handler(event, Context()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert check.handler(event, Context()) == {"batchItemFailures": []}
    assert status_of(document_id) == "available"


def test_notice_about_what_lies_elsewhere_removes_nothing(api: Api, people: People) -> None:
    filed(people.alice)
    (key,) = objects()
    assert check.handler(notice(key, "", len(PDF)), Context()) == {"batchItemFailures": []}
    assert objects() == [key]


def test_documents_are_not_touched_by_notices(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    (key,) = objects()
    upload(document_id, b"no PDF")
    assert objects() == [key]
    with pytest.raises(ClientError):
        aws.client("s3").head_object(Bucket="documents", Key=f"uploads/{document_id}")


def test_it_starts_without_what_only_requests_need() -> None:
    unwanted = ["aws_lambda_powertools.event_handler", "documents.form", "documents.schemas", "pypdf"]
    program = f"import sys, documents.check; print([name for name in {unwanted} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

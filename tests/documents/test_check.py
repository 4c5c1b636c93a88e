"""Notices of uploads: what they decide, and when they change nothing."""

import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError
from documents import check
from quickcare import aws

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import (
    DOCUMENTS,
    MIB,
    PDF,
    UNKNOWN,
    Filing,
    keys_in_bucket,
    notice_of,
    notify,
    put_in_bucket,
    status_of,
    stored,
    upload,
)
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context
from tests.faults import failing
from tests.people import People, log_in

ENDLESS = b"%PDF-1.4\nstartxref " + b"9" * 5000


@pytest.mark.parametrize("content", [b"Dear doctor", b"", PDF[: len(PDF) // 2], ENDLESS, pdf(5 * MIB + 1)])
def test_a_file_that_is_no_pdf_is_rejected_and_removed(filing: Filing, people: People, content: bytes) -> None:
    document_id = filing.pending_document_of(people.alice)
    assert upload(document_id, content) == "rejected"
    assert keys_in_bucket() == []
    shown = filing.open(people.alice, document_id).json
    assert (shown["upload_status"], shown["file"]) == ("rejected", None)
    too_large = "File size must not exceed 5 MB. Uploaded file is 5.1 MB."
    reason = too_large if len(content) > 5 * MIB else "Only PDF files are accepted."
    assert shown["rejection_reason"] == reason


def test_only_a_rejected_document_has_a_reason(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    upload(document_id)
    assert filing.open(people.alice, document_id).json["rejection_reason"] is None


def test_a_file_of_five_mebibytes_is_accepted(filing: Filing, people: People) -> None:
    assert upload(filing.pending_document_of(people.alice), pdf(5 * MIB)) == "available"


def test_a_second_notice_changes_nothing(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    version = put_in_bucket(document_id, PDF)
    notify(document_id, version, len(PDF))
    kept = keys_in_bucket()
    notify(document_id, version, len(PDF))
    assert (status_of(document_id), keys_in_bucket()) == ("available", kept)


def test_a_second_upload_changes_nothing(filing: Filing, people: People) -> None:
    # GIVEN an available document whose upload form can still be used
    document_id = filing.pending_document_of(people.alice)
    upload(document_id)
    kept = keys_in_bucket()
    # WHEN something else is sent to the same place
    upload(document_id, pdf(pages=7))
    # THEN the document is what it was, and the second file is gone
    assert keys_in_bucket() == kept
    assert upload(document_id, b"no PDF") == "available"


def test_an_upload_after_a_rejected_one_stays_rejected(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    upload(document_id, b"no PDF")
    assert upload(document_id, PDF) == "rejected"
    assert keys_in_bucket() == []


def test_the_upload_of_a_deleted_document_is_removed(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    version = put_in_bucket(document_id, PDF)
    filing.delete(people.alice, document_id)
    notify(document_id, version, len(PDF))
    assert (status_of(document_id), keys_in_bucket()) == ("pending", [])
    assert filing.open(people.alice, document_id).status == 404


def test_the_upload_of_an_unknown_document_is_removed(api: Api) -> None:
    unknown = UNKNOWN
    notify(unknown, put_in_bucket(unknown, PDF), len(PDF))
    assert keys_in_bucket() == []


def test_an_upload_after_the_document_expired_is_removed(filing: Filing, people: People, time: FakeClock) -> None:
    document_id = filing.pending_document_of(people.alice)
    time.advance(hours=25)
    assert upload(document_id) == "pending"
    assert keys_in_bucket() == []


def test_a_notice_of_an_object_that_is_gone_changes_nothing(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    version = put_in_bucket(document_id, PDF)
    aws.client("s3").delete_object(Bucket="documents", Key=f"uploads/{document_id}", VersionId=version)
    notify(document_id, version, len(PDF))
    assert status_of(document_id) == "pending"


def test_a_document_whose_file_is_never_sent_disappears(
    api: Api, filing: Filing, people: People, time: FakeClock
) -> None:
    document_id = filing.pending_document_of(people.alice)
    document = stored(document_id)
    assert document.ttl == time.now.replace(microsecond=0) + (document.ttl - document.created_at.replace(microsecond=0))
    time.advance(hours=25)
    later = log_in(api, people.alice.contact)["access"]
    assert api.get(f"{DOCUMENTS}{document_id}/", token=later).status == 404
    assert api.get(DOCUMENTS, token=later).json == []


def test_an_available_document_does_not_expire(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    upload(document_id)
    document = stored(document_id)
    assert document.ttl is None


def test_the_test_event_of_s3_is_accepted(moto: None) -> None:
    event = {"Records": [{"messageId": "1", "body": '{"Service":"Amazon S3","Event":"s3:TestEvent"}'}]}
    assert check.handler(event, Context()) == {"batchItemFailures": []}


def test_an_unreadable_message_does_not_fail_the_message_beside_it(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    good = notice_of(f"uploads/{document_id}", put_in_bucket(document_id, PDF), len(PDF))["Records"][0]
    event = {"Records": [{"messageId": "bad", "body": "nonsense"}, good]}
    assert check.handler(event, Context()) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert status_of(document_id) == "available"


def test_the_notice_stays_in_the_queue_while_the_bucket_fails(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    event = notice_of(f"uploads/{document_id}", put_in_bucket(document_id, PDF), len(PDF))
    with failing("s3", "PutObject"):
        assert check.handler(event, Context()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert check.handler(event, Context()) == {"batchItemFailures": []}
    assert status_of(document_id) == "available"


def test_a_notice_of_an_object_outside_uploads_removes_nothing(filing: Filing, people: People) -> None:
    filing.document_of(people.alice)
    (key,) = keys_in_bucket()
    assert check.handler(notice_of(key, "", len(PDF)), Context()) == {"batchItemFailures": []}
    assert keys_in_bucket() == [key]


def test_an_upload_does_not_touch_an_available_document(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    (key,) = keys_in_bucket()
    upload(document_id, b"no PDF")
    assert keys_in_bucket() == [key]
    with pytest.raises(ClientError):
        aws.client("s3").head_object(Bucket="documents", Key=f"uploads/{document_id}")


def test_the_check_does_not_import_what_only_requests_need() -> None:
    unwanted = ["aws_lambda_powertools.event_handler", "documents.form", "documents.schemas", "pypdfium2_raw"]
    program = f"import sys, documents.check; print([name for name in {unwanted} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

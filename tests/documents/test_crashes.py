"""Invariant 11 when a process dies at any AWS call: once the queue is worked off, no object is left over."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from documents import check, leftovers
from quickcare import aws, clock
from quickcare.db import table
from quickcare.db.items import Document

from tests.api import Api, authorize
from tests.bench import template
from tests.documents.crashes import crash_everywhere, keys_without_document, work_off
from tests.documents.filing import (
    DOCUMENTS,
    PDF,
    Filing,
    keys_in_bucket,
    notice_of,
    notify,
    put_in_bucket,
    status_of,
)
from tests.documents.meanwhile import before_the_next_write
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context
from tests.faults import failing, items
from tests.people import People


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages do not wait in the queue."""
    monkeypatch.setattr(leftovers, "DELAY", timedelta(0))


def delete_as_alice(api: Api, people: People) -> Callable[[str], object]:
    """Deletes one of Alice's documents. The authorizer is asked once, so that no crash counts its calls."""
    identity = authorize(people.alice.access)
    return lambda document_id: api.call("DELETE", f"{DOCUMENTS}{document_id}/", identity=identity)


def document_with_upload(filing: Filing, people: People, content: bytes = PDF) -> tuple[str, dict[str, Any]]:
    """A document of Alice's with its file under uploads/, and the notice of that."""
    document_id = filing.pending_document_of(people.alice)
    return document_id, notice_of(f"uploads/{document_id}", put_in_bucket(document_id, content), len(content))


def is_there(document_id: str) -> bool:
    document = table.fetch(Document.key(document_id))
    return document is not None and not document.is_deleted


@pytest.mark.usefixtures("_at_once")
def test_a_delete_that_dies_leaves_no_object_without_a_document(api: Api, filing: Filing, people: People) -> None:
    # GIVEN a document each time
    ways: set[tuple[str, bool]] = set()
    # WHEN its owner deletes it, and the process dies
    for when, document_id in crash_everywhere(lambda: filing.document_of(people.alice), delete_as_alice(api, people)):
        work_off()
        # THEN it is there with its object, or neither is
        assert keys_without_document() == [], when
        assert len(keys_in_bucket()) == is_there(document_id), when
        ways.add((when.split()[0], is_there(document_id)))
        if is_there(document_id):
            delete_as_alice(api, people)(document_id)
    assert ways == {("before", True), ("before", False), ("after", True), ("after", False), ("never", False)}


@pytest.mark.usefixtures("_at_once")
def test_an_upload_form_that_dies_leaves_no_object_without_a_document(filing: Filing, people: People) -> None:
    identity = authorize(people.alice.access)
    for when, _ in crash_everywhere(lambda: None, lambda _: filing.send_form(people.alice, identity=identity)):
        work_off()
        assert keys_without_document() == [], when
        assert len(keys_in_bucket()) == len(items(kind="Document")), when
    assert items(kind="Document")


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("content", [PDF, b"no PDF"], ids=["good", "bad"])
def test_an_upload_check_that_dies_is_finished_by_the_next_notice(
    filing: Filing, people: People, content: bytes
) -> None:
    """Its notice comes again, as it does from the queue."""
    checks = crash_everywhere(
        lambda: document_with_upload(filing, people, content), lambda made: check.handler(made[1], Context())
    )
    for when, (document_id, event) in checks:
        assert check.handler(event, Context()) == {"batchItemFailures": []}
        work_off()
        assert keys_without_document() == [], when
        assert status_of(document_id) == ("available" if content == PDF else "rejected")


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("again", [True, False], ids=["notice comes again", "notice is lost"])
def test_a_delete_after_a_check_that_died_leaves_no_object(
    api: Api, filing: Filing, people: People, again: bool
) -> None:
    checks = crash_everywhere(
        lambda: document_with_upload(filing, people), lambda made: check.handler(made[1], Context())
    )
    for when, (document_id, event) in checks:
        delete_as_alice(api, people)(document_id)
        if again:
            check.handler(event, Context())
        work_off()
        # What lies under uploads/ nobody reads, and it expires.
        assert [key for key in keys_in_bucket() if again or key.startswith("documents/")] == [], when


def test_a_delete_wins_over_a_check_that_ends_meanwhile(filing: Filing, people: People) -> None:
    # GIVEN an upload that nobody has looked at
    document_id = filing.pending_document_of(people.alice)
    version = put_in_bucket(document_id, PDF)

    def end_the_check() -> None:
        notify(document_id, version, len(PDF))
        assert status_of(document_id) == "available"

    # WHEN it becomes available after the owner's request has read it and before it is deleted
    with before_the_next_write(end_the_check):
        answer = filing.delete(people.alice, document_id)
    # THEN it is gone at once all the same
    assert (answer.status, is_there(document_id), keys_in_bucket()) == (200, False, [])


def test_the_file_of_a_check_that_died_is_removed_when_another_file_is_available(
    filing: Filing, people: People
) -> None:
    """The first run dies with its file kept, the second makes its own available."""
    document_id = filing.pending_document_of(people.alice)
    other = pdf(pages=2)
    first = notice_of(f"uploads/{document_id}", put_in_bucket(document_id, other), len(other))
    with failing("dynamodb", "TransactWriteItems"):
        check.handler(first, Context())
    notify(document_id, put_in_bucket(document_id, PDF), len(PDF))
    assert len(keys_in_bucket()) == 2 + 1
    check.handler(first, Context())
    assert (keys_without_document(), len(keys_in_bucket()), status_of(document_id)) == ([], 1, "available")


@pytest.mark.usefixtures("_at_once")
def test_an_object_that_the_bucket_did_not_delete_is_removed_later(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    with failing("s3", "DeleteObject"):
        assert filing.delete(people.alice, document_id).status == 200
    assert work_off() == 1
    assert keys_in_bucket() == []


def test_a_failing_queue_is_503_and_changes_nothing(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    before = keys_in_bucket()
    with failing("sqs", "SendMessage"):
        answers = (
            filing.delete(people.alice, document_id),
            filing.send_form(people.alice),
        )
    assert [answer.status for answer in answers] == [503, 503]
    assert (is_there(document_id), keys_in_bucket(), len(items(kind="Document"))) == (True, before, 1)


def test_the_message_removes_nothing_of_a_document_that_stays(filing: Filing, people: People) -> None:
    filing.document_of(people.alice)
    pending = filing.pending_document_of(people.alice)
    before = keys_in_bucket()
    for document in items(kind="Document"):
        leftovers.remove(document["id"], clock.now())
    assert (keys_in_bucket(), status_of(pending)) == (before, "pending")


def test_the_message_comes_when_the_request_and_a_check_beside_it_are_over(filing: Filing, people: People) -> None:
    # A check that began before the document was deleted, and the request until then
    functions = dict(template().resources("AWS::Serverless::Function"))
    both = functions["DocumentsFunction"]["Timeout"] + functions["UploadCheckFunction"]["Timeout"]
    assert both < leftovers.DELAY.total_seconds()
    # AND it is not there before
    filing.delete(people.alice, filing.document_of(people.alice))
    assert work_off() == 0
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=os.environ["UPLOAD_QUEUE_URL"], AttributeNames=["All"])
    assert attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"

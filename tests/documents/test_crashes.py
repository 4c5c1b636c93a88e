"""Invariant 11 when a process dies at any AWS call: once the queue is worked off, no object is left over."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from documents import aftercare, check
from quickcare import aws, clock
from quickcare.db import table
from quickcare.db.item import Item
from quickcare.db.items import Document

from tests.api import Api, authorize
from tests.bench import template
from tests.documents.crashes import crash_everywhere, unnamed, work_off
from tests.documents.filing import (
    DOCUMENTS,
    PDF,
    announce,
    filed,
    land,
    notice,
    notify,
    objects,
    send_form,
    status_of,
)
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context
from tests.faults import failing, items
from tests.people import People


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages do not wait in the queue."""
    monkeypatch.setattr(aftercare, "DELAY", timedelta(0))


def delete(api: Api, people: People) -> Callable[[str], object]:
    """Lets Alice delete a document; the authorizer has its answer already."""
    identity = authorize(people.alice.access)
    return lambda document_id: api.call("DELETE", f"{DOCUMENTS}{document_id}/", identity=identity)


def landed(api: Api, people: People, content: bytes = PDF) -> tuple[str, dict[str, Any]]:
    """A document of Alice's with its file under uploads/, and the notice of that."""
    document_id = str(announce(api, people.alice).json["id"])
    return document_id, notice(f"uploads/{document_id}", land(document_id, content), len(content))


def is_there(document_id: str) -> bool:
    document = table.fetch(Document.key(document_id))
    return document is not None and not document.is_deleted


@pytest.mark.usefixtures("_at_once")
def test_deleting(api: Api, people: People) -> None:
    # GIVEN a document each time
    ways: set[tuple[str, bool]] = set()
    # WHEN its owner deletes it, and the process dies
    for when, document_id in crash_everywhere(lambda: filed(people.alice), delete(api, people)):
        work_off()
        # THEN it is there with its object, or neither is
        assert unnamed() == [], when
        assert len(objects()) == is_there(document_id), when
        ways.add((when.split()[0], is_there(document_id)))
        if is_there(document_id):
            delete(api, people)(document_id)
    assert ways == {("before", True), ("before", False), ("after", True), ("after", False), ("never", False)}


@pytest.mark.usefixtures("_at_once")
def test_form(api: Api, people: People) -> None:
    identity = authorize(people.alice.access)
    for when, _ in crash_everywhere(lambda: None, lambda _: send_form(api, people.alice, identity=identity)):
        work_off()
        assert unnamed() == [], when
        assert len(objects()) == len(items(kind="Document")), when
    assert items(kind="Document")


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("content", [PDF, b"no PDF"], ids=["good", "bad"])
def test_check(api: Api, people: People, content: bytes) -> None:
    """Its notice comes again, as it does from the queue."""
    checks = crash_everywhere(lambda: landed(api, people, content), lambda made: check.handler(made[1], Context()))
    for when, (document_id, event) in checks:
        assert check.handler(event, Context()) == {"batchItemFailures": []}
        work_off()
        assert unnamed() == [], when
        assert status_of(document_id) == ("available" if content == PDF else "rejected")


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("again", [True, False], ids=["notice comes again", "notice is lost"])
def test_check_before_deleting(api: Api, people: People, again: bool) -> None:
    checks = crash_everywhere(lambda: landed(api, people), lambda made: check.handler(made[1], Context()))
    for when, (document_id, event) in checks:
        delete(api, people)(document_id)
        if again:
            check.handler(event, Context())
        work_off()
        # What lies under uploads/ nobody reads, and it expires.
        assert [key for key in objects() if again or key.startswith("documents/")] == [], when


def test_check_that_ends_while_the_owner_deletes(api: Api, people: People) -> None:
    # GIVEN an upload that nobody has looked at
    document_id = str(announce(api, people.alice).json["id"])
    version = land(document_id, PDF)
    client, event = Item._get_connection().connection.client, "before-call.dynamodb.TransactWriteItems"

    def end_the_check(**_: object) -> None:
        client.meta.events.unregister(event, end_the_check)
        notify(document_id, version, len(PDF))
        assert status_of(document_id) == "available"

    # WHEN it becomes available between the owner's reading of the document and their deleting it
    client.meta.events.register_first(event, end_the_check)
    answer = api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    # THEN it is gone at once all the same
    assert (answer.status, is_there(document_id), objects()) == (200, False, [])


def test_two_files_for_one_document(api: Api, people: People) -> None:
    """The first run dies with its file kept, the second makes its own available."""
    document_id = str(announce(api, people.alice).json["id"])
    other = pdf(pages=2)
    first = notice(f"uploads/{document_id}", land(document_id, other), len(other))
    with failing("dynamodb", "TransactWriteItems"):
        check.handler(first, Context())
    notify(document_id, land(document_id, PDF), len(PDF))
    assert len(objects()) == 2 + 1
    check.handler(first, Context())
    assert (unnamed(), len(objects()), status_of(document_id)) == ([], 1, "available")


@pytest.mark.usefixtures("_at_once")
def test_failing_bucket(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    with failing("s3", "DeleteObject"):
        assert api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access).status == 200
    assert work_off() == 1
    assert objects() == []


def test_failing_queue(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    kept = objects()
    with failing("sqs", "SendMessage"):
        answers = (
            api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access),
            send_form(api, people.alice),
        )
    assert [answer.status for answer in answers] == [503, 503]
    assert (is_there(document_id), objects(), len(items(kind="Document"))) == (True, kept, 1)


def test_message_about_a_document_that_stays(api: Api, people: People) -> None:
    filed(people.alice)
    pending = str(announce(api, people.alice).json["id"])
    kept = objects()
    for document in items(kind="Document"):
        aftercare.look_after(document["id"], clock.now())
    assert (objects(), status_of(pending)) == (kept, "pending")


def test_message_comes_when_the_request_and_a_check_are_over(api: Api, people: People) -> None:
    # A check that began before the document was deleted, and the request until then
    functions = dict(template().resources("AWS::Serverless::Function"))
    both = functions["DocumentsFunction"]["Timeout"] + functions["UploadCheckFunction"]["Timeout"]
    assert both < aftercare.DELAY.total_seconds()
    # AND it is not there before
    api.delete(f"{DOCUMENTS}{filed(people.alice)}/", token=people.alice.access)
    assert work_off() == 0
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=os.environ["UPLOAD_QUEUE_URL"], AttributeNames=["All"])
    assert attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"

"""DELETE /api/documents/<id>/: gone for everyone, also behind URLs that are out."""

import itertools
from datetime import timedelta

import pytest
from quickcare.db import table
from quickcare.db.items import Document
from quickcare.db.operations import Update

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, UNKNOWN, Filing, keys_in_bucket, stored
from tests.documents.meanwhile import before_each_write
from tests.faults import failing
from tests.people import People


def test_the_owner_deletes_a_document_for_everybody(filing: Filing, people: People) -> None:
    # GIVEN a document that its owner, a laboratory and a doctor can read
    document_id = filing.document_of(people.alice, people.lata)
    filing.share(people.alice, document_id, people.dora)
    # WHEN the owner deletes it
    answer = filing.delete(people.alice, document_id)
    # THEN nobody sees it, and its object is gone
    assert (answer.status, answer.json) == (200, {"message": "Document deleted."})
    for who in (people.alice, people.lata, people.dora):
        assert filing.open(who, document_id).status == 404
        assert filing.list_of(who).json == []
    assert keys_in_bucket() == []


def test_the_item_of_a_deleted_document_stays_and_is_marked(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.delete(people.alice, document_id)
    document = stored(document_id)
    assert document.is_deleted
    assert document.deleted_at is not None


def test_nobody_but_the_owner_may_delete(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice, people.lata)
    filing.share(people.alice, document_id, people.dora)
    for who in (people.bob, people.lata, people.dora, people.charlie):
        assert filing.delete(who, document_id).status == 403


def test_a_deleted_document_cannot_be_deleted_again(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.delete(people.alice, document_id)
    assert filing.delete(people.alice, document_id).status == 404


@pytest.mark.parametrize("document_id", [UNKNOWN, "nonsense"])
def test_an_unknown_document_is_404(filing: Filing, people: People, document_id: str) -> None:
    assert filing.delete(people.alice, document_id).status == 404


def test_a_pending_document_can_be_deleted(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    assert filing.delete(people.alice, document_id).status == 200


def test_the_document_is_deleted_even_when_the_bucket_fails(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    with failing("s3", "DeleteObject"):
        assert filing.delete(people.alice, document_id).status == 200
    assert filing.open(people.alice, document_id).status == 404


def test_deleting_needs_a_token(api: Api, filing: Filing, people: People) -> None:
    assert api.delete(f"{DOCUMENTS}{filing.document_of(people.alice)}/").status == 401


def test_nobody_can_keep_a_document_by_opening_it_again_and_again(
    filing: Filing, people: People, time: FakeClock
) -> None:
    # GIVEN a document that is opened before each write
    document_id, openings = filing.document_of(people.alice), itertools.count(1)

    def open_again() -> None:
        opened_at = time.now + timedelta(seconds=next(openings))
        table.write(document=Update(Document.key(document_id), [Document.last_read_at.set(opened_at)]))

    # WHEN its owner deletes it
    with before_each_write(open_again):
        answer = filing.delete(people.alice, document_id)
    # THEN it is deleted all the same
    assert (answer.status, stored(document_id).is_deleted) == (200, True)
    assert next(openings) > 20

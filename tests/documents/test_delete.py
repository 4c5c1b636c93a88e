"""DELETE /api/documents/<id>/: gone for everyone, also behind URLs that are out."""

import pytest
from quickcare.db import table
from quickcare.db.items import Document

from tests.api import Api
from tests.documents.filing import DOCUMENTS, announce, filed, granted, objects
from tests.faults import failing
from tests.people import People


def test_owner_deletes_for_everybody(api: Api, people: People) -> None:
    # GIVEN a document that its owner, a laboratory and a doctor can read
    document_id = filed(people.alice, people.lata)
    granted(api, people.alice, people.dora, document_id)
    # WHEN the owner deletes it
    answer = api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    # THEN nobody sees it, and its object is gone
    assert (answer.status, answer.json) == (200, {"message": "Document deleted."})
    for who in (people.alice, people.lata, people.dora):
        assert api.get(f"{DOCUMENTS}{document_id}/", token=who.access).status == 404
        assert api.get(DOCUMENTS, token=who.access).json == []
    assert objects() == []


def test_it_is_marked_not_erased(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    document = table.fetch(Document.key(document_id))
    assert document
    assert document.is_deleted
    assert document.deleted_at is not None


def test_nobody_else_may(api: Api, people: People) -> None:
    document_id = filed(people.alice, people.lata)
    granted(api, people.alice, people.dora, document_id)
    for who in (people.bob, people.lata, people.dora, people.charlie):
        assert api.delete(f"{DOCUMENTS}{document_id}/", token=who.access).status == 403


def test_twice(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    assert api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access).status == 404


@pytest.mark.parametrize("document_id", ["5f8f4b9e-0000-4000-8000-000000000000", "nonsense"])
def test_missing(api: Api, people: People, document_id: str) -> None:
    assert api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access).status == 404


def test_pending_upload_may_be_deleted(api: Api, people: People) -> None:
    document_id = announce(api, people.alice).json["id"]
    assert api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access).status == 200


def test_failing_bucket_does_not_keep_the_document(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    with failing("s3", "DeleteObject"):
        assert api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access).status == 200
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.alice.access).status == 404


def test_stranger(api: Api, people: People) -> None:
    assert api.delete(f"{DOCUMENTS}{filed(people.alice)}/").status == 401

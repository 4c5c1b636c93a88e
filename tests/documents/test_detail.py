"""GET /api/documents/<id>/: a URL for those who have the right now, and a record of it first."""

import pytest
from quickcare.db import table
from quickcare.db.items import Membership, User
from quickcare.db.operations import Update

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import (
    DOCUMENTS,
    PDF,
    acted,
    announce,
    asked,
    dismiss,
    fetched,
    filed,
    granted,
    later,
    logged,
)
from tests.people import People, Person


def read(api: Api, who: Person, document_id: str) -> int:
    return api.get(f"{DOCUMENTS}{document_id}/", token=who.access).status


def test_owner_reads_and_is_on_record(api: Api, people: People) -> None:
    # GIVEN a document of Alice's
    document_id = filed(people.alice, description="Fasting")
    # WHEN she opens it
    answer = api.get(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    # THEN its file is a presigned URL, and the log says so
    assert answer.status == 200
    assert (answer.json["title"], answer.json["description"]) == ("CBC Report", "Fasting")
    assert fetched(answer.json["file"]) == PDF
    assert answer.json["file"].startswith("https://documents.s3.ap-south-1.amazonaws.com/documents/")
    assert "X-Amz-Expires=3600" in answer.json["file"]
    assert "X-Amz-Signature=" in answer.json["file"]
    assert logged(api, people.alice) == [("Alice Rao", "allowed")]


def test_url_names_the_file_safely(api: Api, people: People) -> None:
    document_id = filed(people.alice, file_name='रक्त "x".pdf')
    url = api.get(f"{DOCUMENTS}{document_id}/", token=people.alice.access).json["file"]
    wanted = "attachment%3B%20filename%3D%22____%20_x_.pdf%22%3B%20filename%2A%3DUTF-8%27%27"
    assert wanted in url
    assert people.alice.id not in url


def test_doctor_with_consent_reads(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    assert read(api, people.dora, document_id) == 200
    assert logged(api, people.alice) == [("Dora Iyer", "allowed")]


@pytest.mark.parametrize("action", [None, "rejected"])
def test_doctor_without_consent_is_refused_and_on_record(api: Api, people: People, action: str | None) -> None:
    document_id = filed(people.alice)
    consent_id = asked(api, people.dora, document_id)
    if action:
        acted(api, people.alice, consent_id, action)
    assert read(api, people.dora, document_id) == 403
    assert logged(api, people.alice) == [("Dora Iyer", "denied")]


def test_doctor_who_uploaded_needs_consent_too(api: Api, people: People) -> None:
    assert read(api, people.dora, filed(people.alice, people.dora)) == 403


def test_revoked_consent_ends_at_once(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    consent_id = granted(api, people.alice, people.dora, document_id)
    acted(api, people.alice, consent_id, "revoked")
    assert read(api, people.dora, document_id) == 403


def test_consent_ends_by_itself(api: Api, people: People, time: FakeClock) -> None:
    document_id = filed(people.alice)
    consent_id = granted(api, people.alice, people.dora, document_id, expires_at=later(minutes=10))
    time.advance(minutes=10)
    assert read(api, people.dora, document_id) == 403
    # AND a new grant makes it usable again
    assert acted(api, people.alice, consent_id, "granted", expires_at=later(minutes=10)).status == 200
    assert read(api, people.dora, document_id) == 200


def test_removed_doctor_reads_nothing(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    dismiss(people.dora)
    assert read(api, people.dora, document_id) == 403


def test_lab_member_reads_what_they_uploaded_while_active(api: Api, people: People) -> None:
    document_id = filed(people.alice, people.lata)
    assert read(api, people.lata, document_id) == 200
    dismiss(people.lata)
    assert read(api, people.lata, document_id) == 403


def test_lab_member_reads_nothing_else(api: Api, people: People) -> None:
    assert read(api, people.lata, filed(people.alice)) == 403


def test_somebody_elses(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    assert read(api, people.bob, document_id) == 403
    assert read(api, people.charlie, document_id) == 403
    assert sorted(logged(api, people.alice)) == [("Bob Nair", "denied"), ("Charlie Shah", "denied")]


def test_owner_keeps_documents_in_another_role(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    doctor = [User.role_id.set(4)]
    table.write(user=Update(User.key(people.alice.id), doctor))
    assert read(api, people.alice, document_id) == 200
    assert len(api.get(DOCUMENTS, token=people.alice.access).json) == 1


@pytest.mark.parametrize("document_id", ["5f8f4b9e-0000-4000-8000-000000000000", "nonsense", "1"])
def test_missing(api: Api, people: People, document_id: str) -> None:
    assert read(api, people.alice, document_id) == 404


def test_pending_has_no_url_and_no_record(api: Api, people: People) -> None:
    document_id = announce(api, people.alice).json["id"]
    answer = api.get(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    assert (answer.status, answer.json["file"]) == (200, None)
    assert logged(api, people.alice) == []
    assert read(api, people.bob, document_id) == 403


def test_stranger(api: Api, people: People) -> None:
    assert api.get(f"{DOCUMENTS}{filed(people.alice)}/").status == 401


def test_deactivated_reader(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    from tests.api import authorize

    identity = authorize(people.alice.access)
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert api.call("GET", f"{DOCUMENTS}{document_id}/", identity=identity).status == 401


def test_membership_in_another_role_gives_no_right(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    from quickcare.clinic import staff

    (membership,) = staff.memberships(people.dora.id)
    key = Membership.key(people.dora.id, membership.clinic_id)
    table.write(membership=Update(key, [Membership.member_role.set("receptionist")]))
    assert read(api, people.dora, document_id) == 403

"""GET /api/documents/<id>/: who may read the document now gets a URL, after the opening is in the access log."""

import pytest
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Membership, User
from quickcare.db.operations import Update
from quickcare.roles import Role

from tests.api import Api, authorize
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, PDF, UNKNOWN, Filing, content_behind, deactivate, dismiss, from_now
from tests.people import People


def test_the_owner_opens_a_document_and_is_in_the_log(filing: Filing, people: People) -> None:
    # GIVEN a document of Alice's
    document_id = filing.document_of(people.alice, description="Fasting")
    # WHEN she opens it
    answer = filing.open(people.alice, document_id)
    # THEN its file is a presigned URL, and the opening is in the log
    assert answer.status == 200
    assert (answer.json["title"], answer.json["description"]) == ("CBC Report", "Fasting")
    assert content_behind(answer.json["file"]) == PDF
    assert answer.json["file"].startswith("https://documents.s3.ap-south-1.amazonaws.com/documents/")
    assert "X-Amz-Expires=3600" in answer.json["file"]
    assert "X-Amz-Signature=" in answer.json["file"]
    assert filing.log_of(people.alice) == [("Alice Rao", "allowed")]


def test_the_url_names_the_file_safely(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice, file_name='रक्त "x".pdf')
    url = filing.open(people.alice, document_id).json["file"]
    wanted = "inline%3B%20filename%3D%22____%20_x_.pdf%22%3B%20filename%2A%3DUTF-8%27%27"
    assert wanted in url
    assert people.alice.id not in url


def test_a_doctor_with_consent_opens_the_document(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    assert filing.open(people.dora, document_id).status == 200
    assert filing.log_of(people.alice) == [("Dora Iyer", "allowed")]


@pytest.mark.parametrize("action", [None, "rejected"])
def test_a_doctor_without_consent_is_refused_and_in_the_log(filing: Filing, people: People, action: str | None) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id)
    if action:
        filing.answer(people.alice, consent_id, action)
    assert filing.open(people.dora, document_id).status == 403
    assert filing.log_of(people.alice) == [("Dora Iyer", "denied")]


def test_a_doctor_who_uploaded_the_document_needs_consent_too(filing: Filing, people: People) -> None:
    assert filing.open(people.dora, filing.document_of(people.alice, people.dora)).status == 403


def test_a_revoked_consent_ends_at_once(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.share(people.alice, document_id, people.dora)
    filing.revoke(people.alice, consent_id)
    assert filing.open(people.dora, document_id).status == 403


def test_a_consent_ends_when_it_expires_and_can_be_granted_again(
    filing: Filing, people: People, time: FakeClock
) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.share(people.alice, document_id, people.dora, expires_at=from_now(minutes=10))
    time.advance(minutes=10)
    assert filing.open(people.dora, document_id).status == 403
    # AND when the owner grants it anew, the doctor can open the document again
    assert filing.grant(people.alice, consent_id, expires_at=from_now(minutes=10)).status == 200
    assert filing.open(people.dora, document_id).status == 200


def test_a_removed_doctor_opens_nothing(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    dismiss(people.dora)
    assert filing.open(people.dora, document_id).status == 403


def test_a_lab_member_opens_what_they_uploaded_while_they_are_active(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice, people.lata)
    assert filing.open(people.lata, document_id).status == 200
    dismiss(people.lata)
    assert filing.open(people.lata, document_id).status == 403


def test_a_lab_member_opens_nothing_else(filing: Filing, people: People) -> None:
    assert filing.open(people.lata, filing.document_of(people.alice)).status == 403


def test_those_who_have_nothing_to_do_with_a_document_are_refused_and_in_the_log(
    filing: Filing, people: People
) -> None:
    document_id = filing.document_of(people.alice)
    assert filing.open(people.bob, document_id).status == 403
    assert filing.open(people.charlie, document_id).status == 403
    assert sorted(filing.log_of(people.alice)) == [("Bob Nair", "denied"), ("Charlie Shah", "denied")]


def test_the_owner_keeps_their_documents_in_another_role(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    table.write(user=Update(User.key(people.alice.id), [User.role_id.set(Role.DOCTOR)]))
    assert filing.open(people.alice, document_id).status == 200
    assert len(filing.list_of(people.alice).json) == 1


@pytest.mark.parametrize("document_id", [UNKNOWN, "nonsense", "1"])
def test_an_unknown_document_is_404(filing: Filing, people: People, document_id: str) -> None:
    assert filing.open(people.alice, document_id).status == 404


def test_a_pending_document_has_no_url_and_is_not_in_the_log(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    answer = filing.open(people.alice, document_id)
    assert (answer.status, answer.json["file"]) == (200, None)
    assert filing.log_of(people.alice) == []
    assert filing.open(people.bob, document_id).status == 403


def test_opening_needs_a_token(api: Api, filing: Filing, people: People) -> None:
    assert api.get(f"{DOCUMENTS}{filing.document_of(people.alice)}/").status == 401


def test_a_deactivated_account_opens_nothing(api: Api, filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    identity = authorize(people.alice.access)
    deactivate(people.alice)
    assert api.call("GET", f"{DOCUMENTS}{document_id}/", identity=identity).status == 401


def test_a_membership_in_another_role_gives_no_right(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    (membership,) = staff.memberships(people.dora.id)
    key = Membership.key(people.dora.id, membership.clinic_id)
    table.write(membership=Update(key, [Membership.member_role.set("receptionist")]))
    assert filing.open(people.dora, document_id).status == 403

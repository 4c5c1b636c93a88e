"""GET /api/documents/: what the caller may see now."""

import pytest
from quickcare import clock, ids
from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.items import Membership, User
from quickcare.db.operations import Put, Update
from quickcare.documents import answering
from quickcare.roles import Role

from tests.api import Api, authorize
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, Filing, dismiss, from_now, next_page
from tests.people import People, Person, clinic
from tests.torn import Tear


def test_a_patient_sees_their_documents_newest_first(filing: Filing, people: People, time: FakeClock) -> None:
    first = filing.document_of(people.alice)
    time.advance(seconds=1)
    second = filing.document_of(people.alice, people.lata)
    filing.document_of(people.bob)
    assert filing.ids_seen_by(people.alice) == [second, first]
    assert filing.log_of(people.alice) == []


def test_a_patient_sees_pending_documents_without_a_link(filing: Filing, people: People) -> None:
    filing.announce(people.alice)
    (document,) = filing.list_of(people.alice).json
    assert (document["upload_status"], document["file"]) == ("pending", None)


def test_a_doctor_sees_only_documents_with_a_granted_consent(filing: Filing, people: People, time: FakeClock) -> None:
    allowed, refused, withdrawn, ended, uploaded = (filing.document_of(people.alice) for _ in range(5))
    filing.share(people.alice, allowed, people.dora)
    filing.consent_for(people.dora, refused)
    filing.revoke(people.alice, filing.share(people.alice, withdrawn, people.dora))
    filing.share(people.alice, ended, people.dora, expires_at=from_now(minutes=1))
    filing.document_of(people.alice, people.dora)
    time.advance(minutes=1)
    assert filing.ids_seen_by(people.dora) == [allowed]
    assert uploaded not in filing.ids_seen_by(people.dora)


def test_a_consent_of_after_a_doctor_left_shows_nothing(filing: Filing, people: People, tear: Tear) -> None:
    alice, dora, identity = people.alice, people.dora, authorize(people.dora.access)
    consent_id = filing.consent_for(dora, filing.document_of(alice))

    def she_leaves_and_alice_allows() -> None:
        dismiss(dora)
        answering.answer(consent_id, alice.id, "granted", None, clock.now())

    # WHEN both happens after her memberships were read, and before the consent is
    tear(she_leaves_and_alice_allows, after=keys.MEMBERSHIP_PREFIX)
    answer = filing.api.get(DOCUMENTS, dora.access, identity=identity)
    # THEN she sees nothing, and no log says that she did
    assert (answer.status, answer.json, filing.log_of(alice), tear.is_done) == (200, [], [], True)


def test_who_is_becoming_a_doctor_sees_their_documents(filing: Filing, people: People, tear: Tear) -> None:
    # GIVEN an account that is read after its owner has accepted an invitation, and memberships that are from before
    alice, identity = people.alice, authorize(people.alice.access)
    tear(lambda: employ(alice, Role.DOCTOR), after=keys.MEMBERSHIP_PREFIX)
    answer = filing.api.get(DOCUMENTS, alice.access, identity=identity)
    assert (answer.status, answer.json, tear.is_done) == (200, [], True)


def employ(person: Person, role: Role) -> None:
    """Somebody begins to work in a clinic, as when they accept an invitation."""
    known = {"user_id": person.id, "member_role": role.name.lower(), "status": staff.ACTIVE, "created_at": clock.now()}
    place = Membership.key(person.id, clinic_id := ids.new_uuid()).item(id=ids.new_uuid(), clinic_id=clinic_id, **known)
    changed = [User.role_id.set(role), User.staff_version.add(1)]
    table.write(user=Update(User.key(person.id), changed), clinic=Put(clinic(clinic_id)), membership=Put(place))


def test_a_lab_member_sees_what_they_uploaded(filing: Filing, people: People) -> None:
    mine = filing.document_of(people.alice, people.lata)
    filing.document_of(people.alice)
    assert filing.ids_seen_by(people.lata) == [mine]


def test_removed_staff_see_nothing(filing: Filing, people: People) -> None:
    filing.share(people.alice, filing.document_of(people.alice), people.dora)
    filing.document_of(people.alice, people.lata)
    for who in (people.dora, people.lata):
        dismiss(who)
        answer = filing.list_of(who)
        # They have a patient's rights now, and no documents of their own.
        assert (answer.status, answer.json) == (200, [])


def test_a_clinic_owner_may_not_list_documents(filing: Filing, people: People) -> None:
    assert filing.list_of(people.charlie).status == 403


@pytest.mark.parametrize("name", ["document_type", "type"])
def test_documents_are_filtered_by_type(filing: Filing, people: People, name: str) -> None:
    scan = filing.document_of(people.alice, document_type="scan")
    filing.document_of(people.alice)
    assert filing.ids_seen_by(people.alice, f"?{name}=scan") == [scan]
    assert len(filing.ids_seen_by(people.alice, f"?{name}=")) == 2


def test_documents_are_filtered_by_the_uploaders_role(filing: Filing, people: People) -> None:
    from_lab = filing.document_of(people.alice, people.lata)
    filing.document_of(people.alice)
    assert filing.ids_seen_by(people.alice, "?uploaded_by_role=lab_member") == [from_lab]
    assert filing.ids_seen_by(people.alice, "?uploaded_by_role=lab_member&type=scan") == []


@pytest.mark.parametrize("query", ["?type=selfie", "?uploaded_by_role=nurse", "?limit=0", "?cursor=x"])
def test_wrong_parameters_are_refused(filing: Filing, people: People, query: str) -> None:
    assert filing.list_of(people.alice, query).status == 400


def test_documents_come_in_pages(api: Api, filing: Filing, people: People) -> None:
    # GIVEN five documents, of which two are scans
    made = {
        filing.document_of(people.alice, document_type=kind) for kind in ("scan", "other", "other", "other", "scan")
    }
    # WHEN they are read by twos
    answer = filing.list_of(people.alice, "?limit=2")
    found = [document["id"] for document in answer.json]
    while path := next_page(answer):
        answer = api.get(path, token=people.alice.access)
        found += [document["id"] for document in answer.json]
    # THEN each comes once
    assert len(found) == 5
    assert set(found) == made


def test_listing_needs_a_token(api: Api) -> None:
    assert api.get(DOCUMENTS).status == 401

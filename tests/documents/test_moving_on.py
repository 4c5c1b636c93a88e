"""Rights are the clinic's: who moves on to another one leaves behind what they saw, and finds it on coming back."""

from typing import Any

import pytest
from documents import consent_requests
from documents.schemas.consents import ConsentRequest
from quickcare import clock
from quickcare.db import table
from quickcare.db.items import Consent, Document, ShelfEntry
from quickcare.db.operations import Update

from tests.conftest import FakeClock
from tests.documents.filing import (
    Filing,
    consent_of,
    dismiss,
    doctor_id_of,
    make_patient_of,
    moves,
    place_of,
    returns,
    stored,
    upload,
)
from tests.documents.meanwhile import before_the_next_write
from tests.people import People, Person


def sees(filing: Filing, who: Person, document_id: str) -> bool:
    """Whether somebody finds the document in their list and may open it; both say the same."""
    found, opened = filing.ids_seen_by(who) == [document_id], filing.open(who, document_id).status
    assert (found, opened) in ((True, 200), (False, 403))
    return found


def forget_clinics(document_id: str, doctor: Person | None = None) -> None:
    """Make a document, its shelf entries and a doctor's consent as they were before clinics were written down."""
    document = stored(document_id)
    removed = Update(Document.key(document_id), [Document.clinic_id.remove()])
    table.write(document=removed)
    for user_id in {document.owner_id, document.uploader_id}:
        key = ShelfEntry.key(user_id, document_id, document.created_at)
        if table.fetch(key):
            table.write(entry=Update(key, [ShelfEntry.clinic_id.remove()]))
    if doctor is not None:
        key_of_consent = Consent.key(document_id, doctor_id_of(doctor))
        table.write(consent=Update(key_of_consent, [Consent.clinic_id.remove()]))


@pytest.mark.parametrize("is_old", [False, True])
def test_a_lab_member_leaves_behind_what_they_uploaded(
    filing: Filing, people: People, time: FakeClock, is_old: bool
) -> None:
    # GIVEN an upload that a lab member sent in one clinic
    first = place_of(people.lata).clinic_id
    document_id = str(filing.announce(people.lata, patient_id=people.alice.id).json["id"])
    upload(document_id)
    assert stored(document_id).clinic_id == first
    if is_old:
        forget_clinics(document_id)
    assert sees(filing, people.lata, document_id)
    # WHEN they move on, THEN they do not see it there
    time.advance(hours=1)
    moves(people.lata)
    assert not sees(filing, people.lata, document_id)
    # WHEN they come back, THEN they do
    returns(people.lata, first)
    assert sees(filing, people.lata, document_id)


@pytest.mark.parametrize("is_old", [False, True])
def test_a_doctor_leaves_consents_behind(filing: Filing, people: People, time: FakeClock, is_old: bool) -> None:
    # GIVEN a consent that a doctor was given in one clinic
    first, document_id = place_of(people.dora).clinic_id, filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    if is_old:
        forget_clinics(document_id, people.dora)
    assert sees(filing, people.dora, document_id)
    link = filing.list_of(people.dora).json[0]["file"]
    # WHEN they move on, THEN neither list nor link nor consents show it there
    time.advance(minutes=30)
    moves(people.dora)
    assert not sees(filing, people.dora, document_id)
    assert filing.follow(link).status == 403
    assert filing.api.get("/api/documents/consent/doctor/", token=people.dora.access).json == []
    # WHEN they come back, THEN they see it again
    returns(people.dora, first)
    assert sees(filing, people.dora, document_id)


def test_a_consent_is_asked_for_anew_in_another_clinic(filing: Filing, people: People) -> None:
    # GIVEN a doctor with a consent, who moved on
    first, document_id = place_of(people.dora).clinic_id, filing.document_of(people.alice)
    consent_id = filing.share(people.alice, document_id, people.dora)
    second = moves(people.dora)
    # WHEN they ask there
    answer = filing.ask(people.dora, document_id)
    # THEN the patient decides again, for that clinic
    assert (answer.status, answer.json["id"], answer.json["status"]) == (200, consent_id, "pending")
    filing.grant(people.alice, consent_id)
    assert sees(filing, people.dora, document_id)
    assert consent_of(people.dora, document_id).clinic_id == second
    # AND no longer for the first
    returns(people.dora, first)
    assert not sees(filing, people.dora, document_id)


def test_an_answer_to_the_first_clinics_question_does_not_count_for_the_second(filing: Filing, people: People) -> None:
    # GIVEN a question from the first clinic
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id)
    # WHEN the doctor asks from the second one just before the patient's yes is written
    moves(people.dora)
    asked = ConsentRequest.model_validate({"document": document_id})
    with before_the_next_write(lambda: consent_requests.request(people.dora.id, asked, "https://qck.in", clock.now())):
        answer = filing.grant(people.alice, consent_id)
    # THEN the patient is told to look again
    assert answer.status == 409
    assert not sees(filing, people.dora, document_id)


def test_a_doctor_who_moves_while_opening_opens_nothing(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    with before_the_next_write(lambda: moves(people.dora)):
        assert filing.open(people.dora, document_id).status == 403
    assert filing.log_of(people.alice, "allowed") == []


@pytest.mark.parametrize("is_old", [False, True])
def test_a_tie_by_upload_stays_in_its_clinic(filing: Filing, people: People, time: FakeClock, is_old: bool) -> None:
    first = place_of(people.dora).clinic_id
    document_id = filing.document_of(people.alice, people.dora)
    if is_old:
        forget_clinics(document_id)
    assert filing.look_up(people.dora, people.alice).status == 200
    time.advance(hours=1)
    moves(people.dora)
    assert filing.look_up(people.dora, people.alice).status == 403
    returns(people.dora, first)
    assert filing.look_up(people.dora, people.alice).status == 200


def test_a_tie_by_appointment_stays_in_its_clinic(filing: Filing, people: People) -> None:
    # GIVEN an appointment in the first clinic, and a consent there
    document_id = filing.document_of(people.alice)
    make_patient_of(people.dora, people.alice)
    filing.share(people.alice, document_id, people.dora)
    assert filing.look_up(people.dora, people.alice).json["documents"][0]["consent_status"] == "granted"
    # WHEN the doctor moves on
    moves(people.dora)
    assert filing.look_up(people.dora, people.alice).status == 403
    # THEN an appointment there makes a tie, without the consent of before
    make_patient_of(people.dora, people.alice, "pending")
    assert filing.look_up(people.dora, people.alice).json["documents"][0]["consent_status"] is None


def test_who_works_in_two_clinics_says_for_which_they_upload(filing: Filing, people: People, time: FakeClock) -> None:
    # GIVEN a lab member in two clinics
    first = place_of(people.lata).clinic_id
    time.advance(hours=1)
    second = moves(people.lata)
    returns(people.lata, first)
    membership = next(one for one in [place_of(people.lata)] if one.clinic_id == first)
    table.write(again=Update(type(membership).key(people.lata.id, second), [type(membership).status.set("active")]))
    # WHEN they upload, with and without a clinic
    options: dict[str, Any] = {"second": {"clinic": second}, "nothing": {}}
    made = {
        named: filing.announce(people.lata, patient_id=people.alice.id, **named_clinic).json["id"]
        for named, named_clinic in options.items()
    }
    # THEN it is that one, else the one that they joined first
    assert stored(made["second"]).clinic_id == second
    assert stored(made["nothing"]).clinic_id == first
    elsewhere = filing.announce(people.lata, patient_id=people.alice.id, clinic="5f8f4b9e-0000-4000-8000-000000000000")
    assert (elsewhere.status, elsewhere.fields) == (400, ["clinic"])


@pytest.mark.parametrize("leaves", [moves, dismiss])
def test_who_leaves_while_uploading_uploads_nothing(filing: Filing, people: People, leaves: object) -> None:
    assert callable(leaves)
    alice, lata = people.alice, people.lata
    with before_the_next_write(lambda: leaves(lata)):
        answer = filing.send_form(lata, patient_id=alice.id)
    assert answer.status == 403
    assert filing.ids_seen_by(people.alice) == []


def test_a_repetition_in_another_clinic_says_nothing(filing: Filing, people: People) -> None:
    key, document_id = {"Idempotency-Key": "k"}, filing.document_of(people.alice)
    body = {"document": document_id}

    def ask() -> int:
        path = "/api/documents/consent/request/"
        return filing.api.post(path, body, people.dora.access, headers=key).status

    assert filing.announce(people.lata, patient_id=people.alice.id, headers=key).status == 201
    assert (ask(), ask()) == (201, 201)
    for who in (people.lata, people.dora):
        moves(who)
    assert filing.announce(people.lata, patient_id=people.alice.id, headers=key).status == 403
    assert ask() == 403

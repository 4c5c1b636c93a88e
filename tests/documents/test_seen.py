"""What staff do is seen by the patient: lookups and lists are in the access log, uploads are told by SMS, and staff see
of a person only what they need."""

import pytest
from documents import access_log
from quickcare import clock
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Update

from tests import faults
from tests.api import Api, authorize
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, Filing, make_patient_of, user_of
from tests.documents.meanwhile import before_the_next_write
from tests.people import People, Person

LOOKUP = "/api/users/patient/lookup/"


def look_up(api: Api, staff: Person, patient: Person, ip: str = "203.0.113.7") -> int:
    return api.get(f"{LOOKUP}?contact={patient.contact}", staff.access, ip=ip).status


@pytest.mark.parametrize("name", ["dora", "lata"])
def test_a_lookup_is_in_the_patients_log(api: Api, filing: Filing, people: People, name: str) -> None:
    who = getattr(people, name)
    assert look_up(api, who, people.alice, ip="198.51.100.9") == 200
    (entry,) = filing.open_log(people.alice, query="?outcome=found").json
    assert (entry["accessed_by_name"], entry["outcome"]) == (who.name, "found")
    assert (entry["document"], entry["document_title"], entry["ip_address"]) == (None, "", "198.51.100.9")
    assert filing.log_of(people.alice) == [(who.name, "found")]
    assert filing.open_log(people.alice).json == []


def test_a_lookup_that_finds_nobody_is_in_no_log(api: Api, filing: Filing, people: People) -> None:
    assert look_up(api, people.dora, people.charlie) == 404
    assert faults.items(kind="AccessLogEntry") == []


def test_a_list_is_in_the_log_of_each_patient_in_it(filing: Filing, people: People) -> None:
    # GIVEN a lab member with two documents of Alice's and one of Bob's
    for patient in (people.alice, people.alice, people.bob):
        filing.document_of(patient, people.lata)
    # WHEN they list them
    assert len(filing.list_of(people.lata).json) == 3
    # THEN each patient reads it once
    for patient in (people.alice, people.bob):
        assert filing.log_of(patient, "listed") == [("Lata Das", "listed")]


def test_only_what_is_shown_is_logged(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.consent_for(people.dora, document_id)
    filing.list_of(people.dora)
    assert filing.log_of(people.alice) == []


def test_own_lists_are_not_logged(filing: Filing, people: People) -> None:
    filing.document_of(people.alice, people.lata)
    filing.list_of(people.alice)
    assert filing.log_of(people.alice) == []


def test_what_documents_a_patient_has_is_logged_too(filing: Filing, people: People) -> None:
    filing.document_of(people.alice)
    assert filing.look_up(people.dora, people.alice).status == 403
    assert filing.log_of(people.alice) == []
    make_patient_of(people.dora, people.alice)
    assert filing.look_up(people.dora, people.alice).status == 200
    assert filing.log_of(people.alice, "listed") == [("Dora Iyer", "listed")]


@pytest.mark.parametrize("path", [DOCUMENTS, "lookup", "patient-docs"])
def test_without_its_entry_there_is_no_answer(api: Api, filing: Filing, people: People, path: str) -> None:
    filing.document_of(people.alice, people.lata)
    make_patient_of(people.dora, people.alice)
    who = people.lata if path == DOCUMENTS else people.dora
    paths = {
        DOCUMENTS: DOCUMENTS,
        "lookup": f"{LOOKUP}?contact={people.alice.contact}",
        "patient-docs": f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}",
    }
    identity = authorize(who.access)
    with faults.failing("dynamodb", "TransactWriteItems"), faults.failing("dynamodb", "PutItem"):
        answer = api.call("GET", paths[path], identity=identity)
    assert answer.status == 503
    assert "Alice" not in answer.text


def test_a_list_of_many_patients_is_in_all_their_logs(people: People) -> None:
    # GIVEN more patients than a transaction takes
    names = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(101)]
    # WHEN a list of theirs is logged
    access_log.record_list([*names, *names], user_of(people.lata), "198.51.100.9", clock.now(), lambda _: None)
    # THEN each has one entry
    assert len(faults.items(kind="AccessLogEntry")) == len(names)


@pytest.mark.parametrize("is_form", [False, True])
@pytest.mark.parametrize("name", ["dora", "lata"])
def test_the_patient_is_told_of_an_upload(filing: Filing, people: People, name: str, is_form: bool) -> None:
    who, patient = getattr(people, name), people.alice
    upload = filing.send_form if is_form else filing.announce
    assert upload(who, patient_id=patient.id).status == 201
    text = "QuickCare: City Care has filed a document for you. Open the app to see it and who read it."
    assert sms_to(patient.contact)[0] == text


def test_nobody_is_told_of_their_own_upload(filing: Filing, people: People) -> None:
    before = sms_to(people.alice.contact)
    filing.send_form(people.alice)
    assert sms_to(people.alice.contact) == before


def test_a_repeated_upload_is_told_once(filing: Filing, people: People) -> None:
    for _ in range(2):
        answer = filing.announce(people.lata, patient_id=people.alice.id, headers={"Idempotency-Key": "k"})
        assert answer.status == 201
    assert sum("filed" in text for text in sms_to(people.alice.contact)) == 1


def test_a_document_is_not_filed_when_the_day_has_no_sms_left(filing: Filing, people: People, time: FakeClock) -> None:
    spent = [User.counted_on.set(f"{time.now:%Y-%m-%d}"), User.sms_caused.set(300)]
    table.write(user=Update(User.key(people.lata.id), spent))
    for upload in (filing.announce, filing.send_form):
        answer = upload(people.lata, patient_id=people.alice.id)
        assert answer.status == 429
        assert answer.headers["Retry-After"]
    assert filing.ids_seen_by(people.alice) == []


def test_a_new_day_begins_while_uploading(filing: Filing, people: People, time: FakeClock) -> None:
    # GIVEN another upload of the same lab member, written first
    def other() -> None:
        today = f"{time.now:%Y-%m-%d}"
        table.write(user=Update(User.key(lata.id), [User.counted_on.set(today), User.sms_caused.set(1)]))

    alice, lata = people.alice, people.lata
    with before_the_next_write(other):
        assert filing.announce(lata, patient_id=alice.id).status == 201
    # THEN both count
    assert user_of(people.lata).sms_caused == 2


def test_staff_see_neither_email_nor_picture(api: Api, filing: Filing, people: People) -> None:
    # GIVEN a patient with both
    body = {"email": "alice@example.com", "avatar": "https://example.com/a.png"}
    api.put("/api/users/me/", body, people.alice.access)
    document_id = filing.document_of(people.alice, people.lata)
    filing.share(people.alice, document_id, people.dora)
    # WHEN staff and the patient read documents
    for who in (people.lata, people.dora):
        first = filing.announce(who, patient_id=people.alice.id).json
        for document in (first, filing.list_of(who).json[-1], filing.open(who, document_id).json):
            # THEN staff see neither
            assert (document["owner"]["email"], document["owner"]["avatar"]) == (None, None)
            assert document["owner"]["contact"] == people.alice.contact
    own = filing.open(people.alice, document_id).json
    assert own["owner"]["email"] == "alice@example.com"


def test_staff_see_no_email_of_a_patient_who_uploaded(api: Api, filing: Filing, people: People) -> None:
    api.put("/api/users/me/", {"email": "alice@example.com"}, people.alice.access)
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    assert "alice@example.com" not in filing.open(people.dora, document_id).text

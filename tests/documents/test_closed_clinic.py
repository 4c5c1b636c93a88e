"""Staff of a closed clinic see no documents of its patients any more, although their memberships are still active."""

from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Clinic
from quickcare.db.operations import Create, Update

from tests.api import Api
from tests.documents.filing import DOCUMENTS, Filing
from tests.people import People, Person, clinic

REQUEST = f"{DOCUMENTS}consent/request/"


def close_clinic_of(person: Person) -> None:
    for membership in staff.memberships(person.id):
        key = Clinic.key(membership.clinic_id)
        table.write(clinic=Update(key, [Clinic.is_active.set(False)]))


def test_a_doctor_of_a_closed_clinic_opens_nothing(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    assert len(filing.list_of(people.dora).json) == 1
    close_clinic_of(people.dora)
    assert filing.list_of(people.dora).json == []
    assert filing.open(people.dora, document_id).status == 403
    assert filing.log_of(people.alice, "denied") == [("Dora Iyer", "denied")]


def test_a_lab_member_of_a_closed_clinic_does_not_see_their_unfinished_upload(filing: Filing, people: People) -> None:
    document_id = filing.announce(people.lata, patient_id=people.alice.id).json["id"]
    assert filing.open(people.lata, document_id).status == 200
    close_clinic_of(people.lata)
    assert filing.open(people.lata, document_id).status == 403


def test_a_lab_member_who_also_works_in_an_open_clinic_opens_what_they_uploaded_there(
    filing: Filing, people: People
) -> None:
    # GIVEN a lab member who uploaded here and elsewhere
    (place,) = staff.memberships(people.lata.id)
    elsewhere = type(place).key(people.lata.id, "f0000000-0000-4000-8000-000000000000")
    known = {**place.attribute_values, "clinic_id": elsewhere.sk.partition("#")[2]}
    copied = {name: value for name, value in known.items() if name not in ("pk", "sk", "kind")}
    here = filing.document_of(people.alice, people.lata)
    there = filing.document_of(people.alice, people.lata, clinic_id=copied["clinic_id"])
    close_clinic_of(people.lata)
    assert filing.open(people.lata, there).status == 403
    # WHEN the other clinic is open
    table.write(place=Create(elsewhere.item(**copied)), clinic=Create(clinic(copied["clinic_id"])))
    # THEN they read what they uploaded for it, and nothing else
    assert filing.open(people.lata, there).status == 200
    assert filing.open(people.lata, here).status == 403


def test_staff_of_a_closed_clinic_upload_nothing_ask_for_nothing_and_look_nothing_up(
    api: Api, filing: Filing, people: People
) -> None:
    document_id = filing.document_of(people.alice, people.dora)
    close_clinic_of(people.dora)
    close_clinic_of(people.lata)
    for person in (people.dora, people.lata):
        assert filing.announce(person, patient_id=people.alice.id).status == 403
    assert filing.ask(people.dora, document_id).status == 403
    assert api.get(f"{DOCUMENTS}consent/doctor/", token=people.dora.access).status == 403
    shelf = filing.look_up(people.dora, people.alice)
    assert shelf.status == 403

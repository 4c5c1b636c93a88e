"""Staff of a clinic that is closed see no more of its patients, although their places are not over."""

from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Clinic
from quickcare.db.operations import Create, Update

from tests.api import Api
from tests.documents.filing import DOCUMENTS, announce, filed, granted, logged
from tests.people import People, Person, clinic

REQUEST = f"{DOCUMENTS}consent/request/"


def close_clinic_of(person: Person) -> None:
    for membership in staff.memberships(person.id):
        key = Clinic.key(membership.clinic_id)
        table.write(clinic=Update(key, [Clinic.is_active.set(False)]))


def test_a_doctor_reads_nothing(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    assert len(api.get(DOCUMENTS, token=people.dora.access).json) == 1
    close_clinic_of(people.dora)
    assert api.get(DOCUMENTS, token=people.dora.access).json == []
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.dora.access).status == 403
    assert logged(api, people.alice)[0][1] == "denied"


def test_nobody_reads_of_an_upload_that_is_not_finished(api: Api, people: People) -> None:
    document_id = announce(api, people.lata, patient_id=people.alice.id).json["id"]
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.lata.access).status == 200
    close_clinic_of(people.lata)
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.lata.access).status == 403


def test_a_lab_member_with_another_place_reads_on(api: Api, people: People) -> None:
    # GIVEN a lab member who also works elsewhere
    document_id = filed(people.alice, people.lata)
    (place,) = staff.memberships(people.lata.id)
    elsewhere = type(place).key(people.lata.id, "f0000000-0000-4000-8000-000000000000")
    known = {**place.attribute_values, "clinic_id": elsewhere.sk.partition("#")[2]}
    copied = {name: value for name, value in known.items() if name not in ("pk", "sk", "kind")}
    close_clinic_of(people.lata)
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.lata.access).status == 403
    # WHEN the other clinic is open
    table.write(place=Create(elsewhere.item(**copied)), clinic=Create(clinic(copied["clinic_id"])))
    # THEN they read what they uploaded
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.lata.access).status == 200


def test_nobody_uploads_asks_or_browses(api: Api, people: People) -> None:
    document_id = filed(people.alice, people.dora)
    close_clinic_of(people.dora)
    close_clinic_of(people.lata)
    for person in (people.dora, people.lata):
        assert announce(api, person, patient_id=people.alice.id).status == 403
    assert api.post(REQUEST, {"document": document_id}, people.dora.access).status == 403
    assert api.get(f"{DOCUMENTS}consent/doctor/", token=people.dora.access).status == 403
    shelf = api.get(f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}", token=people.dora.access)
    assert shelf.status == 403

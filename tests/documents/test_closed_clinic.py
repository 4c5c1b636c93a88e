"""Staff of a clinic that is closed see no more of its patients, although their places are not over."""

import pytest
from quickcare import limits, staff, table
from quickcare.items import Clinic

from tests.api import Api
from tests.documents.filing import DOCUMENTS, acted, announce, asked, filed, granted, logged
from tests.people import People, Person, clinic

REQUEST = f"{DOCUMENTS}consent/request/"


def close_clinic_of(person: Person) -> None:
    for membership in staff.memberships(person.id):
        key = Clinic.key(membership.clinic_id)
        table.write(clinic=table.Update(key, [Clinic.is_active.set(False)]))


def test_a_doctor_reads_nothing(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    assert len(api.get(DOCUMENTS, token=people.dora.access).json) == 1
    close_clinic_of(people.dora)
    assert api.get(DOCUMENTS, token=people.dora.access).json == []
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.dora.access).status == 403
    assert logged(api, people.alice)[0][1] == "denied"


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
    table.write(place=table.Create(elsewhere.item(**copied)), clinic=table.Create(clinic(copied["clinic_id"])))
    # THEN they read what they uploaded
    assert api.get(f"{DOCUMENTS}{document_id}/", token=people.lata.access).status == 200


def test_nobody_uploads_asks_or_browses(api: Api, people: People) -> None:
    document_id = filed(people.alice, people.dora)
    close_clinic_of(people.dora)
    close_clinic_of(people.lata)
    for person in (people.dora, people.lata):
        assert announce(api, person, patient_id=people.alice.id).status == 403
    assert api.post(REQUEST, {"document": document_id}, people.dora.access).status == 403
    shelf = api.get(f"{DOCUMENTS}patient-docs/?patient_id={people.alice.id}", token=people.dora.access)
    assert shelf.status == 403


def test_questions_and_answers_are_limited_a_day(api: Api, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a doctor who asked and a patient who answered as often today as each may
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=2))
    first, second, third = (filed(people.alice) for _ in range(3))
    consent_id = asked(api, people.dora, first)
    asked(api, people.dora, second)
    for action in ("granted", "revoked", "granted", "revoked"):
        assert acted(api, people.alice, consent_id, action).status == 200
    # THEN each of them goes on tomorrow, and a no needs no SMS
    assert api.post(REQUEST, {"document": third}, people.dora.access).status == 429
    assert acted(api, people.alice, consent_id, "granted").status == 429

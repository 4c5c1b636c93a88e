"""GET /api/appointments/my/clinics/ and …/my/clinics/<id>/admission-docs/"""

from datetime import datetime, timedelta

from quickcare import clock, ids
from quickcare.clinic.patients import is_patient_of_clinic
from quickcare.db import table
from quickcare.db.items import AdmissionDocument, ShelfEntry
from quickcare.db.operations import Put

from tests.api import Api
from tests.people import People
from tests.practice import Practice

PATH = "/api/appointments/my/clinics/"


def test_a_patient_sees_the_clinics_of_their_appointments(practice: Practice, people: People, api: Api) -> None:
    practice.booked(people.alice)
    practice.booked(people.alice, appointment_time="09:15")
    (shown,) = api.get(PATH, people.alice.access).json
    assert (shown["id"], shown["name"]) == (practice.clinic_id, "City Care")
    assert shown["owner"] == {"id": people.charlie.id, "name": "Charlie Shah"}
    assert api.get(PATH, people.bob.access).json == []


def test_a_clinic_is_not_listed_for_a_cancelled_appointment(practice: Practice, people: People, api: Api) -> None:
    practice.cancel(people.alice, practice.booked(people.alice))
    assert api.get(PATH, people.alice.access).json == []
    practice.booked(people.alice)
    assert len(api.get(PATH, people.alice.access).json) == 1


def test_only_patients_have_clinics(practice: Practice, people: People, api: Api) -> None:
    for who in (people.charlie, people.dora):
        assert api.get(PATH, who.access).status == 403


def test_a_patient_sees_the_admission_documents_of_their_clinic(practice: Practice, people: People, api: Api) -> None:
    for document_type, is_mandatory in (("id_proof", True), ("imaging", False), ("lab_report", True)):
        document = AdmissionDocument.key(practice.clinic_id, ids.new_uuid()).item(
            id=ids.new_uuid(),
            document_name="Any",
            document_type=document_type,
            is_mandatory=is_mandatory,
            created_at=clock.now(),
        )
        table.write(document=Put(document))
    practice.booked(people.alice)
    # Alice has a scan. Her lab report is not uploaded yet, and Bob's insurance on her shelf is not hers.
    put_on_shelf(people.alice.id, people.alice.id, "scan")
    put_on_shelf(people.alice.id, people.alice.id, "lab_report", ttl=clock.now() + timedelta(minutes=5))
    put_on_shelf(people.alice.id, people.bob.id, "lab_report")
    shown = api.get(f"{PATH}{practice.clinic_id}/admission-docs/", people.alice.access).json
    told = {one["document_type"]: (one["is_required"], one["is_uploaded"]) for one in shown}
    assert told == {"id_proof": (True, False), "imaging": (False, True), "lab_report": (True, False)}


def put_on_shelf(user_id: str, owner_id: str, document_type: str, ttl: datetime | None = None) -> None:
    entry = ShelfEntry.key(user_id, ids.new_uuid(), clock.now()).item(
        document_id=ids.new_uuid(),
        owner_id=owner_id,
        uploader_id=owner_id,
        uploaded_by_role="patient",
        document_type=document_type,
        ttl=ttl,
    )
    table.write(entry=Put(entry))


def test_a_patient_does_not_see_the_admission_documents_of_another_clinic(
    practice: Practice, people: People, api: Api
) -> None:
    assert api.get(f"{PATH}{practice.clinic_id}/admission-docs/", people.alice.access).status == 403
    assert api.get(f"{PATH}{ids.new_uuid()}/admission-docs/", people.alice.access).status == 404


def test_whose_patient_somebody_is_follows_the_status(practice: Practice, people: People) -> None:
    def is_known() -> bool:
        return is_patient_of_clinic(people.alice.id, practice.clinic_id)

    assert not is_known()
    appointment_id = practice.booked(people.alice)
    assert is_known()
    practice.move(appointment_id, "confirmed")
    practice.move(appointment_id, "no_show")
    assert not is_known()
    practice.move(practice.booked(people.alice, appointment_time="09:15"), "cancelled")
    assert not is_known()

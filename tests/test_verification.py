"""Where verification is required, a clinic and a doctor are public, and see patients, once an administrator says so."""

from typing import Any

import pytest
from quickcare import settings
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor
from quickcare.db.operations import Update

from tests.api import Answer, Api
from tests.documents.filing import Filing, doctor_id_of, place_of
from tests.documents.meanwhile import before_the_next_write
from tests.people import People, Person
from tests.practice import MONDAY, Practice


@pytest.fixture
def filing(api: Api) -> Filing:
    return Filing(api)


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    require(monkeypatch)


def require(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_VERIFICATION", "on")
    settings.settings.cache_clear()


def verify_clinic_of(person: Person, *, is_verified: bool = True) -> None:
    key = Clinic.key(place_of(person).clinic_id)
    table.write(clinic=Update(key, [Clinic.is_verified.set(is_verified)]))


def verify(doctor: Person, *, is_verified: bool = True) -> None:
    table.write(doctor=Update(Doctor.key(doctor_id_of(doctor)), [Doctor.is_verified.set(is_verified)]))


def as_staff(filing: Filing, who: Person, patient: Person, document_id: str) -> dict[str, Answer]:
    """What doctors and lab members ask about patients."""
    api, token = filing.api, who.access
    asked = {
        "lookup": api.get(f"/api/users/patient/lookup/?contact={patient.contact}", token),
        "announce": filing.announce(who, patient_id=patient.id),
        "form": filing.send_form(who, patient_id=patient.id),
        "open": filing.open(who, document_id),
    }
    if who.name == "Dora Iyer":
        asked |= {
            "patient-docs": filing.look_up(who, patient),
            "ask": filing.ask(who, document_id),
            "asked for": api.get("/api/documents/consent/doctor/", token),
            "appointments": api.get("/api/appointments/doctor/", token),
        }
    return asked


def refusals(answers: dict[str, Answer]) -> set[tuple[int, str]]:
    return {(answer.status, answer.json["message"]) for answer in answers.values()}


def test_staff_of_an_unverified_clinic_see_no_patient(filing: Filing, people: People, required: None) -> None:
    for who in (people.dora, people.lata):
        document_id = filing.document_of(people.alice, who)
        assert refusals(as_staff(filing, who, people.alice, document_id)) == {(403, staff.UNVERIFIED_CLINIC)}
        assert filing.list_of(who).json == []


def test_an_unverified_doctor_sees_no_patient_in_a_verified_clinic(
    filing: Filing, people: People, required: None
) -> None:
    verify_clinic_of(people.dora)
    document_id = filing.document_of(people.alice, people.dora)
    found = as_staff(filing, people.dora, people.alice, document_id)
    assert refusals(found) == {(403, staff.UNVERIFIED_DOCTOR)}


def test_verified_staff_see_patients(filing: Filing, people: People, required: None) -> None:
    for who in (people.dora, people.lata):
        verify_clinic_of(who)
    verify(people.dora)
    document_id = filing.document_of(people.alice, people.lata)
    assert {one.status for one in as_staff(filing, people.lata, people.alice, document_id).values()} <= {200, 201}
    assert len(filing.list_of(people.lata).json) == 3
    filing.share(people.alice, document_id, people.dora)
    assert len(filing.list_of(people.dora).json) == 1
    found = as_staff(filing, people.dora, people.alice, document_id)
    assert {name: one.status for name, one in found.items() if one.status >= 400} == {"ask": 409}  # granted already


def test_a_withdrawn_verification_ends_the_rights_at_once(filing: Filing, people: People, required: None) -> None:
    # GIVEN a doctor who may open a document, and a link to it
    for act in (verify_clinic_of, verify):
        act(people.dora)
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    link = filing.list_of(people.dora).json[0]["file"]
    for withdrawn, again in ((verify_clinic_of, staff.UNVERIFIED_CLINIC), (verify, staff.UNVERIFIED_DOCTOR)):
        # WHEN a verification is withdrawn between the reading and the writing of an opening
        with before_the_next_write(lambda act=withdrawn: act(people.dora, is_verified=False)):  # type: ignore[misc]
            answer = filing.open(people.dora, document_id)
        # THEN it opens nothing
        assert (answer.status, answer.json) == (403, {"message": again})
        assert filing.follow(link).status == 403
        withdrawn(people.dora)
    assert filing.follow(link).status == 302
    assert filing.log_of(people.alice, "allowed") == [("Dora Iyer", "allowed")]


def test_a_verification_that_is_withdrawn_while_uploading_files_nothing(
    filing: Filing, people: People, required: None
) -> None:
    verify_clinic_of(people.lata)
    assert filing.ids_seen_by(people.alice) == []
    with before_the_next_write(lambda: verify_clinic_of(people.lata, is_verified=False)):
        assert filing.announce(people.lata, patient_id=people.alice.id).status == 403
    assert filing.ids_seen_by(people.alice) == []


def test_patients_and_their_documents_need_no_verification(filing: Filing, people: People, required: None) -> None:
    document_id = filing.document_of(people.alice, people.lata)
    assert filing.open(people.alice, document_id).status == 200
    assert filing.announce(people.alice).status == 201


def test_an_unverified_clinic_is_not_public_and_its_owner_sees_no_patient(
    api: Api, people: People, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a clinic with an appointment, unverified like its doctor
    appointment_id, clinic_id = practice.booked(people.alice), practice.clinic_id
    require(monkeypatch)
    doctor, day = f"/api/doctors/{practice.doctor_id}/", f"?date={MONDAY}"
    public = [f"/api/clinics/{clinic_id}/", doctor, f"{doctor}availability/", f"{doctor}availability/slots/{day}"]
    clinic = f"/api/appointments/clinic/{clinic_id}/"
    owners: list[tuple[str, str, Any]] = [
        ("GET", clinic, None),
        ("GET", f"{clinic}dashboard/{day}", None),
        ("PATCH", f"{clinic}{appointment_id}/", {"status": "cancelled"}),
    ]
    # THEN nobody finds it, its owner does; nobody books; nobody sees patients
    for doctor_is_verified in (False, True):
        practice.set_doctor(is_verified=doctor_is_verified)
        assert {api.get(path).status for path in public} == {404}
        answers = [api.call(method, path, body, token=people.charlie.access) for method, path, body in owners]
        assert {(one.status, one.json["message"]) for one in answers} == {(403, staff.UNVERIFIED_CLINIC)}
        assert practice.book(people.bob, appointment_time="09:30").fields == ["doctor"]
    assert api.get("/api/doctors/").json["results"] == []
    assert api.get(f"/api/clinics/{clinic_id}/slots/").status == 200
    # AND the patient still sees and cancels what was booked
    assert api.get(f"/api/appointments/my/{appointment_id}/", people.alice.access).status == 200
    # WHEN the clinic is verified too, THEN all is as it was
    verify_clinic_of(people.dora)
    assert {api.get(path).status for path in public[:3]} == {200}
    assert {api.call(method, path, body, token=people.charlie.access).status for method, path, body in owners} == {200}
    assert practice.book(people.bob, appointment_time="09:30").status == 201


def test_a_clinic_that_loses_its_verification_while_somebody_books_is_not_booked(
    people: People, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(monkeypatch)
    verify_clinic_of(people.dora)
    practice.set_doctor(is_verified=True)
    assert people.alice
    with before_the_next_write(lambda: verify_clinic_of(people.dora, is_verified=False)):
        assert practice.book(people.alice).fields == ["doctor"]


@pytest.mark.parametrize(
    ("stage", "said", "is_required"),
    [
        ("local", "", False),
        ("dev", "", False),
        ("staging", "", True),
        ("prod", "", True),
        ("prod", "off", False),
        ("local", "on", True),
    ],
)
def test_the_stage_decides_unless_it_is_said(
    monkeypatch: pytest.MonkeyPatch, stage: str, said: str, is_required: bool
) -> None:
    monkeypatch.setenv("STAGE", stage)
    monkeypatch.setenv("REQUIRE_VERIFICATION", said)
    monkeypatch.delenv("MASTER_OTP")
    settings.settings.cache_clear()
    assert settings.settings().verification_is_required is is_required

"""What people in a clinic learn of patients whom they should know nothing of."""

from typing import Any

import pytest

from tests.attacks.conftest import Place, Town, open_clinic
from tests.attacks.people import DOCUMENTS, Panel, Somebody
from tests.devserver.conftest import Server, eventually

PRIVATE = {"email": "vidya@example.com", "avatar": "https://example.com/vidya.png"}
ANNOUNCED = {"title": "CBC", "document_type": "lab_report", "file_name": "cbc.pdf", "file_size": 900}


@pytest.fixture
def patient(victim: Somebody) -> Somebody:
    """A victim with an e-mail address and a document."""
    assert victim.call("PUT", "/api/users/me/", PRIVATE).status_code == 200
    victim.file(title="HIV test")
    return victim


@pytest.fixture(scope="package")
def bogus(server: Server) -> Place:
    """A clinic that somebody has opened with one SIM card."""
    return open_clinic(server, "Bogus Care")


@pytest.fixture(scope="package")
def accomplices(bogus: Place) -> list[Somebody]:
    """The doctor and the lab member of other SIM cards."""
    return [bogus.employ("doctor"), bogus.employ("lab_member")]


def lookup(who: Somebody, patient: Somebody) -> Any:
    return who.get(f"/api/users/patient/lookup/?contact={patient.contact}")


def leave(who: Somebody) -> None:
    (membership,) = [one for one in who.read("/api/clinics/my/memberships/") if one["status"] == "active"]
    assert who.delete(f"/api/clinics/my/memberships/{membership['id']}/").status_code == 200


def test_harvesting_with_a_new_clinic_and_two_sim_cards(
    accomplices: list[Somebody], bogus: Place, patient: Somebody, town: Town
) -> None:
    (document,) = patient.read(DOCUMENTS)
    for who in accomplices:
        answers = [
            lookup(who, patient),
            who.get(f"{DOCUMENTS}patient-docs/?patient_id={patient.id}"),
            who.post(DOCUMENTS, {**ANNOUNCED, "patient_id": patient.id}),
            who.send_form(patient_id=patient.id),
            who.post(f"{DOCUMENTS}consent/request/", {"document": document["id"]}),
            who.get(f"{DOCUMENTS}{document['id']}/"),
            who.get(f"/api/appointments/clinic/{town.here.id}/"),
        ]
        assert [answer.status_code for answer in answers] == [403] * len(answers)
        assert not any(word in answer.text for answer in answers for word in ("Vidya", "HIV", "vidya@"))
        assert who.read(DOCUMENTS) == []
    assert bogus.owner.get(f"/api/appointments/clinic/{bogus.id}/").status_code == 403
    assert bogus.id not in bogus.owner.get("/api/clinics/public/?limit=200").text
    assert [one["id"] for one in patient.read(DOCUMENTS)] == [document["id"]]
    assert patient.read(f"{DOCUMENTS}consent/mine/") == []
    assert not any(patient.texts(word) for word in ("filed", "asks"))


def test_verifying_oneself(accomplices: list[Somebody], bogus: Place) -> None:
    verified = {"is_verified": True, "is_active": True}
    bogus.owner.call("PUT", f"/api/clinics/{bogus.id}/", verified)
    accomplices[0].call("PUT", "/api/doctors/me/", verified)
    assert [one["is_verified"] for one in bogus.owner.read("/api/clinics/")] == [False]
    assert accomplices[0].read("/api/doctors/me/")["is_verified"] is False


def test_harvesting_as_verified_staff_is_seen(town: Town, patient: Somebody) -> None:
    # GIVEN verified staff who look a number up and file a document for it, with a false address
    faked = {"X-Forwarded-For": "127.9.9.7"}
    for who in (town.doctor, town.lab):
        found = who.read(f"/api/users/patient/lookup/?contact={patient.contact}", headers=faked)
        assert not PRIVATE.keys() & found.keys()
        who.file(patient_id=found["id"])
    # WHEN they list what they can
    listed = town.lab.read(DOCUMENTS)
    shown = town.doctor.read(f"{DOCUMENTS}patient-docs/?patient_id={patient.id}")
    assert town.doctor.read(DOCUMENTS) == []
    # THEN they have neither e-mail nor picture, nor any document that is not theirs
    assert {(one["owner"]["email"], one["owner"]["avatar"]) for one in listed} == {(None, None)}
    assert "HIV test" not in str(listed)  # with a blank, which no token in a URL has
    assert "vidya" not in str(shown)
    # AND the patient reads who did it and where, and was told of each document
    for outcome in ("found", "listed"):
        seen = {(one["accessed_by_role"], one["ip_address"]) for one in patient.log(outcome)}
        assert seen == {("doctor", town.doctor.address), ("lab_member", town.lab.address)}
    assert len(eventually(lambda: patient.texts("filed")[1:])) == 1


def test_opening_without_consent_is_seen(town: Town, patient: Somebody) -> None:
    (document,) = patient.read(DOCUMENTS)
    for who in (town.doctor, town.lab, town.other_doctor):
        assert who.get(f"{DOCUMENTS}{document['id']}/").status_code == 403
    assert [one["ip_address"] for one in patient.log("denied")] == [
        who.address for who in (town.other_doctor, town.lab, town.doctor)
    ]
    # THEN operators see it, too
    for who in (town.doctor, town.lab, town.other_doctor):
        assert who.seen("event=right", "outcome=refused", f"user_id={who.id}")


def test_moving_on_to_another_clinic_and_reading_what_was_seen_at_the_first(town: Town, patient: Somebody) -> None:
    # GIVEN a lab member who filed a document in one clinic, and has a link to its file
    lab = town.here.employ("lab_member")
    document = lab.file(patient_id=patient.id)
    (link,) = [one["file"] for one in lab.read(DOCUMENTS)]
    key = {"Idempotency-Key": "again"}
    body = {**ANNOUNCED, "patient_id": patient.id}
    lab.make(DOCUMENTS, body, headers=key)
    # WHEN they leave
    leave(lab)
    # THEN neither link nor document nor the repetition of a request shows anything
    assert lab.post(DOCUMENTS, body, headers=key).status_code == 403
    assert lab.client.get(link).status_code in (401, 403)
    # WHEN they begin in another clinic
    town.there.add(lab.contact, "lab_member")
    # THEN it is the same
    assert lab.client.get(link).status_code in (401, 403)
    assert lab.get(f"{DOCUMENTS}{document}/").status_code == 403
    assert lab.read(DOCUMENTS) == []
    assert lab.post(DOCUMENTS, body, headers=key).status_code == 403


def test_repeating_a_question_after_the_right_to_ask_was_lost(town: Town, panel: Panel, patient: Somebody) -> None:
    # GIVEN a doctor with a consent
    doctor = town.here.employ("doctor")
    number = doctor.read("/api/doctors/me/")["id"]
    page = panel.get("doctors")
    assert panel.submit(page, f"doctors/{number}/verify").status == 303
    (document,) = patient.read(DOCUMENTS)
    ask = {"document": document["id"], "purpose": "Review"}
    key = {"Idempotency-Key": "ask"}
    consent = doctor.make(f"{DOCUMENTS}consent/request/", ask, headers=key)
    answer = patient.patch(f"{DOCUMENTS}consent/{consent['id']}/action/", {"action": "granted"})
    assert answer.status_code == 200
    (link,) = [one["file"] for one in doctor.read(DOCUMENTS)]
    assert doctor.client.get(link).status_code == 302
    # WHEN the patient revokes it
    assert patient.patch(f"{DOCUMENTS}consent/{consent['id']}/action/", {"action": "revoked"}).status_code == 200
    # THEN the link ends
    assert doctor.client.get(link).status_code == 403
    # WHEN the doctor leaves
    leave(doctor)
    # THEN the question cannot be repeated, and another clinic is told nothing
    assert doctor.post(f"{DOCUMENTS}consent/request/", ask, headers=key).status_code == 403
    assert len(doctor.seen("event=replay", "outcome=refused")) == 1
    town.there.add(doctor.contact, "doctor")
    assert doctor.get(f"{DOCUMENTS}{document['id']}/").status_code == 403
    assert doctor.get(f"{DOCUMENTS}patient-docs/?patient_id={patient.id}").status_code == 403
    assert doctor.read(f"{DOCUMENTS}consent/doctor/") == []


def test_capturing_a_patients_number_as_staff(town: Town, bogus: Place, patient: Somebody) -> None:
    for place in (bogus, town.here):
        member = place.add(patient.contact, "receptionist")
        assert (member["status"], member["user"]["email"], member["user"]["avatar"]) == ("pending", None, None)
    assert patient.read("/api/users/me/")["roles"]["name"] == "IS_PATIENT"
    patient.file()


def test_capturing_a_number_before_its_owner_registers(bogus: Place) -> None:
    captured = bogus.employ("receptionist")
    leave(captured)
    assert len([captured.file()]) == len(captured.read(DOCUMENTS))
    address = captured.make("/api/users/address/", {"town": "Pune"})
    assert address["user"] == captured.id

"""DELETE /api/clinics/<clinic_id>/members/<member_id>/"""

from typing import Any
from uuid import uuid4

import pytest
from quickcare import clock
from quickcare.accounts import limits
from quickcare.db import table
from quickcare.db.items import Appointment, DayLedger, Doctor, User
from quickcare.db.operations import Create

from tests.api import Api
from tests.bench import sms_to
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.people import People, Person, log_in


@pytest.fixture
def member(people: People, clinic: Any, add: Add) -> Any:
    """A doctor of Charlie's clinic."""
    return add(people.charlie, clinic["id"]).json


@pytest.fixture
def url(path: str, member: Any) -> str:
    return f"{path}/members/{member['id']}/"


def doctor_of(member: Any) -> Doctor:
    user = table.fetch(User.key(member["user"]["id"]))
    assert user is not None
    assert user.doctor_id is not None
    doctor = table.fetch(Doctor.key(int(user.doctor_id)))
    assert doctor is not None
    return doctor


def test_a_removed_member_loses_their_rights_at_once(api: Api, people: People, url: str) -> None:
    # GIVEN a doctor with a fresh token
    token = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    # WHEN the owner removes them
    answer = api.delete(url, token=people.charlie.access)
    # THEN the token gives no right of the clinic's staff
    assert answer.status == 200
    assert api.get(f"/api/users/patient/lookup/?contact={people.alice.contact}", token=token).status == 403
    assert api.get("/api/clinics/my/memberships/", token=token).json == []


def test_the_removed_member_is_told_once(api: Api, people: People, url: str) -> None:
    sms_to(NEWCOMER)
    assert [api.delete(url, token=people.charlie.access).status for _ in range(2)] == [200, 400]
    assert sms_to(NEWCOMER) == [
        "QuickCare: You no longer work at City Care Clinic as doctor. Please ask the clinic why."
    ]


def test_a_member_is_removed_when_no_sms_is_left(
    api: Api, people: People, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=0))
    sms_to(NEWCOMER)
    assert api.delete(url, token=people.charlie.access).status == 200
    assert sms_to(NEWCOMER) == []


def test_who_was_removed_and_is_taken_back_is_told(api: Api, people: People, url: str) -> None:
    api.delete(url, token=people.charlie.access)
    sms_to(NEWCOMER)
    assert api.put(url, {"status": "active"}, people.charlie.access).json["status"] == "active"
    assert sms_to(NEWCOMER) == ["QuickCare: City Care Clinic has added you as doctor. Open the app to see it."]


def test_the_removed_member_can_still_be_read(api: Api, people: People, url: str) -> None:
    api.delete(url, token=people.charlie.access)
    shown = api.get(url, token=people.charlie.access).json
    assert (shown["status"], shown["joined_at"], shown["left_at"]) == ("inactive", "2026-03-01", "2026-03-01")


def test_a_removed_doctor_can_join_another_clinic(
    api: Api, people: People, edith: Person, elsewhere: Any, url: str, member: Any, add: Add
) -> None:
    api.delete(url, token=people.charlie.access)
    assert doctor_of(member).clinic_id is None
    assert add(edith, elsewhere["id"]).status == 201
    assert doctor_of(member).clinic_id == elsewhere["id"]


def test_removing_twice_is_400_and_counts_once(api: Api, people: People, path: str, url: str) -> None:
    first, second = (api.delete(url, token=people.charlie.access).status for _ in range(2))
    assert (first, second) == (200, 400)
    assert (api.get(path).json["doctor_count"], api.get(path).json["staff_count"]) == (0, 0)


def test_the_answer_names_conflicting_appointments(
    api: Api, people: People, clinic: Any, url: str, member: Any
) -> None:
    # GIVEN appointments of yesterday, tomorrow, and of another clinic
    doctor = doctor_of(member)
    _book(doctor, 1, clinic["id"], "2026-02-28")
    _book(doctor, 2, clinic["id"], "2026-03-02")
    _book(doctor, 3, str(uuid4()), "2026-03-03")
    # WHEN the doctor is removed
    answer = api.delete(url, token=people.charlie.access)
    # THEN the answer names the one that is still to come in this clinic
    assert answer.json["conflicting_appointments"] == [2]


def _book(doctor: Doctor, appointment_id: int, clinic_id: str, date: str) -> None:
    """An appointment and its time in the ledger of the doctor's day, with what the removal of a member reads."""
    details = {"patient_id": "p", "doctor_id": doctor.id, "doctor_user_id": doctor.user_id, "clinic_id": clinic_id}
    details |= {"appointment_date": date, "appointment_time": "09:00", "appointment_type": "first_visit"}
    details |= {"mode": "in_clinic", "status": "pending", "fee_charged": "0.00", "id": appointment_id}
    now = clock.now()
    table.write(
        appointment=Create(Appointment.key(appointment_id).item(created_at=now, updated_at=now, **details)),
        day=Create(DayLedger.key(int(doctor.id), date).item(taken={"09:00": appointment_id})),
    )


def test_an_invitation_is_taken_back(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    assert api.delete(f"{path}/members/{invited}/", token=people.charlie.access).status == 200
    assert api.post(f"/api/clinics/my/memberships/{invited}/accept/", token=people.alice.access).status == 400


def test_a_member_of_somebody_elses_clinic_is_403(api: Api, people: People, edith: Person, url: str) -> None:
    assert api.delete(url, token=edith.access).status == 403
    assert api.delete(url, token=people.alice.access).status == 403
    assert api.delete(url).status == 401


def test_an_unknown_member_is_404(api: Api, people: People, path: str) -> None:
    assert api.delete(f"{path}/members/{uuid4()}/", token=people.charlie.access).status == 404

"""POST /api/clinics/<clinic_id>/members/"""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from clinics import staff_accounts
from quickcare.accounts import limits, superuser
from quickcare.db import table
from quickcare.db.items import User
from quickcare.db.operations import Refused, Update
from quickcare.sms import gsm7, outbox

from tests.api import Api
from tests.bench import sms_to
from tests.clinics.conftest import NEWCOMER, Add, Open, password_sent_to
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, Person, log_in


def test_a_newcomer_gets_an_account_a_membership_and_an_sms(
    api: Api, people: People, clinic: Any, path: str, add: Add
) -> None:
    # GIVEN a contact nobody has
    # WHEN the owner adds them as a doctor
    answer = add(people.charlie, clinic["id"], department="Cardiology", joined_at="2026-02-25", notes="Mornings")
    # THEN they are active, with an account that has to be completed
    assert answer.status == 201
    assert answer.json["_info"] == ("New account created. A temporary password has been sent to 9988776655 via SMS.")
    expected: dict[str, Any] = {
        "status": "active",
        "member_role": "doctor",
        "department": "Cardiology",
        "joined_at": "2026-02-25",
    }
    expected |= {"notes": "Mornings", "clinic": clinic["id"], "clinic_name": clinic["name"]}
    expected |= {"added_by_name": "Charlie Shah", "left_at": None, "invite_accepted_at": None}
    assert {name: answer.json[name] for name in expected} == expected
    assert answer.json["user"]["roles"] == {"id": 4, "name": "IS_DOCTOR"}
    assert (answer.json["user"]["is_partial_onboarding"], answer.json["user"]["is_complete_onboarding"]) == (
        True,
        False,
    )


def test_the_password_in_the_sms_logs_in(api: Api, people: People, clinic: Any, add: Add) -> None:
    add(people.charlie, clinic["id"])
    [text] = sms_to(NEWCOMER)
    password = text.split("password: ")[1][:8]
    assert password.isalnum()
    assert not set(password) & set("0O1lI")
    answer = api.post("/api/users/login/", {"contact": NEWCOMER, "password": password})
    assert (answer.status, answer.json["onboarding_required"], answer.json["password_change_required"]) == (
        200,
        True,
        True,
    )


def test_the_sms_is_in_the_language_that_the_owner_names(people: People, clinic: Any, add: Add, api: Api) -> None:
    add(people.charlie, clinic["id"], language="hi")
    [text] = sms_to(NEWCOMER)
    password = text.split("पासवर्ड: ")[1][:8]
    token = api.post("/api/users/login/", {"contact": NEWCOMER, "password": password}).json["access"]
    assert api.get("/api/users/me/preferences/", token).json["language"] == "hi"
    assert add(people.charlie, clinic["id"], NEWCOMER + 1, language="xx").status == 400


@pytest.mark.parametrize("name", ["सिटी केयर क्लिनिक", "{Care}" * 30, "A", "€" * 200])
def test_the_sms_is_one_segment_whatever_the_clinic_is_called(
    people: People, add: Add, open_clinic: Open, name: str
) -> None:
    add(people.charlie, open_clinic(people.charlie, name=name)["id"])
    [text] = sms_to(NEWCOMER)
    assert gsm7.is_one_segment(text)
    assert len(text.split("password: ")[1].split()[0]) == 8


def test_a_crash_before_the_relay_loses_no_sms(
    people: People, clinic: Any, add: Add, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a process that dies between the commit and the relay
    with monkeypatch.context() as crash:
        crash.setattr(outbox, "relay", _crash)
        add(people.charlie, clinic["id"])
    # WHEN the sweep comes
    time.advance(minutes=1)
    [left] = outbox.pending(time.now, 10)
    outbox.relay(left)
    # THEN the SMS goes out
    assert len(sms_to(NEWCOMER)) == 1


def _crash(_: object) -> bool:
    raise SystemError


def test_when_the_write_is_always_refused_there_is_no_sms(
    people: People, clinic: Any, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN others who are faster with every try
    monkeypatch.setattr(table, "write", _refuse(table.write))
    monkeypatch.setattr(table, "_back_off", lambda _: None)
    # WHEN an owner adds a newcomer
    answer = add(people.charlie, clinic["id"])
    # THEN they are asked to try again, and nothing was sent
    assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
    assert sms_to(NEWCOMER) == []


def test_an_owner_may_add_only_so_many_known_people_a_day(
    people: People, clinic: Any, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an owner who has used up today's limit on people with an account; refused ones count as well
    monkeypatch.setattr(limits, "LOOKUPS", limits.LOOKUPS._replace(most=3))
    contacts = [people.alice.contact, people.alice.contact, people.dora.contact]
    assert [add(people.charlie, clinic["id"], contact).status for contact in contacts] == [201, 409, 409]
    # THEN nothing is told about the next one, and newcomers can still be added
    for contact in (people.dora.contact, people.bob.contact):
        assert add(people.charlie, clinic["id"], contact).status == 429
    assert add(people.charlie, clinic["id"]).status == 201


def test_an_owner_may_make_only_so_many_accounts_a_day(
    api: Api, people: People, clinic: Any, add: Add, open_clinic: Open, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an owner who has used up today's limit on new accounts, in two clinics
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=2))
    other = open_clinic(people.charlie)
    assert add(people.charlie, clinic["id"]).status == 201
    assert add(people.charlie, other["id"], NEWCOMER + 1).status == 201
    # WHEN they add one more newcomer
    answer = add(people.charlie, other["id"], NEWCOMER + 2)
    # THEN they wait for the day to end, and nothing was sent; an invitation takes an SMS as well
    assert answer.status == 429
    assert sms_to(NEWCOMER + 2) == []
    assert add(people.charlie, other["id"], people.alice.contact).status == 429
    # AND the next day they can add newcomers again
    time.advance(seconds=int(answer.headers["Retry-After"]))
    charlie = replace(people.charlie, access=log_in(api, people.charlie.contact)["access"])
    assert add(charlie, other["id"], NEWCOMER + 2).status == 201


def _refuse(write: Any) -> Any:
    def refuse_accounts(**operations: Any) -> None:
        if "owner" in operations:
            raise Refused({"clinic"})
        write(**operations)

    return refuse_accounts


def test_a_contact_without_account_needs_a_name(api: Api, people: People, path: str) -> None:
    body = {"contact": NEWCOMER, "member_role": "doctor"}
    answer = api.post(f"{path}/members/", body, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, ["name"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"contact": 12345}, "contact"),
        ({"contact": None}, "contact"),
        ({"member_role": "owner"}, "member_role"),
        ({"name": "ज" * 101}, "name"),
        ({"joined_at": "25-02-2026"}, "joined_at"),
        ({"joined_at": "2026-02-30"}, "joined_at"),
        ({"department": "x" * 101}, "department"),
        ({"notes": "x" * 2001}, "notes"),
    ],
)
def test_bad_input_is_400(api: Api, people: People, path: str, wrong: dict[str, Any], field: str) -> None:
    body = {"contact": NEWCOMER, "member_role": "doctor", "name": "Dr. Yadav", **wrong}
    answer = api.post(f"{path}/members/", body, token=people.charlie.access)
    assert (answer.status, answer.fields) == (400, [field])


def test_contact_may_come_as_text(people: People, clinic: Any, add: Add) -> None:
    assert add(people.charlie, clinic["id"], contact=str(NEWCOMER)).status == 201


def test_owners_administrators_and_oneself_are_409(
    people: People, edith: Person, clinic: Any, add: Add, time: FakeClock
) -> None:
    superuser.create(contact=9999999999, name="Root", password=PASSWORD, now=time.now)
    for contact in (people.charlie.contact, edith.contact, 9999999999):
        answer = add(people.charlie, clinic["id"], contact)
        assert (answer.status, list(answer.json)) == (409, ["message"])


def test_deactivated_people_are_409(people: People, clinic: Any, add: Add) -> None:
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert add(people.charlie, clinic["id"], people.alice.contact).status == 409


def test_a_patient_is_only_invited(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    # GIVEN Alice, a patient
    before = api.get("/api/users/me/", token=people.alice.access).json
    # WHEN a clinic adds her under another name
    answer = add(people.charlie, clinic["id"], people.alice.contact, name="Somebody Else")
    # THEN she is asked, and nothing of hers has changed
    assert (answer.status, answer.json["status"]) == (201, "pending")
    assert answer.json["_info"] == (
        f"An SMS with a link to accept or decline the invitation has been sent to {people.alice.contact}."
    )
    assert api.get("/api/users/me/", token=people.alice.access).json == before
    assert log_in(api, people.alice.contact)
    assert api.get(f"{path}/").json["staff_count"] == 0


def test_staff_who_work_nowhere_are_active_at_once(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, path: str, add: Add
) -> None:
    member = add(people.charlie, clinic["id"]).json
    api.delete(f"{path}/members/{member['id']}/", token=people.charlie.access)
    answer = add(edith, elsewhere["id"], name=None)
    assert (answer.status, answer.json["status"], answer.json["user"]["name"]) == (201, "active", "Dr. Suresh Yadav")


def test_staff_who_work_elsewhere_are_only_invited(
    people: People, edith: Person, clinic: Any, elsewhere: Any, add: Add
) -> None:
    add(people.charlie, clinic["id"], role="receptionist")
    answer = add(edith, elsewhere["id"], role="receptionist")
    assert (answer.status, answer.json["status"]) == (201, "pending")


@pytest.mark.parametrize("role", ["doctor", "receptionist"])
def test_a_doctor_of_another_clinic_is_409(
    people: People, edith: Person, clinic: Any, elsewhere: Any, add: Add, role: str
) -> None:
    add(edith, elsewhere["id"])
    answer = add(people.charlie, clinic["id"], role=role)
    assert (answer.status, answer.json["message"]) == (
        409,
        'This doctor is already an active member of "Apollo Clinic". A doctor can only belong to one clinic at a time.',
    )


def test_an_active_member_is_409(people: People, clinic: Any, add: Add) -> None:
    add(people.charlie, clinic["id"])
    assert add(people.charlie, clinic["id"]).status == 409


def test_an_invited_person_is_409(people: People, clinic: Any, add: Add) -> None:
    add(people.charlie, clinic["id"], people.alice.contact)
    assert add(people.charlie, clinic["id"], people.alice.contact).status == 409


def test_a_removed_member_is_added_again_with_200(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    first = add(people.charlie, clinic["id"]).json
    api.delete(f"{path}/members/{first['id']}/", token=people.charlie.access)
    again = add(people.charlie, clinic["id"], role="lab_member")
    assert (again.status, again.json["id"], again.json["status"]) == (200, first["id"], "active")
    assert (again.json["left_at"], again.json["user"]["roles"]["name"]) == (None, "IS_LAB_MEMBER")
    assert "_info" not in again.json


def test_somebody_elses_clinic_is_403(
    api: Api, people: People, edith: Person, clinic: Any, path: str, add: Add
) -> None:
    assert add(edith, clinic["id"]).status == 403
    assert add(people.alice, clinic["id"]).status == 403
    assert api.post(f"{path}/members/", {}).status == 401


def test_unknown_clinic_is_404(people: People, add: Add) -> None:
    assert add(people.charlie, str(uuid4())).status == 404


def test_a_retry_with_its_idempotency_key_sends_one_sms(api: Api, people: People, path: str) -> None:
    body = {"contact": NEWCOMER, "name": "Dr. Yadav", "member_role": "doctor"}
    first, again = (
        api.post(f"{path}/members/", body, token=people.charlie.access, headers={"Idempotency-Key": "1"})
        for _ in range(2)
    )
    assert (first.status, first.json) == (again.status, again.json)
    assert len(sms_to(NEWCOMER)) == 1


def test_a_temporary_password_dies_after_seven_days(
    api: Api, people: People, clinic: Any, add: Add, time: FakeClock
) -> None:
    add(people.charlie, clinic["id"])
    login = {"contact": NEWCOMER, "password": password_sent_to(NEWCOMER)}
    time.advance(seconds=staff_accounts.LIFETIME.total_seconds())
    assert api.post("/api/users/login/", login).status == 401

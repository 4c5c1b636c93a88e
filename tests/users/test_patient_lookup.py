"""GET /api/users/patient/lookup/"""

import pytest
from quickcare.accounts import limits
from quickcare.db import table
from quickcare.db.items import Clinic, Membership, User
from quickcare.db.operations import Update
from quickcare.roles import Role

from tests import faults
from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People, employ, log_in

PATH = "/api/users/patient/lookup/"


@pytest.mark.parametrize("person", ["dora", "lata"])
def test_doctors_and_lab_members_find_patients(api: Api, people: People, person: str) -> None:
    body = {"gender": "female", "age": 28, "blood_group": "B+", "email": "alice@example.com"}
    api.put("/api/users/me/", body, people.alice.access)
    answer = api.get(f"{PATH}?contact={people.alice.contact}", getattr(people, person).access)
    assert (answer.status, answer.json) == (
        200,
        {
            "id": people.alice.id,
            "name": "Alice Rao",
            "contact": people.alice.contact,
            "gender": "female",
            "age": 28,
            "blood_group": "B+",
        },
    )


@pytest.mark.parametrize("person", ["alice", "charlie"])
def test_other_roles_are_403(api: Api, people: People, person: str) -> None:
    assert api.get(f"{PATH}?contact={people.alice.contact}", getattr(people, person).access).status == 403


def test_receptionists_are_403(api: Api, people: People) -> None:
    receptionist = employ(api, "Rita Sen", 9876500077, Role.RECEPTIONIST)
    assert api.get(f"{PATH}?contact={people.alice.contact}", receptionist.access).status == 403


@pytest.mark.parametrize("status", ["inactive", "pending"])
def test_staff_without_an_active_membership_are_403(api: Api, people: People, status: str) -> None:
    token = people.dora.access
    (membership,) = faults.items(kind="Membership")
    key = Membership.key(people.dora.id, membership["clinic_id"])
    table.write(membership=Update(key, [Membership.status.set(status)]))
    assert api.get(f"{PATH}?contact={people.alice.contact}", token).status == 403


def test_staff_of_a_closed_clinic_are_403(api: Api, people: People) -> None:
    token = people.dora.access
    (clinic,) = faults.items(kind="Clinic")
    table.write(clinic=Update(Clinic.key(clinic["id"]), [Clinic.is_active.set(False)]))
    assert api.get(f"{PATH}?contact={people.alice.contact}", token).status == 403


def test_lookups_are_limited_for_a_day(
    api: Api, people: People, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a lab member who has used up today's limit on lookups; those that found nobody count as well
    monkeypatch.setattr(limits, "LOOKUPS", limits.LOOKUPS._replace(most=3))
    contacts = [people.alice.contact, 9999999999, people.bob.contact]
    assert [api.get(f"{PATH}?contact={contact}", people.lata.access).status for contact in contacts] == [200, 404, 200]
    # WHEN they go on
    answer = api.get(f"{PATH}?contact={people.alice.contact}", people.lata.access)
    # THEN they have to wait for the next day, and other staff need not
    assert answer.status == 429
    assert api.get(f"{PATH}?contact={people.alice.contact}", people.dora.access).status == 200
    time.advance(seconds=int(answer.headers["Retry-After"]))
    token = log_in(api, people.lata.contact)["access"]
    assert api.get(f"{PATH}?contact={people.alice.contact}", token).status == 200


def test_an_unknown_contact_is_404(api: Api, people: People) -> None:
    answer = api.get(f"{PATH}?contact=9999999999", people.dora.access)
    assert (answer.status, list(answer.json)) == (404, ["message"])


@pytest.mark.parametrize("person", ["charlie", "lata", "dora"])
def test_people_who_are_no_patients_are_404(api: Api, people: People, person: str) -> None:
    assert api.get(f"{PATH}?contact={getattr(people, person).contact}", people.dora.access).status == 404


def test_a_deactivated_patient_is_404(api: Api, people: People) -> None:
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert api.get(f"{PATH}?contact={people.alice.contact}", people.dora.access).status == 404


@pytest.mark.parametrize("query", ["", "?contact=", "?contact=abc", "?contact=+449876500001"])
def test_a_bad_contact_is_400(api: Api, people: People, query: str) -> None:
    answer = api.get(PATH + query, people.dora.access)
    assert (answer.status, answer.fields) == (400, ["contact"])


def test_without_a_token_it_is_401(api: Api) -> None:
    assert api.get(f"{PATH}?contact=9876500001").status == 401

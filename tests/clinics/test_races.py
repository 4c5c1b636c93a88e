"""What many requests at once must not break, on AWS's DynamoDB Local."""

from typing import Any

import pytest
from quickcare.accounts import limits
from quickcare.clinic import staff
from quickcare.db import table
from quickcare.db.items import Clinic, Doctor, User

from tests import leftovers
from tests.api import Api
from tests.clinics.at_once import accept, add, change, close, outcomes, remove, statuses
from tests.people import People, Person
from tests.thorough import times

pytestmark = pytest.mark.usefixtures("real_dynamodb")
ROUNDS = times(15, 100)
FIRST = 7000000000


def active_clinics(user_id: str) -> list[str]:
    return [membership.clinic_id for membership in staff.memberships(user_id) if membership.status == "active"]


def workplace_of(user_id: str) -> str | None:
    """The one clinic where the doctor works, as the doctor's profile says."""
    user = table.fetch(User.key(user_id))
    assert user is not None
    doctor = table.fetch(Doctor.key(int(user.doctor_id or 0)))
    assert doctor is not None
    return doctor.clinic_id


def counts(clinic_id: str) -> tuple[int, int]:
    """Doctors and staff."""
    clinic = table.fetch(Clinic.key(clinic_id))
    assert clinic is not None
    return int(clinic.doctor_count), int(clinic.staff_count)


def test_two_clinics_adding_one_new_doctor_at_once(people: People, edith: Person, clinic: Any, elsewhere: Any) -> None:
    # GIVEN two owners and doctors without accounts
    charlie = people.charlie
    for contact in range(FIRST, FIRST + ROUNDS):
        # WHEN both add the same one at the same instant
        answers = outcomes(add(charlie, clinic["id"], contact), add(edith, elsewhere["id"], contact))
        # THEN one has them, and the other is told where they are
        won, lost = sorted(answers, key=lambda answer: answer.status)
        assert (won.status, lost.status) == (201, 409)
        assert won.member is not None
        assert lost.message.startswith(f'This doctor is already an active member of "{won.member.clinic.name}".')
        user_id = won.member.user.id
        assert active_clinics(user_id) == [workplace_of(user_id)] == [won.member.clinic.id]
    # AND every one is counted once
    both = counts(clinic["id"]), counts(elsewhere["id"])
    assert sum(doctors for doctors, _ in both) == sum(staff for _, staff in both) == ROUNDS


def test_an_owner_adding_many_newcomers_at_once(people: People, clinic: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN an owner who may make 15 more accounts today
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=15))
    # WHEN they add 20 newcomers at once
    newcomers = range(FIRST, FIRST + 20)
    found = statuses(*(add(people.charlie, clinic["id"], contact) for contact in newcomers))
    # THEN exactly these are added
    assert found == [201] * 15 + [429] * 5
    assert counts(clinic["id"]) == (15, 15)


def test_two_clinics_fighting_for_one_known_doctor(people: People, edith: Person, clinic: Any, elsewhere: Any) -> None:
    # GIVEN a doctor whom both clinics had and removed
    here, there = (people.charlie, clinic["id"]), (edith, elsewhere["id"])
    members = {}
    for owner, clinic_id in (here, there):
        (added,) = outcomes(add(owner, clinic_id, FIRST))
        assert added.member is not None
        members[clinic_id], user_id = (owner, clinic_id, added.member.membership.id), added.member.user.id
        assert statuses(remove(*members[clinic_id])) == [200]
    for _ in range(times(5, 20)):
        # WHEN they want the doctor back at once, by PUT of the status, of status and role, and by adding again
        found = statuses(
            change(*members[clinic["id"]], status="active"),
            change(*members[elsewhere["id"]], status="active", member_role="doctor"),
            add(*here, FIRST),
            add(*there, FIRST),
        )
        # THEN one clinic has them
        assert set(found) == {200, 409}
        (winner,) = active_clinics(user_id)
        assert workplace_of(user_id) == winner
        assert statuses(remove(*members[winner])) == [200]
    assert [counts(clinic["id"]), counts(elsewhere["id"])] == [(0, 0), (0, 0)]


def test_accepting_two_invitations_at_once(people: People, edith: Person, clinic: Any, elsewhere: Any) -> None:
    # GIVEN Alice, whom two clinics want as a doctor
    alice, ids = people.alice, []
    for owner, clinic_id in ((people.charlie, clinic["id"]), (edith, elsewhere["id"])):
        (invited,) = outcomes(add(owner, clinic_id, alice.contact))
        assert invited.member is not None
        ids.append(invited.member.membership.id)
    # WHEN she accepts both, three times each, at once
    found = statuses(*(accept(alice, member_id) for member_id in ids * 3))
    # THEN she works in one
    assert found.count(200) == 1
    assert set(found) <= {200, 400, 409}
    assert active_clinics(alice.id) == [workplace_of(alice.id)]


def test_two_roles_at_once_leave_one(people: People, edith: Person, clinic: Any, elsewhere: Any) -> None:
    # GIVEN a receptionist who left
    (added,) = outcomes(add(people.charlie, clinic["id"], FIRST, "receptionist"))
    assert added.member is not None
    assert statuses(remove(people.charlie, clinic["id"], added.member.membership.id)) == [200]
    # WHEN two clinics want them in different roles at once
    found = outcomes(
        add(people.charlie, clinic["id"], FIRST, "receptionist"), add(edith, elsewhere["id"], FIRST, "lab_member")
    )
    # THEN one has them, and the other has invited them
    assert sorted(one.member.membership.status for one in found if one.member) == ["active", "pending"]
    assert len(active_clinics(added.member.user.id)) == 1


def test_removing_at_once_counts_once(people: People, clinic: Any) -> None:
    # GIVEN two members
    first, _ = outcomes(*(add(people.charlie, clinic["id"], FIRST + n) for n in range(2)))
    assert first.member is not None
    # WHEN one is removed eight times at once
    found = statuses(*[remove(people.charlie, clinic["id"], first.member.membership.id)] * 8)
    # THEN once is enough
    assert found == [200] + [400] * 7
    assert counts(clinic["id"]) == (1, 1)


def test_adding_while_the_clinic_is_deleted_leaves_nobody_behind(api: Api, people: People, clinic: Any) -> None:
    # GIVEN a clinic
    owner, clinic_id = people.charlie, clinic["id"]
    # WHEN it is deleted while six doctors are added
    found = statuses(close(owner, clinic_id), *(add(owner, clinic_id, FIRST + n) for n in range(6)))
    # THEN it ends without staff: who came after the deletion had looked is left to the worker
    assert set(found) <= {200, 201, 404}
    assert api.get(f"/api/clinics/{clinic_id}/").status == 404
    leftovers.work_off()
    assert counts(clinic_id) == (0, 0)

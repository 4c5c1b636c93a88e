"""`doctor_count` and `staff_count` against a recount, whatever happened before (a property test)."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quickcare.db import keys, table
from quickcare.db.items import Clinic, Membership, RosterEntry, User

from tests.clinics import at_once
from tests.clinics.conftest import Open
from tests.people import People, Person

PEOPLE = (0, 1, 2)
ROLES = ("doctor", "receptionist", "lab_member")

Wish = tuple[str, int, int, str]
wishes = st.tuples(
    st.sampled_from(("add", "remove", "change", "activate", "deactivate")),
    st.integers(0, 1),
    st.sampled_from(PEOPLE),
    st.sampled_from(ROLES),
)


class Clinics:
    """Two clinics, their owners, and what can be done to people whom no other clinic knows."""

    def __init__(self, owners: list[Person], clinics: list[Any], first_contact: int) -> None:
        self.owners, self.ids, self.first_contact = owners, [clinic["id"] for clinic in clinics], first_contact

    def do(self, *wishes: Wish) -> set[int]:
        """The statuses of the answers, all wishes at once."""
        calls = (self._call(*wish) for wish in wishes)
        possible = [call for call in calls if call]
        return set(at_once.statuses(*possible)) if possible else set()

    def _call(self, action: str, number: int, person: int, role: str) -> at_once.Call | None:
        owner, clinic_id, contact = self.owners[number], self.ids[number], self.first_contact + person
        if action == "add":
            return at_once.add(owner, clinic_id, contact, role)
        member_id = next((membership.id for membership, user in roster(clinic_id) if user.contact == contact), None)
        if member_id is None:
            return None
        if action == "remove":
            return at_once.remove(owner, clinic_id, member_id)
        changes = {"change": {"member_role": role}, "activate": {"status": "active"}}
        return at_once.change(owner, clinic_id, member_id, **changes.get(action, {"status": "inactive"}))

    def check_counters(self) -> None:
        """The counters equal a recount, and nobody is a doctor in two clinics."""
        doctors: list[str] = []
        for clinic_id in self.ids:
            clinic = table.fetch(Clinic.key(clinic_id))
            assert clinic is not None
            active = [membership for membership, _ in roster(clinic_id) if membership.status == "active"]
            here = [membership.user_id for membership in active if membership.member_role == "doctor"]
            assert (int(clinic.staff_count), int(clinic.doctor_count)) == (len(active), len(here))
            doctors += here
        assert len(doctors) == len(set(doctors))


def roster(clinic_id: str) -> list[tuple[Membership, User]]:
    prefix = RosterEntry.sk.startswith(keys.ROSTER_PREFIX)
    entries = table.query(RosterEntry, keys.clinic(clinic_id), prefix)
    pairs = [table.fetch(Membership.key(one.user_id, clinic_id), User.key(one.user_id)) for one in entries]
    return [(membership, user) for membership, user in pairs if membership and user]


@pytest.fixture
def new_clinics(people: People, edith: Person, open_clinic: Open) -> Callable[[], Clinics]:
    owners, contacts = [people.charlie, edith], count(7000000000, len(PEOPLE))
    return lambda: Clinics(owners, [open_clinic(owner) for owner in owners], next(contacts))


NO_PAUSE = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@NO_PAUSE
@given(history=st.lists(wishes, max_size=12))
def test_counters_are_right_after_any_history(new_clinics: Callable[[], Clinics], history: list[Wish]) -> None:
    clinics = new_clinics()
    for wish in history:
        assert clinics.do(wish) <= {200, 201, 400, 409}
        clinics.check_counters()


@pytest.mark.usefixtures("real_dynamodb")
@NO_PAUSE
@given(history=st.lists(st.lists(wishes, min_size=2, max_size=6), min_size=1, max_size=3))
def test_counters_are_right_after_any_interleaving(
    new_clinics: Callable[[], Clinics], history: list[list[Wish]]
) -> None:
    clinics = new_clinics()
    for together in history:
        assert clinics.do(*together) <= {200, 201, 400, 409}
        clinics.check_counters()

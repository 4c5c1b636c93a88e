"""A member who gets another role between the reads of their account and of their membership, which are two moments."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.items import Membership, User
from quickcare.db.operations import Update
from quickcare.roles import Role

from tests.api import Api, authorize
from tests.documents.filing import DOCUMENTS, announcement
from tests.people import People, Person
from tests.torn import Tear


def becomes(person: Person, role: Role) -> Callable[[], None]:
    """The clinic gives somebody another role, in one transaction."""

    def change() -> None:
        (place,) = staff.memberships(person.id)
        table.write(
            user=Update(User.key(person.id), [User.role_id.set(role), User.staff_version.add(1)]),
            membership=Update(
                Membership.key(person.id, place.clinic_id), [Membership.member_role.set(role.name.lower())]
            ),
        )

    return change


@pytest.mark.parametrize(("name", "role"), [("lata", Role.LAB_MEMBER), ("dora", Role.DOCTOR)])
def test_what_both_roles_may_is_not_refused(api: Api, people: People, tear: Tear, name: str, role: Role) -> None:
    # GIVEN somebody who may look up patients and file documents for them, in both roles
    person, others = getattr(people, name), {Role.LAB_MEMBER: Role.DOCTOR, Role.DOCTOR: Role.LAB_MEMBER}
    lookup, body = (
        f"/api/users/patient/lookup/?contact={people.alice.contact}",
        announcement(patient_id=people.alice.id),
    )
    known: dict[str, Any] = {"token": person.access, "identity": authorize(person.access)}
    files = partial(api.post, DOCUMENTS, body, headers={"Idempotency-Key": "one"}, **known)
    ways = {"lookup": partial(api.get, lookup, **known), "announcement": files, "the same again": files}
    answers = {}
    for way, ask in ways.items():
        # WHEN the role changes after the membership was read, and before the account is
        role = others[role]
        tear(becomes(person, role), after=keys.MEMBERSHIP_PREFIX)
        answers[way] = ask().status
        assert tear.is_done
    # THEN they may
    assert answers == {"lookup": 200, "announcement": 201, "the same again": 201}

"""The rules of clinics, called in many threads. The handlers are not: Powertools' resolver serves one event at a time,
as Lambda does."""

from collections.abc import Callable
from typing import Any

from clinics import adding, invitations, members, owning
from clinics.member import Member
from clinics.schemas.members import MemberChange, NewMember
from quickcare import clock
from quickcare.errors import AppError
from quickcare.web.identity import Caller

from tests import faults
from tests.api import authorize
from tests.people import Person

LINK_BASE = "https://api.example.com/test"


class Outcome:
    """What one call came to: the status that its route answers, and the member or the error's message."""

    def __init__(self, status: int, member: Member | None = None, message: str = "") -> None:
        self.status, self.member, self.message = status, member, message


Call = Callable[[], Outcome]


def outcomes(*calls: Call) -> list[Outcome]:
    """All calls begin together."""
    found = faults.at_once(len(calls), lambda number: calls[number]())
    broken = [one for one in found if isinstance(one, Exception)]
    assert not broken, broken
    return [one for one in found if isinstance(one, Outcome)]


def statuses(*calls: Call) -> list[int]:
    """Sorted."""
    return sorted(outcome.status for outcome in outcomes(*calls))


def add(owner: Person, clinic_id: str, contact: int, role: str = "doctor") -> Call:
    body = NewMember.model_validate({"contact": contact, "name": "Dr. Yadav", "member_role": role})
    return _call(lambda: adding.add(clinic_id, owner.id, body, LINK_BASE, clock.now()))


def change(owner: Person, clinic_id: str, member_id: str, **changes: str) -> Call:
    body = MemberChange.model_validate(changes)
    return _call(lambda: members.change(clinic_id, member_id, owner.id, body, LINK_BASE, clock.now())[0])


def remove(owner: Person, clinic_id: str, member_id: str) -> Call:
    return _call(lambda: members.remove(clinic_id, member_id, owner.id, clock.now()))


def accept(person: Person, member_id: str) -> Call:
    identity = authorize(person.access)
    assert identity
    caller = Caller(identity["user_id"], identity["session_id"], "203.0.113.7")
    return _call(lambda: invitations.accept(caller, member_id, clock.now())[0])


def leave(person: Person, member_id: str) -> Call:
    return _call(lambda: invitations.leave(person.id, member_id, clock.now()))


def close(owner: Person, clinic_id: str) -> Call:
    return _call(lambda: owning.close(clinic_id, owner.id, clock.now()))


def _call(act: Callable[[], Any]) -> Call:
    def run() -> Outcome:
        try:
            result = act()
        except AppError as error:
            return Outcome(error.status, message=error.message)
        if isinstance(result, Member):
            return Outcome(201 if result.is_new else 200, result)
        return Outcome(200)

    return run

"""Users: the list with its search, and one user's record with addresses, medical profile and memberships."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from quickcare import search
from quickcare.accounts import users_list
from quickcare.clinic import staff
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import (
    Address,
    Clinic,
    ContactOwner,
    CurrentAddress,
    Doctor,
    MedicalProfile,
    Membership,
    SecondFactor,
    User,
)
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.search import Candidate, Found, Query, transacted
from quickcare.web import written

from admin import audit, lists, pages
from admin.sessions import Administrator
from admin.sheets import Sheet

ORDERS, NEWEST_FIRST = {"joined", "name"}, "-joined"
SHEET = Sheet(
    {
        "Name": lambda user: user.name,
        "Contact": lambda user: int(user.contact),
        "E-mail": lambda user: user.email,
        "Role": lambda user: pages.ROLE_NAMES[user.role],
        "Active": lambda user: user.is_active,
        "Complete onboarding": lambda user: user.is_complete_onboarding,
        "Joined": lambda user: user.date_joined,
        "Id": lambda user: user.id,
    }
)
_YES_OR_NO = {"yes": True, "no": False}


class Record(NamedTuple):
    """What a user's page shows. `memberships` are the newest first, `current_address` is an id."""

    user: User
    profile: MedicalProfile | None
    addresses: Sequence[Address]
    current_address: int | None
    memberships: Sequence[tuple[Membership, Clinic]]
    doctor: Doctor | None
    has_second_factor: bool


def find(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[list[User], str | None]:
    """A page of users, and where it ended: 2 reads.

    `filters` are the fields of the search form. `q` is a whole contact, a whole e-mail address, or the beginning of a
    name. Fields that are empty or have an unknown value are ignored. The order is the one that is asked for (`ORDERS`);
    without one it is newest first, and the name when one is searched for.
    """
    text, where = filters.get("q", "").strip(), _facts(filters)
    if contact := written.contact(text):
        return _with_contact(contact, Query(where=where)), None
    if "@" in text:
        where["email"] = search.fold(text)
    elif text:
        query = Query(where=where, ranges={"name": transacted.beginning(text)}, order="name")
        found, last = search.page(users_list.USERS, query, limit, after, _load)
        return [user for user in found if transacted.begins(user.name, text)], last
    by, descending = lists.order(filters, ORDERS, NEWEST_FIRST)
    return search.page(users_list.USERS, Query(where=where, order=by, descending=descending), limit, after, _load)


def _load(candidates: Sequence[Candidate]) -> list[Found[User] | None]:
    found = table.fetch_all([User.key(candidate.id) for candidate in candidates])
    return [Found(transacted.GENERATION, users_list.entry(user), user) if user else None for user in found]


def _with_contact(contact: int, query: Query) -> list[User]:
    """The user who has this contact, when they match the query: 2 reads."""
    owner = table.fetch(ContactOwner.key(contact))
    user = table.fetch(User.key(owner.user_id)) if owner else None
    return [user] if user and query.matches(users_list.USERS, users_list.entry(user).facts, ()) else []


def _facts(filters: Mapping[str, str]) -> dict[str, Any]:
    """The facts of the users' list that must equal, from the fields of the search form."""
    where: dict[str, Any] = {
        name: _YES_OR_NO[filters[name]] for name in ("active", "complete") if filters.get(name) in _YES_OR_NO
    }
    if filters.get("role", "") in {str(role.value) for role in Role}:
        where["role"] = int(filters["role"])
    if filters.get("gender") in ("male", "female", "others"):
        where["gender"] = filters["gender"]
    return where


def record(user_id: str) -> Record:
    """A user with everything their page shows: 2 reads. Raises NotFound."""
    (addresses, memberships), (user, profile, current, factor) = table.parallel(
        lambda: table.parallel(lambda: _addresses(user_id), lambda: staff.memberships(user_id)),
        lambda: table.fetch(
            User.key(user_id), MedicalProfile.key(user_id), CurrentAddress.key(user_id), SecondFactor.key(user_id)
        ),
    )
    if user is None:
        raise NotFound("There is no such person.")
    clinics: list[Key[Any]] = [Clinic.key(membership.clinic_id) for membership in memberships]
    doctor_keys = [Doctor.key(int(user.doctor_id))] if user.doctor_id is not None else []
    found = table.fetch_all([*clinics, *doctor_keys]) if clinics or doctor_keys else []
    pairs = zip(memberships, found[: len(memberships)], strict=True)
    newest = sorted(
        ((membership, clinic) for membership, clinic in pairs if clinic),
        key=lambda pair: pair[0].created_at,
        reverse=True,
    )
    current_address = int(current.address_id) if current else None
    doctor = found[-1] if doctor_keys else None
    return Record(user, profile, addresses, current_address, newest, doctor, factor is not None)


def _addresses(user_id: str) -> list[Address]:
    """The user's addresses, newest first: 1 read."""
    prefix = Address.sk.startswith(keys.ADDRESS_PREFIX)
    return table.query(Address, keys.user(user_id), prefix, newest_first=True)


def note_opened(action: str, administrator: Administrator, user: User, now: datetime) -> None:
    """Write into the audit trail that a user's record, documents or sessions are about to be shown: 1 write."""
    table.write(**audit.entry(administrator, action, now, target=path(user), target_name=user.name))


def path(user: User) -> str:
    """The panel's path of a user's page."""
    return f"users/{user.id}"

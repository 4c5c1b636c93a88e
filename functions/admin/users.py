"""Users: the list with its search, and one user's record with addresses, medical profile and memberships."""

from collections.abc import Callable, Mapping, Sequence
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
from quickcare.search import Candidate, Count, Entry, Found, Query, transacted
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


def count(filters: Mapping[str, str]) -> Callable[[], Count | None]:
    """Begin to count the users who pass the filters; without a count for a search, and for filters without a list."""
    if filters.get("q", "").strip():
        return lambda: None
    return search.counting(users_list.USERS, Query(where=_facts(filters), order="joined"), lists.MOST_COUNTED)


def find(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[list[User], str | None]:
    """A page of users, and where it ended: 2 reads.

    `filters` are the fields of the search form. `q` is searched by `_asked`. Fields that are empty or have an unknown
    value are ignored. The order is the one that is asked for (`ORDERS`), without one newest first. Of a search with
    filters a page has all that pass them among the next hundred that are found.
    """
    text, query = filters.get("q", "").strip(), Query(where=_facts(filters))
    if contact := written.contact(text):
        return _passing([_with_contact(contact)], query), None
    if text:
        found, last = search.page(
            users_list.SEARCH, _asked(filters.get("by", ""), text), 100 if query.where else limit, after, _load_found
        )
        return _passing(found, query), last
    by, descending = lists.order(filters, ORDERS, NEWEST_FIRST)
    ordered = Query(where=query.where, order=by, descending=descending)
    return search.page(users_list.USERS, ordered, limit, after, _load)


def _asked(by: str, text: str) -> Query:
    """What the search is asked: the end of a number, the beginning of an e-mail address, or parts of a name.

    `by` is `contact`, `email` or `name`; otherwise digits are a number, and what has an `@` is an address.
    """
    digits = "".join(one for one in written.plain_number(text) if one not in " -+")
    if by == "contact" or (by not in ("name", "email") and digits.isascii() and digits.isdigit()):
        return Query(ranges={"contact": transacted.beginning(users_list.backwards(digits))}, order="contact")
    if by == "email" or (by != "name" and "@" in text):
        return Query(ranges={"email": transacted.beginning(transacted.spelled(text))}, order="email")
    return Query(text=search.wanted(text))


def _passing(users: Sequence[User | None], query: Query) -> list[User]:
    """The users who pass the filters."""
    return [user for user in users if user and query.matches(users_list.USERS, users_list.entry(user).facts, ())]


def _load(candidates: Sequence[Candidate]) -> list[Found[User] | None]:
    return _found(candidates, users_list.entry)


def _load_found(candidates: Sequence[Candidate]) -> list[Found[User] | None]:
    return _found(candidates, users_list.searched)


def _found(candidates: Sequence[Candidate], entry: Callable[[User], Entry]) -> list[Found[User] | None]:
    users = table.fetch_all([User.key(candidate.id) for candidate in candidates])
    return [Found(transacted.GENERATION, entry(user), user) if user else None for user in users]


def _with_contact(contact: int) -> User | None:
    """The user who has this contact: 2 reads."""
    owner = table.fetch(ContactOwner.key(contact))
    return table.fetch(User.key(owner.user_id)) if owner else None


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

"""Clinics: the list of all of them, a clinic's roster, and taking a clinic out of public view."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from quickcare import clock, ids, search
from quickcare.clinic import clinic_change, clinics_list, doctors_list
from quickcare.clinic.clinic_change import ClinicChange
from quickcare.db import keys, operations, table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, Membership, RosterEntry, User
from quickcare.db.operations import Refused, Update
from quickcare.db.table import decide_again
from quickcare.errors import Conflict, NotFound
from quickcare.search import Candidate, Count, Found, Query, transacted

from admin import audit, lists
from admin.sessions import Administrator
from admin.sheets import Sheet, words


class Member(NamedTuple):
    """A person and their membership in the clinic of a roster."""

    user: User
    membership: Membership


class Roster(NamedTuple):
    """A clinic with a page of its members, newest first."""

    clinic: Clinic
    owner: User | None
    members: Sequence[Member]


ClinicWithOwner = tuple[Clinic, User | None]

ORDERS, NEWEST_FIRST = {"created", "name"}, "-created"
SHEET = Sheet(
    {
        "Name": lambda row: row[0].name,
        "City": lambda row: row[0].city,
        "Type": lambda row: words(row[0].clinic_type),
        "Owner": lambda row: row[1].name if row[1] else None,
        "Members": lambda row: int(row[0].staff_count),
        "Doctors": lambda row: int(row[0].doctor_count),
        "Active": lambda row: row[0].is_active,
        "Verified": lambda row: bool(row[0].is_verified),
        "Created": lambda row: row[0].created_at,
        "Id": lambda row: row[0].id,
    }
)
ROSTER_SHEET = Sheet(
    {
        "Name": lambda member: member.user.name,
        "Contact": lambda member: int(member.user.contact),
        "Role": lambda member: words(member.membership.member_role),
        "Status": lambda member: words(member.membership.status),
        "Department": lambda member: member.membership.department,
        "Added": lambda member: member.membership.created_at,
    },
    rows=lambda shown: shown.members,
    about=lambda shown: (f"clinics/{shown.clinic.id}", shown.clinic.name),
)


def count(filters: Mapping[str, str]) -> Callable[[], Count | None]:
    """Begin to count the clinics that pass the filters; without a count for a search, and for both filters at once."""
    if filters.get("q", "").strip():
        return lambda: None
    return search.counting(clinics_list.REGISTER, Query(where=_facts(filters), order="created"), lists.MOST_COUNTED)


def _facts(filters: Mapping[str, str]) -> dict[str, bool]:
    return {name: filters[name] == "yes" for name in ("verified", "active") if filters.get(name) in ("yes", "no")}


def find(filters: Mapping[str, str], limit: int, after: str | None) -> tuple[list[ClinicWithOwner], str | None]:
    """A page of all clinics with their owners, and where it ended: 2 reads.

    `filters` are the fields of the search form: `q` are beginnings of words of the name or the city, `active` and
    `verified` are `yes` or `no`; other values are ignored. The order is the one that is asked for (`ORDERS`), without
    one newest first. What is searched for comes in the order of the words.
    """
    where = _facts(filters)
    if text := filters.get("q", "").strip():
        return search.page(clinics_list.REGISTER, Query(where=where, text=search.wanted(text)), limit, after, _load)
    by, descending = lists.order(filters, ORDERS, NEWEST_FIRST)
    query = Query(where=where, order=by, descending=descending)
    return search.page(clinics_list.REGISTER, query, limit, after, _load)


def _load(candidates: Sequence[Candidate]) -> list[Found[ClinicWithOwner] | None]:
    clinics: list[Key[Any]] = [Clinic.key(candidate.id) for candidate in candidates]
    owners = [User.key(candidate.facts["owner"]) for candidate in candidates]
    found = table.fetch_all([*clinics, *owners])
    pairs = zip(found[: len(candidates)], found[len(candidates) :], strict=True)
    return [
        Found(transacted.GENERATION, clinics_list.register_entry(clinic), (clinic, owner)) if clinic else None
        for clinic, owner in pairs
    ]


def roster(clinic_id: str, limit: int, after: str | None) -> tuple[Roster, str | None]:
    """A clinic with a page of its members, and where the page ended: 2 reads. Raises NotFound."""
    clinic, entries = _roster_entries(clinic_id)
    positions = [f"{clock.sortable(entry.created_at)}#{entry.sk}" for entry in entries]
    following = [n for n, position in enumerate(positions) if after is None or position < after]
    shown = following[:limit]
    members, owner = _members(clinic, [entries[n] for n in shown])
    return Roster(clinic, owner, members), positions[shown[-1]] if len(following) > limit else None


def _roster_entries(clinic_id: str) -> tuple[Clinic, list[RosterEntry]]:
    """A clinic and the pointers to all its memberships, newest first: 1 read. Raises NotFound."""
    prefix = RosterEntry.sk.startswith(keys.ROSTER_PREFIX)
    entries, clinic = table.parallel(
        lambda: table.query(RosterEntry, keys.clinic(clinic_id), prefix), lambda: _clinic(clinic_id)
    )
    return clinic, sorted(entries, key=lambda entry: (entry.created_at, entry.sk), reverse=True)


def _members(clinic: Clinic, entries: Sequence[RosterEntry]) -> tuple[list[Member], User | None]:
    """The members to whom these pointers of the roster lead, and the clinic's owner: 1 read."""
    memberships: list[Key[Any]] = [Membership.key(entry.user_id, clinic.id) for entry in entries]
    users = [User.key(entry.user_id) for entry in entries]
    found = table.fetch_all([*memberships, *users, User.key(clinic.owner_id)])
    pairs = zip(found[len(entries) : -1], found[: len(entries)], strict=True)
    return [Member(user, membership) for user, membership in pairs if user and membership], found[-1]


def set_active(administrator: Administrator, clinic_id: str, is_active: bool, now: datetime) -> None:
    """Take a clinic out of public view, or put it back. Its memberships stay as they are. Raises NotFound.

    Its doctors leave or join the public list after the write. When a crash prevents that, the same call again, or a
    change by the owner, makes up for it.
    """
    doctors_list.relist(_with_state(administrator, clinic_id, is_active, now), now)


@decide_again
def _with_state(administrator: Administrator, clinic_id: str, is_active: bool, now: datetime) -> Clinic:
    """The clinic, after its state was written if it was the other one."""
    clinic = _clinic(clinic_id)
    if clinic.is_active != is_active:
        # Its owner may have deleted the clinic and so taken it out of the directory: it gets new rows.
        generation = clinics_list.publish(clinic, now) if is_active else clinic.directory_id
        _write_state(administrator, clinic, is_active, generation, now)
    return clinic


def _write_state(
    administrator: Administrator, clinic: Clinic, is_active: bool, generation: str | None, now: datetime
) -> None:
    """Write the state and the generation of the directory rows, and remove the rows of the other generation."""
    before = clinic.directory_id
    clinic.relisting = ids.new_uuid()
    changes: dict[str, Any] = {"is_active": is_active, "relisting": clinic.relisting, "directory_id": generation}
    if is_active:
        changes["deleted_at"] = None
    seen = clinics_list.unchanged(clinic) & operations.unchanged(clinic, "directory_id")
    action = "activated_clinic" if is_active else "deactivated_clinic"
    try:
        administrator.write(
            clinic=Update(Clinic.key(clinic.id), operations.setting(Clinic, changes), seen),
            **clinics_list.reregistered(clinic, {"is_active": is_active}),
            **audit.entry(administrator, action, now, target=f"clinics/{clinic.id}", target_name=clinic.name),
        )
    except Refused:
        if generation != before:
            clinics_list.retire(clinic.id, generation, now, current=before)
        raise
    if generation != before:
        clinics_list.retire(clinic.id, before, now, current=generation)


def change(administrator: Administrator, clinic_id: str, body: ClinicChange, now: datetime) -> bool:
    """Change a clinic by the rules of the API; its doctors' directory rows follow a new city. Returns False when all is
    so already.

    Raises NotFound, Conflict for a clinic that is not active.
    """
    clinic, changed = _changed(administrator, clinic_id, body, now)
    if clinic.relisting:
        doctors_list.relist(clinic, now)
    return changed


@decide_again
def _changed(administrator: Administrator, clinic_id: str, body: ClinicChange, now: datetime) -> tuple[Clinic, bool]:
    clinic = _clinic(clinic_id)
    if not clinic.is_active:
        raise Conflict(f"{clinic.name} is not active. Activate it first.")
    changes = {name: value for name, value in body.attributes().items() if getattr(clinic, name) != value}
    if not changes:
        return clinic, False
    detail = ", ".join(name.replace("_", " ") for name in changes)
    target = f"clinics/{clinic.id}"
    trail = audit.entry(administrator, "changed_clinic", now, target=target, target_name=clinic.name, detail=detail)
    clinic_change.change(clinic, changes, now, administrator.write, **trail)
    return clinic, True


@decide_again
def verify(administrator: Administrator, clinic_id: str, is_verified: bool, now: datetime) -> None:
    """Say that a clinic was checked, or take that back: 1 read, 1 write. Raises NotFound.

    The public directory's rows stay as they are, because every list checks the clinic's item when it is read.
    """
    clinic = _clinic(clinic_id)
    if clinic.is_verified == is_verified:
        return
    as_read = clinics_list.unchanged(clinic)
    action = "verified_clinic" if is_verified else "unverified_clinic"
    administrator.write(
        clinic=Update(Clinic.key(clinic_id), [Clinic.is_verified.set(is_verified)], as_read),
        **clinics_list.reregistered(clinic, {"is_verified": is_verified}),
        **audit.entry(administrator, action, now, target=f"clinics/{clinic.id}", target_name=clinic.name),
    )


def _clinic(clinic_id: str) -> Clinic:
    """A clinic, open or not: 1 read. Raises NotFound."""
    clinic = table.fetch(Clinic.key(clinic_id))
    if clinic is None:
        raise NotFound("There is no such clinic.")
    return clinic

"""The lists of clinics: the public directory of open clinics, and the administrators' register of all clinics.

The rows of the register are written in the transaction that changes the clinic (`quickcare.search.transacted`). The
public rows are written before it and deleted after it (`quickcare.search`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare import clock, search
from quickcare.db import keys, operations, table
from quickcare.db.items import Clinic
from quickcare.db.operations import Operation, Refused, Update
from quickcare.db.table import decide_again
from quickcare.errors import Conflict
from quickcare.search import Directory, Entry, transacted
from quickcare.search.words import whole

CLINICS = Directory(
    kind="CLINIC",
    filter_sets=(("city", "type"), ("city",), ("type",), ()),
    orders={"name": lambda facts: str(facts["name"])},
)
# The attributes of a clinic that the public directory knows.
LISTED = {"name", "city", "clinic_type"}

REGISTER = Directory(
    kind="CLINIC-REGISTER",
    filter_sets=(("verified",), ("active",), ()),
    orders={"created": lambda facts: str(facts["created"]), "name": lambda facts: str(facts["name"])},
    at_once=True,
    endings=whole,
    shards=keys.LIST_SHARDS,
)
_REGISTERED = ("name", "city", "is_active")


def entry(clinic: Clinic) -> Entry:
    """The entry of a clinic in the public directory."""
    facts = {
        "name": transacted.name(clinic.name),
        "city": search.fold(clinic.city or "") or None,
        "type": clinic.clinic_type,
        "owner": clinic.owner_id,
    }
    return Entry(clinic.id, facts, search.words(clinic.name, clinic.city, clinic.clinic_type))


def publish(clinic: Clinic, now: datetime) -> str:
    """Write a clinic's public rows: 2 writes. They count when the clinic's `directory_id` is what this returns."""
    return search.publish(CLINICS, entry(clinic), now)


def retire(clinic_id: str, old: str | None, now: datetime, *, current: str | None = None) -> None:
    """Delete the public rows of the generation `old`. `current` is the one that the clinic has now."""
    search.retire(CLINICS, clinic_id, old, now, current=current)


def refresh(clinic_id: str, now: datetime) -> bool:
    """Bring the public rows of an open clinic up to date: 2 reads. A closed clinic gets its rows when it is opened.

    Returns False when the clinic was changed by others all the time.
    """
    try:
        _refresh(clinic_id, now)
    except Conflict:
        return False
    return True


@decide_again
def _refresh(clinic_id: str, now: datetime) -> None:
    clinic = table.fetch(Clinic.key(clinic_id))
    if clinic is None or not clinic.is_active:
        return
    before = clinic.directory_id
    if before is not None and search.says(CLINICS, entry(clinic), before):
        return
    after = publish(clinic, now)
    as_read = operations.unchanged(clinic, "directory_id", "is_active", *sorted(LISTED))
    try:
        table.write(clinic=Update(Clinic.key(clinic_id), [Clinic.directory_id.set(after)], as_read))
    except (Refused, Conflict):
        retire(clinic_id, after, now, current=before)
        raise
    retire(clinic_id, before, now, current=after)


def register_entry(clinic: Clinic, changes: Mapping[str, Any] | None = None) -> Entry:
    """The entry of a clinic in the register, after these attributes have changed."""
    now = {name: getattr(clinic, name) for name in (*_REGISTERED, "is_verified")} | dict(changes or {})
    facts = {
        "created": clock.sortable(clinic.created_at),
        "name": transacted.name(now["name"]),
        "active": bool(now["is_active"]),
        "verified": bool(now["is_verified"]),
        "owner": clinic.owner_id,
    }
    shards = int(clinic.list_shards or search.SHARDS_BEFORE)
    return Entry(clinic.id, facts, search.words(now["name"], now["city"]), shards)


def registered(clinic: Clinic) -> dict[str, Operation]:
    """The register's operations, for the transaction that creates the clinic."""
    return transacted.change(REGISTER, None, register_entry(clinic))


def reregistered(clinic: Clinic, changes: Mapping[str, Any]) -> dict[str, Operation]:
    """The register's operations, for the transaction that changes these attributes of a clinic as it was read.

    Often there are none. The update of the clinic must have the condition `unchanged(clinic)`.
    """
    return transacted.change(REGISTER, register_entry(clinic), register_entry(clinic, changes))


def unchanged(clinic: Clinic) -> Condition:
    """The condition that no attribute that the register shows has changed since the clinic was read."""
    # Clinics from before verification lack the attribute.
    is_verified = bool(clinic.is_verified)
    verified: Condition = Clinic.is_verified == is_verified
    if not is_verified:
        verified |= Clinic.is_verified.does_not_exist()
    same: Condition = operations.unchanged(clinic, *_REGISTERED) & verified
    return same

"""Clinics in lists: the public directory of the open ones by name, and the administrators' register of all of them.

The register's rows change in the transaction that changes the clinic, the public ones around it (see `directory`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare import clock, search
from quickcare.db import operations, table
from quickcare.db.items import Clinic
from quickcare.db.operations import Operation, Refused, Update
from quickcare.errors import AppError
from quickcare.search import Directory, Entry, transacted

CLINICS = Directory(
    kind="CLINIC",
    filter_sets=(("city", "type"), ("city",), ("type",), ()),
    orders={"name": lambda facts: str(facts["name"])},
)
LISTED = {"name", "city", "clinic_type"}
_ATTEMPTS = 5

REGISTER = Directory(
    kind="CLINIC-REGISTER",
    filter_sets=(("active",), ()),
    orders={"created": lambda facts: str(facts["created"]), "name": lambda facts: str(facts["name"])},
)
_REGISTERED = ("name", "is_active")


def entry(clinic: Clinic) -> Entry:
    """What the public directory says of a clinic."""
    facts = {
        "name": transacted.name(clinic.name),
        "city": search.fold(clinic.city or "") or None,
        "type": clinic.clinic_type,
        "owner": clinic.owner_id,
    }
    return Entry(clinic.id, facts, search.words(clinic.name, clinic.city, clinic.clinic_type))


def publish(clinic: Clinic, now: datetime) -> str:
    """Write a clinic's public rows, which count once the clinic carries what this returns as its `directory_id`."""
    return search.publish(CLINICS, entry(clinic), now)


def retire(clinic_id: str, old: str | None, now: datetime, *, current: str | None = None) -> None:
    """Remove public rows that the clinic does not carry (any more)."""
    search.retire(CLINICS, clinic_id, old, now, current=current)


def refresh(clinic_id: str, now: datetime) -> bool:
    """Make the public rows of an open clinic say what it says; a closed one gets its rows when it is opened. 2 reads.

    Whether they do; a clinic that is changed by others all the time may be left out.
    """
    return any(_refreshed(clinic_id, now) for _ in range(_ATTEMPTS))


def _refreshed(clinic_id: str, now: datetime) -> bool:
    clinic = table.fetch(Clinic.key(clinic_id))
    if clinic is None or not clinic.is_active:
        return True
    before = clinic.directory_id
    if before is not None and search.says(CLINICS, entry(clinic), before):
        return True
    after = publish(clinic, now)
    as_read = operations.unchanged(clinic, "directory_id", "is_active", *sorted(LISTED))
    try:
        table.write(clinic=Update(Clinic.key(clinic_id), [Clinic.directory_id.set(after)], as_read))
    except (Refused, AppError) as refusal:
        retire(clinic_id, after, now, current=before)
        if isinstance(refusal, AppError):
            raise
        return False
    retire(clinic_id, before, now, current=after)
    return True


def register_entry(clinic: Clinic, changes: Mapping[str, Any] | None = None) -> Entry:
    """What the register says of a clinic, once these attributes have changed."""
    now = {name: getattr(clinic, name) for name in _REGISTERED} | dict(changes or {})
    facts = {
        "created": clock.sortable(clinic.created_at),
        "name": transacted.name(now["name"]),
        "active": bool(now["is_active"]),
        "owner": clinic.owner_id,
    }
    return Entry(clinic.id, facts)


def registered(clinic: Clinic) -> dict[str, Operation]:
    """The register's part of the transaction that creates the clinic."""
    return transacted.change(REGISTER, None, register_entry(clinic))


def reregistered(clinic: Clinic, changes: Mapping[str, Any]) -> dict[str, Operation]:
    """The register's part of the transaction that changes these attributes of a clinic as read; often nothing.

    The update of the clinic must carry the condition `unchanged(clinic)`.
    """
    return transacted.change(REGISTER, register_entry(clinic), register_entry(clinic, changes))


def unchanged(clinic: Clinic) -> Condition:
    """The condition that nothing the register tells has changed since the clinic was read."""
    return operations.unchanged(clinic, *_REGISTERED)

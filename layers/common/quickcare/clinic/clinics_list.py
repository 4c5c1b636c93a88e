"""Clinics in lists: the public directory of the open ones by name, and the administrators' register of all of them.

The register's rows change in the transaction that changes the clinic, the public ones around it (see `directory`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from quickcare import clock, search
from quickcare.db import operations
from quickcare.db.items import Clinic
from quickcare.db.operations import Operation
from quickcare.search import Directory, Entry, transacted

CLINICS = Directory(
    kind="CLINIC",
    filter_sets=(("city", "type"), ("city",), ("type",), ()),
    orders={"name": lambda facts: str(facts["name"])},
)
LISTED = {"name", "city", "clinic_type"}

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

"""Clinics in the public directory: browsing and search (SEED: Browse Public Clinics)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from quickcare import directory, table
from quickcare.directory import Candidate, Directory, Entry, Found, Query
from quickcare.items import Clinic, User
from quickcare.table import Key

from clinics.schemas import ClinicView

CLINICS = Directory(
    kind="CLINIC",
    filter_sets=((), ("city",), ("type",), ("city", "type")),
    orders={"name": lambda facts: str(facts["name"])},
)
_ORDERED_BY = 40  # letters of the name
LISTED = {"name", "city", "clinic_type"}


def entry(clinic: Clinic) -> Entry:
    """What the directory says of a clinic."""
    facts = {
        "name": directory.fold(clinic.name).replace("#", " ")[:_ORDERED_BY],
        "city": directory.fold(clinic.city or "") or None,
        "type": clinic.clinic_type,
        "owner": clinic.owner_id,
    }
    return Entry(clinic.id, facts, directory.words(clinic.name, clinic.city, clinic.clinic_type))


def publish(clinic: Clinic, now: datetime) -> str:
    """Write a clinic's rows, which count once the clinic carries what this returns as its `directory_id`."""
    return directory.publish(CLINICS, entry(clinic), now)


def retire(clinic_id: str, old: str | None, now: datetime, *, current: str | None = None) -> None:
    """Remove rows that the clinic does not carry (any more)."""
    directory.retire(CLINICS, clinic_id, old, now, current=current)


def browse(
    city: str | None, clinic_type: str | None, search: str | None, limit: int, after: str | None
) -> tuple[list[ClinicView], str | None]:
    """A page of active clinics by name, and where it ended: 2 reads for what has a list of its own."""
    where: dict[str, Any] = {}
    if city and city.strip():
        where["city"] = directory.fold(city)
    if clinic_type:
        where["type"] = clinic_type
    query = Query(where=where, text=directory.words(search))
    return directory.page(CLINICS, query, limit, after, _load)


def _load(candidates: Sequence[Candidate]) -> list[Found[ClinicView] | None]:
    wanted: list[Key[Any]] = [Clinic.key(candidate.id) for candidate in candidates]
    found = table.fetch_all([*wanted, *(User.key(candidate.facts["owner"]) for candidate in candidates)])
    pairs = zip(found[: len(candidates)], found[len(candidates) :], strict=True)
    return [_found(clinic, owner) for clinic, owner in pairs]


def _found(clinic: Clinic | None, owner: User | None) -> Found[ClinicView] | None:
    if clinic is None or owner is None or not clinic.is_active:
        return None
    return Found(clinic.directory_id, entry(clinic), ClinicView.of(clinic, owner))

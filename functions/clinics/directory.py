"""Clinics in the public directory: browsing and search (docs/contract.md: Answers of clinics)."""

from collections.abc import Sequence
from typing import Any

from quickcare import search
from quickcare.clinic.clinics_list import CLINICS, entry
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, User
from quickcare.search import Candidate, Found, Query
from quickcare.web.views import ClinicView


def browse(
    city: str | None, clinic_type: str | None, text: str | None, limit: int, after: str | None
) -> tuple[list[ClinicView], str | None]:
    """A page of active clinics by name, and where it ended: 2 reads for what has a list of its own."""
    where: dict[str, Any] = {}
    if city and city.strip():
        where["city"] = search.fold(city)
    if clinic_type:
        where["type"] = clinic_type
    query = Query(where=where, text=search.wanted(text))
    return search.page(CLINICS, query, limit, after, _load)


def _load(candidates: Sequence[Candidate]) -> list[Found[ClinicView] | None]:
    wanted: list[Key[Any]] = [Clinic.key(candidate.id) for candidate in candidates]
    found = table.fetch_all([*wanted, *(User.key(candidate.facts["owner"]) for candidate in candidates)])
    pairs = zip(found[: len(candidates)], found[len(candidates) :], strict=True)
    return [_found(clinic, owner) for clinic, owner in pairs]


def _found(clinic: Clinic | None, owner: User | None) -> Found[ClinicView] | None:
    if clinic is None or owner is None or not clinic.is_active:
        return None
    return Found(clinic.directory_id, entry(clinic), ClinicView.of(clinic, owner))

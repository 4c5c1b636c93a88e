"""Clinics as everybody may see them: browsing, search and details (docs/contract.md: Answers of clinics)."""

from collections.abc import Sequence
from typing import Any

from quickcare import search
from quickcare.clinic import verification
from quickcare.clinic.clinics_list import CLINICS, entry
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import Clinic, User
from quickcare.errors import NotFound
from quickcare.search import Candidate, Found, Query
from quickcare.web.views import ClinicView

from clinics import repository


def browse(
    city: str | None, clinic_type: str | None, text: str | None, limit: int, after: str | None
) -> tuple[list[ClinicView], str | None]:
    """A page of open clinics by name, and where it ended: 2 reads when the directory has a list for these filters."""
    where: dict[str, Any] = {}
    if city and city.strip():
        where["city"] = search.fold(city)
    if clinic_type:
        where["type"] = clinic_type
    query = Query(where=where, text=search.wanted(text))
    return search.page(CLINICS, query, limit, after, _read)


def _read(candidates: Sequence[Candidate]) -> list[Found[ClinicView] | None]:
    wanted: list[Key[Any]] = [Clinic.key(candidate.id) for candidate in candidates]
    items = table.fetch_all([*wanted, *(User.key(candidate.facts["owner"]) for candidate in candidates)])
    pairs = zip(items[: len(candidates)], items[len(candidates) :], strict=True)
    return [_found(clinic, owner) for clinic, owner in pairs]


def _found(clinic: Clinic | None, owner: User | None) -> Found[ClinicView] | None:
    if clinic is None or owner is None or not verification.is_open(clinic):
        return None
    return Found(clinic.directory_id, entry(clinic), ClinicView.of(clinic, owner))


def detail(clinic_id: str) -> tuple[Clinic, User]:
    """A clinic that is open and verified, and the account of its owner: 2 reads. Raises NotFound."""
    clinic = repository.require_open(table.fetch(Clinic.key(clinic_id)))
    if not verification.is_verified(clinic):
        raise NotFound
    owner = table.fetch(User.key(clinic.owner_id))
    if owner is None:
        raise NotFound
    return clinic, owner

"""Public lists and searches written anew, after the rules for what they say have changed.

Everything is found through the administrators' lists, which miss nobody. An item whose rows say what they should costs
reads only, so that a run that was interrupted goes on where it was, and one that finds nothing to do is cheap. Requests
may write at the same time: each item changes under the condition that it is as it was read.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from quickcare import clock, search
from quickcare.accounts import users_list
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db import table
from quickcare.errors import AppError
from quickcare.roles import Role
from quickcare.search import Candidate, Directory, Entry, Found, Query, transacted

_PAGE = 100


class Looked(NamedTuple):
    """How many clinics and doctors were looked at, and how many of them others changed all the time."""

    clinics: int
    doctors: int
    left: int


def run() -> Looked:
    """Write the rows of every open clinic and listed doctor that say anything else than they would now."""
    clinics, clinics_left = _each(clinics_list.REGISTER, Query(), _clinic)
    doctors, doctors_left = _each(users_list.USERS, Query(where={"role": int(Role.DOCTOR)}), _doctor)
    return Looked(clinics, doctors, clinics_left + doctors_left)


# Each with the time when its turn comes: what it writes must not look abandoned before it is finished.


def _clinic(candidate: Candidate) -> bool:
    return clinics_list.refresh(candidate.id, clock.now())


def _doctor(candidate: Candidate) -> bool:
    doctor_id = candidate.facts["doctor"]
    return doctor_id is None or doctors_list.refresh([int(doctor_id)], clock.now())


def _each(directory: Directory, query: Query, refresh: Callable[[Candidate], bool]) -> tuple[int, int]:
    """How many items of a list there are, and how many of them could not be refreshed."""
    looked, left = 0, 0
    for page in _pages(directory, query):
        done = table.gather([partial(_tried, refresh, candidate) for candidate in page])
        looked, left = looked + len(done), left + done.count(False)
    return looked, left


def _tried(refresh: Callable[[Candidate], bool], candidate: Candidate) -> bool:
    try:
        return refresh(candidate)
    except AppError:
        return False


def _pages(directory: Directory, query: Query) -> Iterator[Sequence[Candidate]]:
    after: str | None = None
    while True:
        page, after = search.page(directory, query, _PAGE, after, _as_written)
        yield page
        if after is None:
            return


def _as_written(candidates: Sequence[Candidate]) -> list[Found[Candidate] | None]:
    """The candidates themselves: rows that change in the transaction of their item need no second look."""
    return [Found(transacted.GENERATION, Entry(one.id, one.facts), one) for one in candidates]

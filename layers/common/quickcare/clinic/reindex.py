"""Write the rows of the public lists and searches anew, after the rules for their contents have changed.

All clinics and doctors are found through the administrators' lists, which have every one of them. An item whose rows
are right costs only reads. So a run after an interrupted one soon comes to where that one stopped. Requests may write
at the same time, because each item is written under the condition that it is as it was read.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from quickcare import clock
from quickcare.accounts import users_list
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db import table
from quickcare.errors import AppError
from quickcare.roles import Role
from quickcare.search import Candidate, Directory, Query, everything


class Looked(NamedTuple):
    """How many clinics and doctors were looked at, and how many could not be written because others changed them."""

    clinics: int
    doctors: int
    left: int


def run() -> Looked:
    """Write the rows of every open clinic and listed doctor whose rows are not as they would be written now."""
    clinics, clinics_left = _each(clinics_list.REGISTER, Query(), _clinic)
    doctors, doctors_left = _each(users_list.USERS, Query(where={"role": int(Role.DOCTOR)}), _doctor)
    return Looked(clinics, doctors, clinics_left + doctors_left)


# Each item gets the time of its own turn: rows of an hour ago count as left by a crash, and a run may take longer.


def _clinic(candidate: Candidate) -> bool:
    return clinics_list.refresh(candidate.id, clock.now())


def _doctor(candidate: Candidate) -> bool:
    doctor_id = candidate.facts["doctor"]
    return doctor_id is None or doctors_list.refresh([int(doctor_id)], clock.now())


def _each(directory: Directory, query: Query, refresh: Callable[[Candidate], bool]) -> tuple[int, int]:
    """How many items of a list there are, and how many of them could not be refreshed."""
    looked, left = 0, 0
    for page in everything.pages(directory, query):
        done = table.gather([partial(_tried, refresh, candidate) for candidate in page])
        looked, left = looked + len(done), left + done.count(False)
    return looked, left


def _tried(refresh: Callable[[Candidate], bool], candidate: Candidate) -> bool:
    try:
        return refresh(candidate)
    except AppError:
        return False

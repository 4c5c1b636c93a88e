"""Write the rows of lists and searches anew, after the rules for their contents have changed.

All accounts, clinics and doctors are found through the administrators' lists: the list of all users, and the register
of all clinics in the order of their creation, have every one of them. An item whose rows are right costs only reads. So
a run after an interrupted one soon comes to where that one stopped. Requests may write at the same time, because each
item is written under the condition that it is as it was read.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from quickcare import clock
from quickcare.accounts import audit_entries, users_list
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db import bulk, keys, table
from quickcare.db.item import Item, Key
from quickcare.db.items import AuditEntry, Clinic, CodePointer, Doctor, OtpLog, User
from quickcare.db.operations import Check, unchanged
from quickcare.db.table import decide_again
from quickcare.documents import counting
from quickcare.errors import AppError
from quickcare.search import Candidate, Directory, Query, everything, transacted


class Looked(NamedTuple):
    """How many were looked at, and how many could not be written because others changed them."""

    clinics: int
    users: int
    left: int


def run() -> Looked:
    """Write the administrators' rows of every account, clinic and doctor, the public rows of every open clinic and
    listed doctor, and the counts of everybody's documents, that are not as they would be written now."""
    clinics, clinics_left = _each(clinics_list.REGISTER, Query(order="created"), _clinic)
    users, users_left = _each(users_list.USERS, Query(), _user)
    _point()
    return Looked(clinics, users, clinics_left + users_left)


# Each item gets the time of its own turn: rows of an hour ago count as left by a crash, and a run may take longer.


def _point() -> None:
    """Write what points to the entries of the audit and of the log of codes: they and what points to them never change,
    so whoever writes the same at the same time does no harm."""
    entries = table.query(AuditEntry, keys.AUDIT)
    wanted: list[Item] = [put.item for entry in entries for put in audit_entries.pointers(entry).values()]
    logs = [log for shard in keys.shards(keys.OTP_LOG) for log in table.query(OtpLog, shard)]
    wanted += [CodePointer.key(int(log.contact), log.sk).item(ttl=log.ttl) for log in logs]
    there = table.fetch_all([Key(Item, item.pk, item.sk) for item in wanted])
    bulk.put_all([item for item, found in zip(wanted, there, strict=True) if found is None])


def _clinic(candidate: Candidate) -> bool:
    _register(candidate.id)
    return clinics_list.refresh(candidate.id, clock.now())


@decide_again
def _register(clinic_id: str) -> None:
    """Write the register's rows of a clinic when they are not right: 2 reads, 1 write."""
    clinic = table.fetch(Clinic.key(clinic_id))
    if clinic is None or transacted.is_written(clinics_list.REGISTER, clinics_list.register_entry(clinic)):
        return
    as_read = Check(Clinic.key(clinic_id), clinics_list.unchanged(clinic))
    table.write(clinic=as_read, **transacted.anew(clinics_list.REGISTER, clinics_list.register_entry(clinic)))


def _user(candidate: Candidate) -> bool:
    counting.recount(candidate.id)
    doctor_id = _list(candidate.id)
    if doctor_id is None:
        return True
    _register_doctor(doctor_id)
    return doctors_list.refresh([doctor_id], clock.now())


@decide_again
def _list(user_id: str) -> int | None:
    """Write the rows of an account in the administrators' list and search when they are not right: 3 reads, 1 write.

    Returns the doctor's id.
    """
    user = table.fetch(User.key(user_id))
    if user is None:
        return None
    entries = {users_list.USERS: users_list.entry(user), users_list.SEARCH: users_list.searched(user)}
    if not all(transacted.is_written(directory, entry) for directory, entry in entries.items()):
        rows = {name: put for of, entry in entries.items() for name, put in transacted.anew(of, entry).items()}
        table.write(user=Check(User.key(user_id), users_list.unchanged(user)), **rows)
    return None if user.doctor_id is None else int(user.doctor_id)


@decide_again
def _register_doctor(doctor_id: int) -> None:
    """Write the register's row of a doctor when it is not right: 2 reads, 1 write."""
    doctor = table.fetch(Doctor.key(doctor_id))
    if doctor is None or transacted.is_written(doctors_list.REGISTER, doctors_list.register_entry(doctor)):
        return
    as_read = Check(Doctor.key(doctor_id), unchanged(doctor, "is_verified"))
    table.write(doctor=as_read, **transacted.anew(doctors_list.REGISTER, doctors_list.register_entry(doctor)))


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

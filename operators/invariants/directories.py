"""The rows of lists and searches: what each item should have, it has, and says what the item says."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from quickcare.accounts import users_list
from quickcare.clinic import clinics_list, doctors_list
from quickcare.db.item import Key
from quickcare.db.items import Clinic, DirectoryEntry, DirectoryRow, Doctor, User
from quickcare.search.entries import Directory, Entry, rows_of, said
from quickcare.search.transacted import GENERATION

from operators.invariants import finding
from operators.invariants.finding import REFERENCE, Finding
from operators.invariants.snapshot import Snapshot

_TRANSACTED = (users_list.USERS, clinics_list.REGISTER)
_KEPT = 20_000  # items whose rows are remembered: the rows of one lie in many places of the table


def findings(seen: Snapshot, now: datetime) -> Iterator[Finding]:
    for user in seen.all(User):
        yield from _has_rows(seen, user, users_list.USERS, users_list.entry(user), GENERATION)
    for clinic in seen.all(Clinic):
        yield from _has_rows(seen, clinic, clinics_list.REGISTER, clinics_list.register_entry(clinic), GENERATION)
        if clinic.is_active and clinic.directory_id is not None:
            yield from _is_published(seen, clinic, clinics_list.CLINICS, clinics_list.entry(clinic))
    for doctor in seen.all(Doctor):
        if doctor.directory_id is not None:
            yield from _of_doctor(seen, doctor)

    for directory in _TRANSACTED:
        yield from _surplus(seen, directory)


def current(seen: Snapshot, directory: str, item_id: str) -> str | None:
    """The generation of the rows of an item that count; None when it has none."""
    if directory == clinics_list.CLINICS.kind:
        clinic = seen.get(Clinic.key(item_id))
        return clinic.directory_id if clinic and clinic.is_active else None
    if directory == doctors_list.DOCTORS.kind:
        doctor = seen.get(Doctor.key(int(item_id)))
        return doctor.directory_id if doctor else None
    model: type[User] | type[Clinic] = User if directory == users_list.USERS.kind else Clinic
    return GENERATION if seen.has(model.key(item_id)) else None


def _surplus(seen: Snapshot, directory: Directory) -> Iterator[Finding]:
    """Rows that no item has (any more), in a list whose rows change with their item and which are not checked again."""

    @lru_cache(maxsize=_KEPT)
    def expected(item_id: str) -> frozenset[tuple[str, str]]:
        return _places(seen, directory, item_id)

    for row in seen.all(DirectoryRow):
        if row.pk.startswith(f"DIRECTORY#{directory.kind}#") and (row.pk, row.sk) not in expected(row.item_id):
            yield finding.of(REFERENCE, row, "is a row that its item does not have")


def _places(seen: Snapshot, directory: Directory, item_id: str) -> frozenset[tuple[str, str]]:
    """The keys of the rows that an item should have; none when there is no such item."""
    if directory is users_list.USERS:
        user = seen.get(User.key(item_id))
        entry = users_list.entry(user) if user else None
    else:
        clinic = seen.get(Clinic.key(item_id))
        entry = clinics_list.register_entry(clinic) if clinic else None
    return frozenset((one.pk, one.sk) for one in rows_of(directory, entry, GENERATION)) if entry else frozenset()


def _of_doctor(seen: Snapshot, doctor: Doctor) -> Iterator[Finding]:
    user = seen.get(User.key(doctor.user_id))
    clinic = seen.get(Clinic.key(doctor.clinic_id)) if doctor.clinic_id else None
    if user is None or clinic is None:
        yield finding.of(REFERENCE, doctor, "is listed without an account or a clinic")
    elif clinic.relisting is None:  # with it the rows are about to follow the clinic
        yield from _is_published(seen, doctor, doctors_list.DOCTORS, doctors_list.entry(doctor, user, clinic))


def _is_published(seen: Snapshot, item: Any, directory: Directory, now: Entry) -> Iterator[Finding]:
    """Of rows outside the item's transaction: they say what their generation says, and that says what the item does.

    Words may be those of an older release, until `manage.py reindex`.
    """
    written = seen.get(DirectoryEntry.key(directory.kind, now.id, item.directory_id))
    if written is None:
        yield finding.of(REFERENCE, item, f"has no entry in the list {directory.kind}")
        return
    if dict(written.facts) != now.facts:
        yield finding.of(REFERENCE, item, f"is otherwise than the list {directory.kind} says; `reindex` mends it")
    yield from _has_rows(seen, item, directory, said(written), item.directory_id)


def _has_rows(seen: Snapshot, item: Any, directory: Directory, entry: Entry, generation: str) -> Iterator[Finding]:
    missing = 0
    for row in rows_of(directory, entry, generation):
        found = seen.get(Key(DirectoryRow, row.pk, row.sk))
        missing += found is None or found.copied != row.copied
    if missing:
        yield finding.of(REFERENCE, item, f"lacks {missing} rows in the list {directory.kind}")

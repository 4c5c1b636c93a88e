"""The access patterns of the panel, each with its number of round trips."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from quickcare import search
from quickcare.accounts import users_list
from quickcare.clinic import clinics_list, staff
from quickcare.db import keys, table
from quickcare.db.item import Item, Key
from quickcare.db.items import (
    Address,
    AuditEntry,
    Clinic,
    ContactOwner,
    CurrentAddress,
    Doctor,
    MedicalProfile,
    Membership,
    OtpLog,
    OwnedClinic,
    PasswordReset,
    Registration,
    RosterEntry,
    TempPassword,
    TempPasswordLog,
    User,
)
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.search import Candidate, Found, Query, transacted
from quickcare.web import paging

Log = TypeVar("Log", bound=Item)


class Place(NamedTuple):
    """Somebody's membership with what a page shows beside it."""

    membership: Membership
    user: User
    clinic: Clinic


class Practice(NamedTuple):
    """A doctor's account and profile; the first clinic that adds them makes the profile."""

    user: User
    doctor: Doctor | None


class Record(NamedTuple):
    """All that a person's page shows."""

    user: User
    profile: MedicalProfile | None
    addresses: Sequence[Address]
    current_address: int | None
    places: Sequence[Place]
    doctor: Doctor | None


# People


def people(query: Query, limit: int, after: str | None) -> tuple[list[User], str | None]:
    """A page of people and where it ended: 2 reads for one filter, or role and state."""
    return search.page(users_list.USERS, query, limit, after, _people)


def _people(candidates: Sequence[Candidate]) -> list[Found[User] | None]:
    found = table.fetch_all([User.key(candidate.id) for candidate in candidates])
    return [Found(transacted.GENERATION, users_list.entry(user), user) if user else None for user in found]


def by_contact(contact: int) -> list[User]:
    """Who has this contact, if anybody: 2 reads."""
    owner = table.fetch(ContactOwner.key(contact))
    user = table.fetch(User.key(owner.user_id)) if owner else None
    return [user] if user else []


def person(user_id: str) -> User:
    """An account: 1 read. Raises NotFound."""
    user = table.fetch(User.key(user_id))
    if user is None:
        raise NotFound("There is no such person.")
    return user


def record(user_id: str) -> Record:
    """A person with everything their page shows: 2 reads. Raises NotFound."""
    (addresses, held), (user, profile, current) = table.parallel(
        lambda: table.parallel(lambda: _addresses(user_id), lambda: staff.memberships(user_id)),
        lambda: table.fetch(User.key(user_id), MedicalProfile.key(user_id), CurrentAddress.key(user_id)),
    )
    if user is None:
        raise NotFound("There is no such person.")
    wanted: list[Key[Any]] = [Clinic.key(membership.clinic_id) for membership in held]
    doctor_keys = [Doctor.key(int(user.doctor_id))] if user.doctor_id is not None else []
    found = table.fetch_all([*wanted, *doctor_keys]) if wanted or doctor_keys else []
    doctor = found[-1] if doctor_keys else None
    pairs = zip(held, found[: len(held)], strict=True)
    places = [Place(membership, user, clinic) for membership, clinic in pairs if clinic]
    newest = sorted(places, key=lambda place: place.membership.created_at, reverse=True)
    return Record(user, profile, addresses, int(current.address_id) if current else None, newest, doctor)


def _addresses(user_id: str) -> list[Address]:
    prefix = Address.sk.startswith(keys.ADDRESS_PREFIX)
    return list(Address.query(keys.user(user_id), prefix, consistent_read=True, scan_index_forward=False))


# Logs: of codes, of temporary passwords, and of what administrators did


def otp_logs(limit: int, after: str | None) -> tuple[Sequence[OtpLog], str | None]:
    """A page of the codes' log, newest first, and where it ended: 1 read."""
    return _newest(OtpLog, keys.OTP_LOG, limit, after)


def pending_code(log_sk: str) -> tuple[OtpLog, Registration | PasswordReset | None]:
    """A log entry and what still waits for its code, if anything does: 2 reads. Raises NotFound."""
    log = table.fetch(OtpLog.key(log_sk))
    if log is None:
        raise NotFound("This code is not in the log.")
    contact = int(log.contact)
    waiting = table.fetch(Registration.key(contact), PasswordReset.key(contact))
    return log, next((item for item in waiting if item and item.otp_id == log.otp_id), None)


def password_logs(limit: int, after: str | None) -> tuple[list[tuple[TempPasswordLog, User | None]], str | None]:
    """A page of the temporary passwords' log with their owners, newest first, and where it ended: 2 reads."""
    logs, last = _newest(TempPasswordLog, keys.TEMP_PASSWORD_LOG, limit, after)
    owners = table.fetch_all([User.key(log.user_id) for log in logs]) if logs else []
    return list(zip(logs, owners, strict=True)), last


def temporary_password(log_id: str) -> tuple[TempPasswordLog, TempPassword | None]:
    """A log entry and its password while that can be read: 1 read. Raises NotFound."""
    log, password = table.fetch(TempPasswordLog.key(log_id), TempPassword.key(log_id))
    if log is None:
        raise NotFound("This password is not in the log.")
    return log, password


def audit(limit: int, after: str | None) -> tuple[Sequence[AuditEntry], str | None]:
    """A page of the audit trail, newest first, and where it ended: 1 read."""
    return _newest(AuditEntry, keys.AUDIT, limit, after)


def _newest(model: type[Log], pk: str, limit: int, after: str | None) -> tuple[Sequence[Log], str | None]:
    found = model.query(
        pk,
        consistent_read=True,
        scan_index_forward=False,
        limit=limit + 1,
        last_evaluated_key=table.position(pk, after),
    )
    shown, last = paging.cut(list(found), limit)
    return shown, last.sk if last else None


# Clinics


def clinics(query: Query, limit: int, after: str | None) -> tuple[list[tuple[Clinic, User | None]], str | None]:
    """A page of all clinics with their owners, and where it ended: 2 reads."""
    return search.page(clinics_list.REGISTER, query, limit, after, _clinics)


def _clinics(candidates: Sequence[Candidate]) -> list[Found[tuple[Clinic, User | None]] | None]:
    wanted: list[Key[Any]] = [Clinic.key(candidate.id) for candidate in candidates]
    found = table.fetch_all([*wanted, *(User.key(candidate.facts["owner"]) for candidate in candidates)])
    pairs = zip(found[: len(candidates)], found[len(candidates) :], strict=True)
    return [
        Found(transacted.GENERATION, clinics_list.register_entry(clinic), (clinic, owner)) if clinic else None
        for clinic, owner in pairs
    ]


def open_clinic(owner_id: str) -> Clinic | None:
    """A clinic that its owner runs still, if there is one: 2 reads."""
    begins = OwnedClinic.sk.startswith(keys.OWNED_CLINIC_PREFIX)
    owned = list(OwnedClinic.query(keys.user(owner_id), begins, consistent_read=True))
    found = table.fetch_all([Clinic.key(one.clinic_id) for one in owned]) if owned else []
    return next((clinic for clinic in found if clinic and clinic.is_active), None)


def clinic(clinic_id: str) -> Clinic:
    """A clinic, deleted or not: 1 read. Raises NotFound."""
    found = table.fetch(Clinic.key(clinic_id))
    if found is None:
        raise NotFound("There is no such clinic.")
    return found


def roster(clinic_id: str) -> tuple[Clinic, list[RosterEntry]]:
    """A clinic and the pointers to all its members, newest first: 1 read. Raises NotFound."""
    entries, found = table.parallel(
        lambda: list(
            RosterEntry.query(
                keys.clinic(clinic_id), RosterEntry.sk.startswith(keys.ROSTER_PREFIX), consistent_read=True
            )
        ),
        lambda: table.fetch(Clinic.key(clinic_id)),
    )
    if found is None:
        raise NotFound("There is no such clinic.")
    return found, sorted(entries, key=lambda entry: (entry.created_at, entry.sk), reverse=True)


def members(found: Clinic, entries: Sequence[RosterEntry]) -> tuple[list[Place], User | None]:
    """The members behind pointers of a roster, and the clinic's owner: 1 read."""
    people = [entry.user_id for entry in entries]
    wanted: list[Key[Any]] = [Membership.key(person, found.id) for person in people]
    items = table.fetch_all([*wanted, *(User.key(person) for person in people), User.key(found.owner_id)])
    pairs = zip(items[: len(people)], items[len(people) : -1], strict=True)
    return [Place(held, user, found) for held, user in pairs if held and user], items[-1]


# Doctors


def doctors(limit: int, after: str | None) -> tuple[list[Practice], str | None]:
    """A page of all doctors, newest account first, and where it ended: 2 reads."""
    query = Query(where={"role": int(Role.DOCTOR)}, order="joined", descending=True)
    return search.page(users_list.USERS, query, limit, after, _doctors)


def _doctors(candidates: Sequence[Candidate]) -> list[Found[Practice] | None]:
    profiles = {one.id: Doctor.key(int(one.facts["doctor"])) for one in candidates if one.facts["doctor"] is not None}
    wanted: list[Key[Any]] = [*(User.key(candidate.id) for candidate in candidates), *profiles.values()]
    found = table.fetch_all(wanted)
    doctors = dict(zip(profiles, found[len(candidates) :], strict=True))
    return [
        Found(transacted.GENERATION, users_list.entry(user), Practice(user, doctors.get(user.id))) if user else None
        for user in found[: len(candidates)]
    ]


def doctor(doctor_id: int) -> tuple[Doctor, User]:
    """A doctor and their account: 2 reads. Raises NotFound."""
    found = table.fetch(Doctor.key(doctor_id))
    user = table.fetch(User.key(found.user_id)) if found else None
    if found is None or user is None:
        raise NotFound("There is no such doctor.")
    return found, user

"""Accounts of new staff: the temporary password, its log entry, and the SMS that tells it (docs/contract.md: Staff)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from quickcare import ids
from quickcare.accounts import limits, passwords, users_list
from quickcare.clinic import doctors_list, memberships
from quickcare.db import table
from quickcare.db.items import (
    Clinic,
    ContactOwner,
    LiveCode,
    Membership,
    RosterEntry,
    TempPassword,
    TempPasswordLog,
    User,
)
from quickcare.db.operations import Create, Keeping, Operation
from quickcare.roles import Role
from quickcare.sms import outbox, texts

LIFETIME = timedelta(days=7)


class Newcomer(NamedTuple):
    """What the owner says of somebody without an account; `language` is that of their SMS."""

    contact: int
    name: str
    language: str


def create(
    clinic: Clinic, owner: User, newcomer: Newcomer, membership: Membership, now: datetime, keep: Keeping[[User]]
) -> User:
    """Write a new account with its first membership and everything that belongs to it in one transaction.

    Raises TooManyRequests. Raises Refused by "contact" when the contact has an account meanwhile, by "clinic" when the
    clinic was deleted or moved to another city, by "owner" when the owner's count of the day changed.
    """
    counted = limits.count_today(owner, limits.SMS, now)
    password, log_id = passwords.temporary(), ids.timestamp_key(now)
    user, contact = _user(newcomer, membership, password, log_id, now), newcomer.contact
    alive = LiveCode.at(TempPassword.key(log_id), now + LIFETIME)
    sms = outbox.to_user(user, texts.temporary_password(password, LIFETIME.days, clinic.name), now, alive)
    writes: dict[str, Operation] = {
        "contact": Create(ContactOwner.key(contact).item(user_id=user.id)),
        "owner": counted,
        "user": Create(user),
        "membership": Create(membership),
        "roster": Create(RosterEntry.key(clinic.id, membership.id).item(user_id=user.id, created_at=now)),
        **outbox.accepted(sms),
        **_log(user, password, log_id, now),
        **memberships.count(clinic, None, membership.member_role, must_be_open=True),
    }
    if user.role is Role.DOCTOR:
        _write_with_doctor(user, clinic, writes, now, keep)
    else:
        table.write(**writes, **users_list.listed(user), **keep(user))
    outbox.relay(sms)
    return user


def _write_with_doctor(
    user: User, clinic: Clinic, writes: dict[str, Operation], now: datetime, keep: Keeping[[User]]
) -> None:
    doctor = memberships.new_doctor(user.id, now)
    user.doctor_id, doctor.clinic_id = doctor.id, clinic.id
    with doctors_list.listing(doctor, user, clinic, now) as generation:
        doctor.directory_id = generation
        writes |= {**users_list.listed(user), **doctors_list.registered(doctor), "doctor": Create(doctor)}
        table.write(**writes, **keep(user))


def _user(newcomer: Newcomer, membership: Membership, password: str, log_id: str, now: datetime) -> User:
    return User.key(membership.user_id).item(
        id=membership.user_id,
        **newcomer._asdict(),
        role_id=Role[membership.member_role.upper()],
        password_hash=passwords.hash_password(password),
        date_joined=now,
        temporary_password_until=now + LIFETIME,
        temporary_password_log=log_id,
        temporary_password_log_pk=TempPasswordLog.key(log_id).pk,
        staff_version=1,
    )


def _log(user: User, password: str, log_id: str, now: datetime) -> dict[str, Operation]:
    expires_at = now + LIFETIME
    log = TempPasswordLog.key(log_id).item(
        id=log_id, user_id=user.id, contact=user.contact, created_at=now, expires_at=expires_at
    )
    plaintext = TempPassword.key(log_id).item(password=password, expires_at=expires_at, log_pk=log.pk, ttl=expires_at)
    return {"password_log": Create(log), "password": Create(plaintext)}

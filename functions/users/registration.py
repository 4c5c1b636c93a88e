"""Registration of patients and clinic owners by SMS code (docs/contract.md: Registration).

A contact gets one account and a code makes one account; how long a code is good is in `accounts/otp.py`. The writes
make sure of it: step 1 replaces exactly the registration that it read, step 2 deletes the registration in the
transaction that creates the account.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from quickcare import ids
from quickcare.accounts import limits, otp, passwords, sessions, users_list
from quickcare.accounts.sessions import Client
from quickcare.db import table
from quickcare.db.items import ContactOwner, Registration, SendLog, User
from quickcare.db.operations import Create, Delete, Put, Refused, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Conflict, Invalid
from quickcare.roles import Role
from quickcare.settings import settings
from quickcare.sms import outbox

from users import codes
from users.schemas.onboarding import RegistrationCode, RegistrationStart

TAKEN = "A user with this contact already exists."
_PURPOSES = {Role.PATIENT: "patient_registration", Role.CLINIC_OWNER: "clinic_registration"}


class _OncePerRequest(NamedTuple):
    """What step 1 does at most once, however often it decides again: hashing is slow, and one guess counts as one."""

    password_hash: Callable[[], str]
    verify: Callable[[str], bool]
    count_guess: Callable[[], None]


def is_registered(contact: int) -> bool:
    """Whether an account has this contact: 1 read."""
    return table.fetch(ContactOwner.key(contact)) is not None


def start(body: RegistrationStart, role: Role, source_ip: str, now: datetime) -> str:
    """Step 1: store the registration and send a code. Returns the registration token.

    Raises Invalid (contact taken, weak password), Conflict (somebody else's registration is live), TooManyRequests.
    """
    passwords.check_rule(body.password, body.contact)
    once = _OncePerRequest(
        password_hash=cache(lambda: passwords.hash_password(body.password)),
        verify=cache(lambda password_hash: passwords.verify(password_hash, body.password)),
        count_guess=cache(lambda: _count_guess(source_ip, now)),
    )
    return _send_code(body, role, source_ip, once, now)


@decide_again
def _send_code(body: RegistrationStart, role: Role, source_ip: str, once: _OncePerRequest, now: datetime) -> str:
    key = Registration.key(body.contact)
    owner, last, sends = codes.read(body.contact, key, source_ip)
    if owner:
        raise Invalid("contact", TAKEN)
    if last and last.expires_at > now:
        once.count_guess()
        _require_same_person(last, once.verify(last.password_hash), now)
    counts = codes.count_send(body.contact, source_ip, sends, now)
    issued, token = otp.issue(key, body.contact, _PURPOSES[role], now), otp.new_token()
    known = {"name": body.name, "role_id": role, "password_hash": once.password_hash(), "token_hash": _hash(token)}
    registration = Put(key.item(**known, **issued.pending), unchanged(last, "otp_id"))
    table.write(**counts, registration=registration, log=Create(issued.log), sms=Create(issued.sms))
    outbox.relay(issued.sms)
    return token


@decide_again
def _count_guess(source_ip: str, now: datetime) -> None:
    """Count a request that tries the password of a live registration: 1 read, 1 write. Raises TooManyRequests.

    Called before the password is compared, so that parallel guesses cannot share one count.
    """
    if settings().address_rate_limits:
        key = SendLog.of_guesses(source_ip)
        table.write(guesses=limits.count(key, table.fetch(key), limits.GUESSES_PER_ADDRESS, now))


def finish(body: RegistrationCode, role: Role, client: Client, now: datetime) -> tuple[User, sessions.Started]:
    """Step 2: create the account with the code.

    Raises BadRequest (a wrong code, no registration), Conflict (the contact has an account meanwhile).
    """
    registration = _registration(body, role)
    otp.spend_try(Registration.key(body.contact), registration, body.otp, now)
    user = _new_user(registration, body.contact, now)
    started = sessions.start(user, client, now)
    try:
        table.write(
            registration=Delete(Registration.key(body.contact), Registration.otp_id == registration.otp_id),
            owner=Create(ContactOwner.key(body.contact).item(user_id=user.id)),
            user=Create(user),
            **users_list.listed(user),
            session=Create(started.session),
            log=otp.mark_used(registration, now),
        )
    except Refused as refused:
        if "registration" in refused.names:
            raise BadRequest(otp.INVALID) from None
        raise Conflict(TAKEN) from None
    return user, started


def _registration(body: RegistrationCode, role: Role) -> Registration:
    """The registration that the code is for: 1 read. Raises BadRequest, Conflict like `finish`."""
    registration, owner = table.fetch(Registration.key(body.contact), ContactOwner.key(body.contact))
    if registration is None or registration.role_id != role:
        raise BadRequest("No registration is in progress for this contact. Please start again.")
    if owner:
        raise Conflict(TAKEN)
    if body.registration_token and not hmac.compare_digest(_hash(body.registration_token), registration.token_hash):
        raise BadRequest(otp.INVALID)
    return registration


def _require_same_person(live: Registration, knows_password: bool, now: datetime) -> None:
    """Raises Conflict: while a registration is live, only who knows its password may ask for a new code."""
    if not knows_password:
        wait = max(1, int((live.expires_at - now).total_seconds()))
        raise Conflict("A registration for this contact is already in progress.", retry_after=wait)


def _new_user(registration: Registration, contact: int, now: datetime) -> User:
    user_id = ids.new_uuid()
    return User.key(user_id).item(
        id=user_id,
        contact=contact,
        name=registration.name,
        role_id=registration.role_id,
        password_hash=registration.password_hash,
        date_joined=now,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

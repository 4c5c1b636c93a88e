"""Registration of patients and clinic owners by SMS code (docs/contract.md: Registration).

A contact gets one account and a code makes one account; how long a code is good is in `accounts/otp.py`. The writes
make sure of it: step 1 replaces exactly the registration that it read, step 2 deletes the registration in the
transaction that creates the account.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import NamedTuple

from quickcare import ids, security_log, tally
from quickcare.accounts import (
    address_limits,
    guesses,
    known_networks,
    limits,
    otp,
    passwords,
    sessions,
    users_list,
)
from quickcare.accounts.guesses import Guesses
from quickcare.accounts.sessions import Client
from quickcare.db import table
from quickcare.db.items import ContactOwner, Registration, SendLog, User
from quickcare.db.operations import Create, Delete, Put, Refused, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Conflict, Invalid
from quickcare.observability import count
from quickcare.roles import Role
from quickcare.security_log import Event
from quickcare.settings import settings
from quickcare.sms import outbox, texts
from quickcare.tally import Counted

from users import codes
from users.schemas.onboarding import RegistrationCode, RegistrationStart

TAKEN = "A user with this contact already exists."
_PURPOSES = {Role.PATIENT: "patient_registration", Role.CLINIC_OWNER: "clinic_registration"}


class _OncePerRequest(NamedTuple):
    """What step 1 does at most once, however often it decides again: hashing is slow, and one guess counts as one."""

    password_hash: Callable[[], str]
    verify: Callable[[str], bool]
    count_start: Callable[[], None]
    count_guess: Callable[[], None]


def is_registered(contact: int, source_ip: str, now: datetime) -> bool:
    """Whether an account has this contact: 1 read, counted for the network. Raises TooManyRequests."""
    owner, _ = table.parallel(
        lambda: table.fetch(ContactOwner.key(contact)), lambda: address_limits.count_check(source_ip, now)
    )
    return owner is not None


def start(body: RegistrationStart, role: Role, source_ip: str, now: datetime) -> str:
    """Step 1: store the registration and send a code. Returns the registration token.

    Raises Invalid (contact taken, weak password), Conflict (somebody else's registration is live), TooManyRequests.
    """
    passwords.check_rule(body.password, body.contact)
    once = _OncePerRequest(
        password_hash=cache(lambda: passwords.hash_password(body.password)),
        verify=cache(lambda password_hash: passwords.verify(password_hash, body.password)),
        count_start=cache(lambda: address_limits.count_registration(source_ip, now)),
        count_guess=cache(lambda: _count_guess(source_ip, now)),
    )
    with security_log.attempt(Event.CODE_REQUEST, body.contact):
        return _send_code(body, role, source_ip, once, now)


@decide_again
def _send_code(body: RegistrationStart, role: Role, source_ip: str, once: _OncePerRequest, now: datetime) -> str:
    key = Registration.key(body.contact)
    (owner, last, sends), _ = table.parallel(lambda: codes.read(body.contact, key, source_ip, now), once.count_start)
    if owner:
        raise Invalid("contact", TAKEN)
    if last and last.expires_at > now:
        once.count_guess()
        _require_same_person(last, once.verify(last.password_hash), now)
    counts = codes.count_send(body.contact, source_ip, sends, now)
    says = partial(texts.registration_code, body.name)
    issued, token = otp.issue(key, body.contact, _PURPOSES[role], now, says, body.language), otp.new_token()
    known = {"name": body.name, "role_id": role, "password_hash": once.password_hash(), "token_hash": _hash(token)}
    registration = Put(key.item(**known, language=body.language, **issued.pending), unchanged(last, "otp_id"))
    table.write(**counts, registration=registration, **issued.writes)
    table.parallel(lambda: outbox.relay(issued.sms), lambda: tally.count(Counted.CODES, now))
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

    Raises BadRequest (a wrong code, no registration), Conflict (the contact has an account meanwhile), TooManyRequests.
    """
    with security_log.attempt(Event.CODE, body.contact):
        return _finish(body, role, client, now)


def _finish(body: RegistrationCode, role: Role, client: Client, now: datetime) -> tuple[User, sessions.Started]:
    registration = _count_try(body, role, client.ip_address, now)
    otp.compare(registration, body.otp)
    user = _new_user(registration, body.contact, now)
    started = sessions.start(user, client, now)
    try:
        known_networks.write(
            None,
            body.contact,
            client.ip_address,
            now,
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
    count("AccountRegistered")
    tally.count(Counted.REGISTERED, now)
    return user, started


@decide_again
def _count_try(body: RegistrationCode, role: Role, source_ip: str, now: datetime) -> Registration:
    """The registration that the code is for: 1 read, 1 write, which counts the try.

    Raises BadRequest, Conflict, TooManyRequests like `finish`.
    """
    contact, key = body.contact, Registration.key(body.contact)
    registration, owner, here, everywhere = table.fetch(
        key,
        ContactOwner.key(contact),
        SendLog.of_code_guesses_at(contact, source_ip),
        SendLog.of_code_guesses(contact),
    )
    if registration is None or registration.role_id != role:
        raise BadRequest("No registration is in progress for this contact. Please start again.")
    if owner:
        raise Conflict(TAKEN)
    is_holder = _is_holder(body.registration_token, registration)
    if not otp.readable(body.otp):
        raise BadRequest(otp.INVALID)
    kept = 0 if is_holder else limits.GUESSES_KEPT_FOR_HOLDERS
    tried = Guesses(contact, source_ip, here, everywhere, is_holder=is_holder, kept=kept)
    guesses.count(key, registration, tried, now)
    return registration


def _is_holder(token: str | None, registration: Registration) -> bool:
    """Whether the request has the registration's token; False when it has none. Raises BadRequest for another one."""
    if not token:
        return False
    if not hmac.compare_digest(_hash(token), registration.token_hash):
        raise BadRequest(otp.INVALID)
    return True


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
        language=registration.language,
        password_hash=registration.password_hash,
        date_joined=now,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

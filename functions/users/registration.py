"""Registration of patients and clinic owners by SMS code, and the completion of profiles (SEED: Registration flows).

What must hold: one account per contact, one account per code, five tries, ten minutes. The writes carry all of it:
step 1 replaces exactly the registration it read, step 2 deletes it in the transaction that creates the account.
"""

import hashlib
import hmac
from datetime import datetime

from quickcare import ids, limits, otp, outbox, passwords, sessions, table, user_directory
from quickcare.errors import BadRequest, Conflict, Invalid, Unavailable
from quickcare.items import (
    ContactOwner,
    Registration,
    SendLog,
    User,
)
from quickcare.roles import Role
from quickcare.settings import settings
from quickcare.table import Create, Delete, Operation, Put, Refused

from users import repository
from users.schemas import RegistrationCode, RegistrationStart

TAKEN = "A user with this contact already exists."
_PURPOSES = {Role.PATIENT: "patient_registration", Role.CLINIC_OWNER: "clinic_registration"}
# Of people who register at once from behind one address, each refuses one of the others.
SEND_ATTEMPTS = 20


def start(body: RegistrationStart, role: Role, source_ip: str, now: datetime) -> str:
    """Step 1: keep the registration, send a code. Returns the registration token.

    Raises Invalid (contact taken, weak password), Conflict (somebody else's registration is live), TooManyRequests.
    """
    passwords.check_rule(body.password, body.contact)
    for attempt in range(SEND_ATTEMPTS):
        owner, seen, sends, address_sends = repository.registration_state(body.contact, source_ip)
        if owner:
            raise Invalid("contact", TAKEN)
        _require_same_person(seen, body, now)
        counts = count_send(body.contact, sends, source_ip, address_sends, now)
        issued, token = otp.issue(body.contact, _PURPOSES[role], now), otp.new_token()
        registration = Registration.key(body.contact).item(
            name=body.name,
            password_hash=passwords.hash_password(body.password),
            role_id=role,
            token_hash=_hash(token),
            **issued.pending,
        )
        unchanged = Registration.otp_id == seen.otp_id if seen else Registration.pk.does_not_exist()
        try:
            table.write(
                registration=Put(registration, unchanged),
                log=Create(issued.log),
                sms=Create(issued.sms),
                **counts,
            )
        except Refused:
            table.back_off(attempt)
            continue
        outbox.relay(issued.sms)
        return token
    raise Unavailable


def count_send(
    contact: int, sends: SendLog | None, source_ip: str, address_sends: SendLog | None, now: datetime
) -> dict[str, Operation]:
    """The writes that count one more code for a contact and a network address. Raises TooManyRequests."""
    counts: dict[str, Operation] = {
        "sends": limits.count(SendLog.of_contact(contact), sends, limits.CODES_PER_CONTACT, now)
    }
    if settings().address_rate_limits:
        counts["address_sends"] = limits.count(
            SendLog.of_address(source_ip), address_sends, limits.CODES_PER_ADDRESS, now
        )
    return counts


def finish(body: RegistrationCode, role: Role, now: datetime) -> tuple[User, sessions.Started]:
    """Step 2: the code makes the account. Raises BadRequest (code, no registration), Conflict (taken meanwhile)."""
    registration, owner = table.fetch(Registration.key(body.contact), ContactOwner.key(body.contact))
    if registration is None or registration.role_id != role:
        raise BadRequest("No registration is in progress for this contact. Please start again.")
    if owner:
        raise Conflict(TAKEN)
    if body.registration_token and not hmac.compare_digest(_hash(body.registration_token), registration.token_hash):
        raise BadRequest(otp.INVALID)
    otp.spend_try(Registration.key(body.contact), registration, body.otp, now)
    user = _new_user(registration, body.contact, now)
    started = sessions.start(user, now)
    try:
        table.write(
            registration=Delete(Registration.key(body.contact), Registration.otp_id == registration.otp_id),
            owner=Create(ContactOwner.key(body.contact).item(user_id=user.id)),
            user=Create(user),
            **user_directory.listed(user),
            session=Create(started.session),
            log=otp.mark_used(registration, now),
        )
    except Refused as refused:
        if "registration" in refused.names:
            raise BadRequest(otp.INVALID) from None
        raise Conflict(TAKEN) from None
    return user, started


def _require_same_person(seen: Registration | None, body: RegistrationStart, now: datetime) -> None:
    """While a registration is live only the one who knows its name and password may ask for a new code (CONTRACT)."""
    if seen is None or not _is_live(seen, now):
        return
    if seen.name != body.name or not passwords.verify(seen.password_hash, body.password):
        wait = max(1, int((seen.expires_at - now).total_seconds()))
        raise Conflict("A registration for this contact is already in progress.", retry_after=wait)


def _is_live(seen: Registration | None, now: datetime) -> bool:
    return seen is not None and seen.expires_at > now


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

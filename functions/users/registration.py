"""Registration of patients and clinic owners by SMS code (docs/contract.md: Registration).

What must hold: one account per contact, one account per code, five tries, ten minutes. The writes carry all of it:
step 1 replaces exactly the registration it read, step 2 deletes it in the transaction that creates the account.
"""

import hashlib
import hmac
from datetime import datetime
from functools import cache

from quickcare import ids
from quickcare.accounts import limits, otp, passwords, sessions, users_list
from quickcare.db import table
from quickcare.db.items import ContactOwner, Registration, SendLog, User
from quickcare.db.operations import Create, Delete, Operation, Put, Refused
from quickcare.errors import BadRequest, Conflict, Invalid, Unavailable
from quickcare.roles import Role
from quickcare.settings import settings
from quickcare.sms import outbox

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
    key = Registration.key(body.contact)
    # Slow, so only when an answer needs them, and once however often others come first.
    fits = cache(lambda password_hash: passwords.verify(password_hash, body.password))
    hashed = cache(lambda: passwords.hash_password(body.password))
    is_counted = False
    for attempt in range(SEND_ATTEMPTS):
        if attempt:
            table.back_off(attempt - 1)
        owner, seen, sends, address_sends = repository.sending_state(body.contact, key, source_ip)
        if owner:
            raise Invalid("contact", TAKEN)
        if seen and seen.expires_at > now:
            if not is_counted:
                _count_guess(source_ip, now)
            is_counted = True
            _require_same_person(seen, body.name, fits(seen.password_hash), now)
        counts = count_send(body.contact, sends, source_ip, address_sends, now)
        issued, token = otp.issue(body.contact, _PURPOSES[role], now), otp.new_token()
        known = {"name": body.name, "role_id": role, "password_hash": hashed(), "token_hash": _hash(token)}
        unchanged = Registration.otp_id == seen.otp_id if seen else Registration.pk.does_not_exist()
        registration = Put(key.item(**known, **issued.pending), unchanged)
        if _written({**counts, "registration": registration, "log": Create(issued.log), "sms": Create(issued.sms)}):
            outbox.relay(issued.sms)
            return token
    raise Unavailable


def count_send(
    contact: int, sends: SendLog | None, source_ip: str, address_sends: SendLog | None, now: datetime
) -> dict[str, Operation]:
    """The writes that count one more code for a contact and a network address. Raises TooManyRequests."""
    writes: dict[str, Operation] = {
        "sends": limits.count(SendLog.of_contact(contact), sends, limits.CODES_PER_CONTACT, now)
    }
    if settings().address_rate_limits:
        key = SendLog.of_address(source_ip)
        writes["address_sends"] = limits.count(key, address_sends, limits.CODES_PER_ADDRESS, now)
    return writes


def _count_guess(source_ip: str, now: datetime) -> None:
    """Before the password of a live registration is compared, so that parallel guesses cannot share a count: 1 read,
    1 write. Raises TooManyRequests."""
    if not settings().address_rate_limits:
        return
    key = SendLog.of_guesses(source_ip)
    for attempt in range(SEND_ATTEMPTS):
        if _written({"guesses": limits.count(key, table.fetch(key), limits.GUESSES_PER_ADDRESS, now)}):
            return
        table.back_off(attempt)
    raise Unavailable


def _written(writes: dict[str, Operation]) -> bool:
    try:
        table.write(**writes)
    except Refused:
        return False
    return True


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
            **users_list.listed(user),
            session=Create(started.session),
            log=otp.mark_used(registration, now),
        )
    except Refused as refused:
        if "registration" in refused.names:
            raise BadRequest(otp.INVALID) from None
        raise Conflict(TAKEN) from None
    return user, started


def _require_same_person(live: Registration, name: str, has_password: bool, now: datetime) -> None:
    """While a registration is live only the one who knows its name and password may ask for a new code."""
    if live.name != name or not has_password:
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

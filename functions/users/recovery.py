"""Changing a password, and getting back in by SMS code when it is forgotten (docs/contract.md: Passwords).

Every change raises the user's session epoch, which ends all sessions but the one that it starts or that asked for it
(invariant 12).
"""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.update import Action
from quickcare import security_log, tally
from quickcare.accounts import guesses, known_networks, login, otp, password_changed, passwords, sessions
from quickcare.accounts.account import still_active
from quickcare.accounts.guesses import Guesses
from quickcare.accounts.sessions import Client, Continued, Started
from quickcare.db import table
from quickcare.db.items import Door, KnownNetworks, LoginThrottle, PasswordReset, SendLog, User
from quickcare.db.operations import Create, Delete, Operation, Put, Refused, Update, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Conflict, Unauthorized
from quickcare.security_log import Event
from quickcare.sms import outbox, texts
from quickcare.tally import Counted
from quickcare.web.identity import Caller

from users import codes
from users.schemas.passwords import PasswordResetConfirm


def change(caller: Caller, password: str, now: datetime) -> Continued:
    """Set a new password; all other sessions end, the caller's goes on.

    Raises Invalid for a weak password, Unauthorized when the caller's session has ended, Conflict when another request
    was faster.
    """
    user, session = sessions.live(caller.user_id, caller.session_id, now)
    passwords.check_rule(password, int(user.contact))
    continued = sessions.go_on(session, caller.client, int(user.session_epoch) + 1, now)
    told, counted = password_changed.told(user, now)
    try:
        table.write(
            user=_set_password(user, password, counted),
            session=continued.session,
            **told.writes,
            **login.forget_temporary_password(user),
        )
    except Refused as refused:
        if "session" in refused.names:
            raise Unauthorized from None
        raise Conflict("The password was changed by another request. Please try again.") from None
    told.relay()
    return continued


def start_reset(contact: int, source_ip: str, now: datetime) -> None:
    """Send a code if the contact has an active account: 2 reads, 1 write. Raises TooManyRequests.

    For any other contact all the same is done with a code for nobody, so that neither the answer nor the time and work
    that it takes tell who has an account.
    """
    with security_log.attempt(Event.CODE_REQUEST, contact):
        _send_code(contact, source_ip, now)


@decide_again
def _send_code(contact: int, source_ip: str, now: datetime) -> None:
    key = PasswordReset.key(contact)
    owner, last, sends = codes.read(contact, key, source_ip, now)
    counts = codes.count_send(contact, source_ip, sends, now)
    user = table.fetch(User.key(owner.user_id if owner else "nobody"))
    exists = user is not None and user.is_active
    language = user.language if user else None
    issued = otp.issue(key, contact, "password_reset", now, texts.one_time_code, language, sent=exists)
    reset = Put(key.item(user_id=user.id if user and exists else None, **issued.pending), unchanged(last, "otp_id"))
    table.write(**counts, reset=reset, **issued.writes)
    counted = Counted.CODES if exists else Counted.CODES_TO_NOBODY
    table.parallel(lambda: outbox.relay(issued.sms), lambda: tally.count(counted, now))


def finish_reset(body: PasswordResetConfirm, client: Client, now: datetime) -> Started:
    """Set the password with the code, lift the login back-off, start a session.

    Raises BadRequest, Invalid, TooManyRequests.
    """
    passwords.check_rule(body.password, body.contact)
    if not otp.readable(body.otp):
        raise BadRequest(otp.INVALID)
    with security_log.attempt(Event.CODE, body.contact):
        return _finish_reset(body, client, now)


def _finish_reset(body: PasswordResetConfirm, client: Client, now: datetime) -> Started:
    reset, known = _count_try(body.contact, client.ip_address, now)
    otp.compare(reset, body.otp)
    user = table.fetch(User.key(reset.user_id or "nobody"))
    if user is None or not user.is_active:
        raise BadRequest(otp.INVALID)
    started = sessions.start(user, client, now, epoch=int(user.session_epoch) + 1)
    told, counted = password_changed.told(user, now)
    writes: dict[str, Operation] = {
        "reset": Delete(PasswordReset.key(body.contact), PasswordReset.otp_id == reset.otp_id),
        "user": _set_password(user, body.password, counted),
        **told.writes,
        "session": Create(started.session),
        "throttle": Delete(LoginThrottle.key(body.contact, Door.API, client.ip_address)),
        "log": otp.mark_used(reset, now),
        **login.forget_temporary_password(user),
    }
    try:
        known_networks.write(known, body.contact, client.ip_address, now, **writes)
    except Refused:
        raise BadRequest(otp.INVALID) from None
    told.relay()
    return started


@decide_again
def _count_try(contact: int, source_ip: str, now: datetime) -> tuple[PasswordReset, KnownNetworks | None]:
    """The reset that waits for a code, and the contact's known networks: 1 read, 1 write, which counts the try.

    Raises BadRequest, TooManyRequests.
    """
    key = PasswordReset.key(contact)
    reset, here, everywhere, known = table.fetch(
        key,
        SendLog.of_code_guesses_at(contact, source_ip),
        SendLog.of_code_guesses(contact),
        KnownNetworks.key(contact),
    )
    if reset is None:
        raise BadRequest(otp.INVALID)
    is_known = known_networks.knows(known, contact, source_ip, now)
    guesses.count(key, reset, Guesses(contact, source_ip, here, everywhere, is_known), now)
    return reset, known


def _set_password(user: User, password: str, counted: Sequence[Action]) -> Update:
    actions: list[Action] = [
        User.password_hash.set(passwords.hash_password(password)),
        User.session_epoch.set(user.session_epoch + 1),
        User.temporary_password_until.remove(),
    ]
    # Counted without the count's own condition: what else the account does today must not refuse a right code.
    actions += counted
    return Update(User.key(user.id), actions, unchanged(user, "session_epoch") & still_active())

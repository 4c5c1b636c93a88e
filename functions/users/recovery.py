"""Changing a password, and getting back in by SMS code when it is forgotten (docs/contract.md: Passwords).

Every change raises the user's session epoch, which ends all sessions but the one that it starts or that asked for it
(invariant 12).
"""

from datetime import datetime

from quickcare.accounts import login, otp, passwords, sessions
from quickcare.accounts.account import still_active
from quickcare.accounts.sessions import Client, Continued, Started
from quickcare.db import table
from quickcare.db.items import LoginThrottle, PasswordReset, User
from quickcare.db.operations import Create, Delete, Operation, Put, Refused, Update, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Conflict, Unauthorized
from quickcare.sms import outbox
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
    try:
        table.write(
            user=_set_password(user, password),
            session=continued.session,
            **login.forget_temporary_password(user),
        )
    except Refused as refused:
        if "session" in refused.names:
            raise Unauthorized from None
        raise Conflict("The password was changed by another request. Please try again.") from None
    return continued


@decide_again
def start_reset(contact: int, source_ip: str, now: datetime) -> None:
    """Send a code if the contact has an active account; a stranger sees no difference. Raises TooManyRequests."""
    key = PasswordReset.key(contact)
    owner, last, sends = codes.read(contact, key, source_ip)
    writes = codes.count_send(contact, source_ip, sends, now)
    user = table.fetch(User.key(owner.user_id)) if owner else None
    issued = otp.issue(key, contact, "password_reset", now)
    if user and user.is_active:
        reset = Put(key.item(user_id=user.id, **issued.pending), unchanged(last, "otp_id"))
        writes |= {"reset": reset, "log": Create(issued.log), "sms": Create(issued.sms)}
    table.write(**writes)
    if "sms" in writes:
        outbox.relay(issued.sms)


def finish_reset(body: PasswordResetConfirm, client: Client, now: datetime) -> Started:
    """Set the password with the code, lift the login back-off, start a session. Raises BadRequest, Invalid."""
    passwords.check_rule(body.password, body.contact)
    reset = table.fetch(PasswordReset.key(body.contact))
    if reset is None:
        raise BadRequest(otp.INVALID)
    otp.spend_try(PasswordReset.key(body.contact), reset, body.otp, now)
    user = table.fetch(User.key(reset.user_id))
    if user is None or not user.is_active:
        raise BadRequest(otp.INVALID)
    started = sessions.start(user, client, now, epoch=int(user.session_epoch) + 1)
    writes: dict[str, Operation] = {
        "reset": Delete(PasswordReset.key(body.contact), PasswordReset.otp_id == reset.otp_id),
        "user": _set_password(user, body.password),
        "session": Create(started.session),
        "throttle": Delete(LoginThrottle.key(body.contact)),
        "log": otp.mark_used(reset, now),
        **login.forget_temporary_password(user),
    }
    try:
        table.write(**writes)
    except Refused:
        raise BadRequest(otp.INVALID) from None
    return started


def _set_password(user: User, password: str) -> Update:
    actions = [
        User.password_hash.set(passwords.hash_password(password)),
        User.session_epoch.set(user.session_epoch + 1),
        User.temporary_password_until.remove(),
    ]
    return Update(User.key(user.id), actions, unchanged(user, "session_epoch") & still_active())

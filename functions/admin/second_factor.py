"""The second step of the login, setting up a second factor, and new recovery codes (decision 0021).

A try is counted before a code is compared, and a code is used up in the transaction of what it is for. So no code is
good twice, not even at once. The second step is only there for somebody who gave the right password.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from quickcare import security_log
from quickcare.accounts import limits, second_factor
from quickcare.db import table
from quickcare.db.item import Item
from quickcare.db.items import AdminSession, OfferedSecret, SecondFactor, SendLog
from quickcare.db.operations import Create, Delete, Operation, Refused, Update
from quickcare.db.table import decide_again
from quickcare.errors import BadRequest, Conflict, Forbidden, Unauthorized
from quickcare.security_log import Event
from quickcare.web import written

from admin import audit, sessions
from admin.sessions import Administrator

TRIES_PER_SESSION = 5
WRONG = "This code is not right. Enter the six digits that the app shows now, or a recovery code."
_USED = "This code was used already. Wait until the app shows the next one."
_OFFER_OVER = "This page had been open for too long. Here is a new code to scan."
_IS_SET_UP = "A second factor is set up already. Log in with it."


class Used(NamedTuple):
    """A code that was right: what uses it up, under which condition, and what the audit says of it."""

    actions: Sequence[Action]
    condition: Condition
    detail: str


class SetUp(NamedTuple):
    """A second factor that was set up: the recovery codes, shown once, and the new session with its cookie."""

    codes: Sequence[str]
    administrator: Administrator
    cookie: str


@security_log.attempt(Event.SECOND_FACTOR)
def finish_login(administrator: Administrator, text: str, now: datetime) -> str:
    """Check a code after the password. Returns the cookie of a new session; the unfinished one ends: 1 read, 2 writes.

    Raises BadRequest for a wrong code, TooManyRequests, Unauthorized when this session has no tries left.
    """
    used = _use(administrator, text, now)
    session, cookie = sessions.start(administrator.user, now, has_second_factor=True)
    _write(
        administrator,
        used=_using(administrator, used),
        new_session=Create(session),
        session=_ending(administrator),
        **audit.entry(administrator, "logged_in", now, detail=used.detail),
    )
    return cookie


@decide_again
def offer(administrator: Administrator, now: datetime) -> str:
    """The secret that this session may set up, the same on each call: 1 read, and at first 1 write."""
    key = OfferedSecret.key(administrator.user.id, administrator.session.id)
    offered = table.fetch(key)
    if offered is not None:
        return offered.secret
    secret = second_factor.new_secret()
    table.write(offer=Create(key.item(secret=secret, ttl=administrator.session.expires_at)))
    return secret


def set_up(administrator: Administrator, text: str, now: datetime) -> SetUp:
    """Set up the offered secret, when this code proves that an app has it: 1 read, 1 transaction.

    Raises BadRequest for a wrong code, Conflict when there is a second factor, or no offer any more.
    """
    user, key = administrator.user, OfferedSecret.key(administrator.user.id, administrator.session.id)
    offered = table.fetch(key)
    if offered is None:
        raise Conflict(_IS_SET_UP if administrator.factor else _OFFER_OVER)
    step = second_factor.matching_step(offered.secret, _plain(text), now)
    if step is None:
        raise BadRequest(WRONG)
    codes = second_factor.recovery_codes()
    factor = SecondFactor.key(user.id).item(
        secret=offered.secret, last_step=step, recovery=second_factor.hashes(user.id, codes), created_at=now
    )
    session, cookie = sessions.start(user, now, has_second_factor=True)
    _write(
        administrator,
        factor=Create(factor),
        offer=Delete(key, OfferedSecret.secret == offered.secret),
        new_session=Create(session),
        session=_ending(administrator),
        **audit.entry(administrator, "set_up_second_factor", now),
    )
    form_token = sessions.read_cookie(cookie, now).form_token
    known = administrator._replace(session=session, factor=factor, form_token=form_token)
    return SetUp(codes, known, cookie)


@security_log.attempt(Event.SECOND_FACTOR)
def renew_recovery_codes(administrator: Administrator, text: str, now: datetime) -> Sequence[str]:
    """Ten new recovery codes in place of all old ones, after a code of the app: 1 read, 2 writes.

    Raises BadRequest for a wrong code, TooManyRequests, Unauthorized when this session has no tries left.
    """
    if not second_factor.is_app_code(_plain(text)):
        raise BadRequest("Enter the six digits that the app shows now.")
    used, codes = _use(administrator, text, now), second_factor.recovery_codes()
    renewed = SecondFactor.recovery.set(second_factor.hashes(administrator.user.id, codes))
    trail = audit.entry(administrator, "renewed_recovery_codes", now)
    _write(administrator, used=_using(administrator, used, renewed), **trail)
    return codes


def _use(administrator: Administrator, text: str, now: datetime) -> Used:
    """Count a try and compare a code of the app, or a recovery code: at most 1 read, 1 write.

    Raises BadRequest, TooManyRequests, Unauthorized.
    """
    factor, code = administrator.factor, _plain(text)
    if factor is None:
        raise Forbidden("There is no second factor.")
    is_app_code = second_factor.is_app_code(code)
    _count_try(administrator, is_app_code, now)
    hashed = second_factor.recovery_hash(administrator.user.id, code)
    used = _app_code(factor, code, now) if is_app_code else _recovery_code(factor, hashed)
    if used is None:
        table.write(**audit.entry(administrator, "wrong_code", now))
        raise BadRequest(WRONG)
    return used


@decide_again
def _count_try(administrator: Administrator, is_app_code: bool, now: datetime) -> None:
    """Count one more try of this session, and a guess at an app's code of this person too: at most 1 read, 1 write.

    Recovery codes are too long to guess, so they stay good while somebody else uses up the tries of the app's codes.
    """
    few = AdminSession.tries.does_not_exist() | (AdminSession.tries < TRIES_PER_SESSION)
    session = AdminSession.key(administrator.user.id, administrator.session.id)
    writes: dict[str, Operation] = {"session": Update(session, [AdminSession.tries.add(1)], few)}
    if is_app_code:
        key = SendLog.of_second_factor(administrator.user.id)
        writes["tries"] = limits.count(key, table.fetch(key), second_factor.TRIES_PER_PERSON, now)
    try:
        table.write(**writes)
    except Refused as refused:
        if "session" not in refused.names:
            raise
        table.write(session=Delete(session))
        raise Unauthorized from None


def _app_code(factor: SecondFactor, code: str, now: datetime) -> Used | None:
    step = second_factor.matching_step(factor.secret, code, now)
    if step is None:
        return None
    return Used([SecondFactor.last_step.set(step)], SecondFactor.last_step < step, "")


def _recovery_code(factor: SecondFactor, hashed: str) -> Used | None:
    kept = factor.recovery or set()
    if hashed not in kept:
        return None
    detail = f"with a recovery code, {len(kept) - 1} left"
    return Used([SecondFactor.recovery.delete({hashed})], SecondFactor.recovery.contains(hashed), detail)


def _using(administrator: Administrator, used: Used, *more: Action) -> Update:
    return Update(SecondFactor.key(administrator.user.id), [*used.actions, *more], used.condition)


def _ending(administrator: Administrator) -> Delete:
    return Delete(AdminSession.key(administrator.user.id, administrator.session.id), Item.pk.exists())


def _write(administrator: Administrator, **writes: Operation) -> None:
    """Write what a code was for. Raises BadRequest when the code was used meanwhile, Conflict when a second factor was
    set up meanwhile, Unauthorized like `Administrator.write`."""
    try:
        administrator.write(**writes)
    except Refused as refused:
        if "used" in refused.names:
            raise BadRequest(_USED) from None
        raise Conflict(_IS_SET_UP) from None


def _plain(text: str) -> str:
    """A code as somebody typed it, without spaces and with the digits 0-9: apps show `123 456`."""
    return "".join(written.digits(text).split())

"""The live sessions of a person, of the apps and of the panel: which there are, and ending them."""

from datetime import datetime
from typing import Any, NamedTuple

from quickcare.accounts import account, liveness
from quickcare.db import keys, table
from quickcare.db.item import Key
from quickcare.db.items import AdminSession, Session, User
from quickcare.db.operations import Delete, Refused, Update, unchanged
from quickcare.db.table import decide_again
from quickcare.errors import Conflict, NotFound

from admin import accounts, audit, users
from admin.sessions import IDLE, Administrator
from admin.sheets import Sheet

API, PANEL = "App", "Panel"


class LiveSession(NamedTuple):
    """A session as the page shows it. `where` is the kind of program, `seen_at` is exact to an hour."""

    id: str
    where: str
    created_at: datetime
    seen_at: datetime | None
    expires_at: datetime
    ip_address: str | None
    user_agent: str | None


class Found(NamedTuple):
    """A person and their live sessions, the newest first."""

    user: User
    live: list[LiveSession]


SHEET = Sheet(
    {
        "Began": lambda one: one.created_at,
        "In": lambda one: one.where,
        "Last seen": lambda one: one.seen_at,
        "Address": lambda one: one.ip_address,
        "Program": lambda one: one.user_agent,
        "Ends": lambda one: one.expires_at,
    },
    rows=lambda found: found.live,
    about=lambda found: (users.path(found.user), found.user.name),
)
"""The sessions of a person as a file."""


def of(user_id: str, now: datetime, _limit: int, _after: None) -> tuple[Found, None]:
    """The live sessions of a person, all on one page: 1 read. Raises NotFound."""
    pk = keys.user(user_id)
    (found, in_panel), user = table.parallel(
        lambda: table.parallel(
            lambda: table.query(Session, pk, Session.sk.startswith(keys.SESSION_PREFIX)),
            lambda: table.query(AdminSession, pk, AdminSession.sk.startswith(keys.ADMIN_SESSION_PREFIX)),
        ),
        lambda: table.fetch(User.key(user_id)),
    )
    if user is None:
        raise NotFound("There is no such person.")
    live = [_of_app(one) for one in found if _is_live(one, user, now)]
    live += [_of_panel(one) for one in in_panel if _is_live(one, user, now) and one.seen_at + IDLE > now]
    return Found(user, sorted(live, key=lambda one: (one.created_at, one.id), reverse=True)), None


def end(administrator: Administrator, user_id: str, session_id: str, now: datetime) -> None:
    """End one session of a person: 1 read, 1 write. Raises NotFound, also when it has ended, Forbidden."""
    user = accounts.changeable(administrator, user_id)
    keys_of_both: tuple[Key[Any], ...] = (Session.key(user_id, session_id), AdminSession.key(user_id, session_id))
    found = [one for one in table.fetch_all(keys_of_both) if one is not None]
    if not found:
        raise NotFound("This session has ended already.")
    trail = audit.entry(administrator, "ended_session", now, target=users.path(user), target_name=user.name)
    try:
        administrator.write(ended=Delete(Key(type(found[0]), found[0].pk, found[0].sk), Session.pk.exists()), **trail)
    except Refused:
        raise NotFound("This session has ended already.") from None


@decide_again
def end_all(administrator: Administrator, user_id: str, now: datetime) -> None:
    """End all sessions of a person at once (invariant 12): 1 read, 1 write. Raises NotFound, Forbidden, Conflict of a
    deactivated account, which has none."""
    user = accounts.changeable(administrator, user_id)
    if not user.is_active:
        raise Conflict("A deactivated account has no sessions.")
    epoch = User.session_epoch.set(int(user.session_epoch) + 1)
    trail = audit.entry(administrator, "ended_sessions", now, target=users.path(user), target_name=user.name)
    condition = unchanged(user, "session_epoch") & account.still_active()
    administrator.write(user=Update(User.key(user_id), [epoch], condition), **trail)


def _of_app(one: Session) -> LiveSession:
    seen = one.last_seen_at, one.expires_at, one.ip_address, one.user_agent
    return LiveSession(one.id, API, one.created_at, *seen)


def _of_panel(one: AdminSession) -> LiveSession:
    return LiveSession(one.id, PANEL, one.created_at, one.seen_at, one.expires_at, None, None)


def _is_live(one: Session | AdminSession, user: User, now: datetime) -> bool:
    return user.is_active and liveness.is_live(one, user, now)

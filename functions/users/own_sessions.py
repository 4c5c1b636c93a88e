"""The live sessions of the caller: which there are, and ending one (docs/contract.md: Sessions)."""

from collections.abc import Sequence
from datetime import datetime

from quickcare import clock
from quickcare.accounts import sessions
from quickcare.db import table
from quickcare.db.items import Session
from quickcare.db.operations import Delete, Refused
from quickcare.errors import NotFound
from quickcare.web import paging
from quickcare.web.identity import Caller


def page_of(caller: Caller, limit: int, after: str | None, now: datetime) -> tuple[Sequence[Session], str | None]:
    """A page of the caller's live sessions, the newest first, and where it ended: 1 read.

    Raises Unauthorized when the caller's own has ended.
    """
    live = sessions.live_ones(caller.user_id, caller.session_id, now)
    shown, last = paging.cut([one for one in live if after is None or _position(one) < after], limit)
    return shown, _position(last) if last else None


def end(caller: Caller, session_id: str, now: datetime) -> None:
    """End one of the caller's sessions, which may be the one that asks: 1 read, 1 write.

    Raises NotFound when it is not theirs or has ended, Unauthorized when the caller's own has ended.
    """
    if session_id not in [one.id for one in sessions.live_ones(caller.user_id, caller.session_id, now)]:
        raise NotFound
    try:
        table.write(session=Delete(Session.key(caller.user_id, session_id), Session.pk.exists()))
    except Refused:
        raise NotFound from None


def _position(session: Session) -> str:
    # By its key a session stands anywhere: that is a hash.
    return f"{clock.sortable(session.created_at)}#{session.id}"

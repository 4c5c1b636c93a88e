"""The pages of the panel's lists, and the cursor that leads from one to the next and back.

A cursor knows where the pages before it began, so going back reads no more than going on does.
"""

from datetime import datetime
from typing import Any, NamedTuple

from quickcare.accounts.tokens import TokenType
from quickcare.errors import BadRequest, Forbidden, Unauthorized
from quickcare.web import cursors

from admin.request import Request

_MOST_BACK = 20  # pages; the cursor is part of an address, so it cannot grow without an end


class Place(NamedTuple):
    """Where a page begins: after what (None on the first page), and after what the pages before it began."""

    after: Any = None
    before: tuple[Any, ...] = ()


def place(request: Request, user_id: str, now: datetime) -> Place:
    """Where this page begins, as the cursor in the link says.

    Raises BadRequest when the cursor has expired, or belongs to another list or another user.
    """
    cursor = request.query.get("cursor")
    if not cursor:
        return Place()
    try:
        found = cursors.read(cursor, _scope(request, user_id), now, TokenType.PANEL_CURSOR)
    except Unauthorized:
        raise BadRequest("This link to the next page has expired. Please begin at the first page.") from None
    except Forbidden:
        raise BadRequest(
            "This link to the next page belongs to another list. Please begin at the first page."
        ) from None
    # A cursor from before the last upgrade names only where its page begins.
    return Place(found["after"], tuple(found["before"])) if isinstance(found, dict) else Place(found)


def next_page(request: Request, user_id: str, here: Place, last: Any, now: datetime) -> str | None:
    """The address of the page that begins after `last`; None when `last` is None, because this is the last page."""
    if last is None:
        return None
    return _address(request, user_id, Place(last, (*here.before, here.after)[-_MOST_BACK:]), now)


def previous_page(request: Request, user_id: str, here: Place, now: datetime) -> str | None:
    """The address of the page before this one; None on the first page, and twenty pages back from where one went on."""
    if not here.before:
        return None
    *before, after = here.before
    return request.first_page if after is None else _address(request, user_id, Place(after, tuple(before)), now)


def _address(request: Request, user_id: str, there: Place, now: datetime) -> str:
    cursor = cursors.make(
        {"after": there.after, "before": list(there.before)}, _scope(request, user_id), now, TokenType.PANEL_CURSOR
    )
    return request.url(request.path, **request.filters, cursor=cursor)


def _scope(request: Request, user_id: str) -> list[Any]:
    # As lists, because that is what JSON makes of pairs.
    return ["admin", request.path, [list(pair) for pair in sorted(request.filters.items())], user_id]

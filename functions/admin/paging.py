"""The pages of the panel's lists, and the cursor that leads from one to the next."""

from datetime import datetime
from typing import Any

from quickcare.accounts.tokens import TokenType
from quickcare.errors import BadRequest, Forbidden, Unauthorized
from quickcare.web import cursors

from admin.request import Request


def position(request: Request, user_id: str, now: datetime) -> Any:
    """Where the page before this one ended, as the cursor in the link says; None for the first page.

    Raises BadRequest when the cursor has expired, or belongs to another list or another user.
    """
    cursor = request.query.get("cursor")
    if not cursor:
        return None
    try:
        return cursors.read(cursor, _scope(request, user_id), now, TokenType.PANEL_CURSOR)
    except Unauthorized:
        raise BadRequest("This link to the next page has expired. Please begin at the first page.") from None
    except Forbidden:
        raise BadRequest(
            "This link to the next page belongs to another list. Please begin at the first page."
        ) from None


def next_page(request: Request, user_id: str, last: Any, now: datetime) -> str | None:
    """The address of the page that begins after `last`; None when `last` is None, because this is the last page."""
    if last is None:
        return None
    cursor = cursors.make(last, _scope(request, user_id), now, TokenType.PANEL_CURSOR)
    return request.url(request.path, **request.filters, cursor=cursor)


def _scope(request: Request, user_id: str) -> list[Any]:
    # As lists, because that is what JSON makes of pairs.
    return ["admin", request.path, [list(pair) for pair in sorted(request.filters.items())], user_id]

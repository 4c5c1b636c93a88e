"""Pages of a list: `?limit=` (or `?page_size=`), `?cursor=`, and a link to the next page (docs/contract.md: Lists)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Depends, Request

from quickcare import clock
from quickcare.errors import Forbidden, Invalid, Unauthorized
from quickcare.web import cursors
from quickcare.web.public_url import public_base

MOST = 200  # entries that a client may ask for
DEFAULT_LIMIT, ARRAY_LIMIT = 50, 500  # when it does not ask; the apps read plain arrays without paging


class Page(NamedTuple):
    """The page of a list that a client asks for.

    `limit` is how many entries it has at most. `after` is where the page before ended, as the service that reads the
    list said; None for the first page. `url`, `query` and `caller` are those of the request. The link to the next page
    works only for the same `caller`.
    """

    limit: int
    after: Any
    url: str
    query: dict[str, str]
    caller: str = ""

    def link(self, last: Any, now: datetime) -> str | None:
        """The URL of the page that begins after `last` (a JSON value); None when `last` is None."""
        if last is None:
            return None
        cursor = cursors.make(last, _scope(self.url, self.query, self.caller), now)
        return f"{self.url}?{urlencode({**self.query, 'cursor': cursor})}"

    def headers(self, last: Any, now: datetime) -> dict[str, str | list[str]]:
        """The Link header of a plain list (RFC 8288), empty on the last page."""
        url = self.link(last, now)
        return {"Link": f'<{url}>; rel="next"'} if url else {}


def page(request: Request) -> Page:
    """The page that a request asks for, of 50 entries when it does not say how many; raises like `page_of_array`."""
    return _page(request, DEFAULT_LIMIT)


def page_of_array(request: Request) -> Page:
    """The page of a plain array that a request asks for, of 500 entries when it does not say how many.

    Raises Invalid for a limit below 1, and for a cursor that has expired, is not ours, or belongs to another list or
    another caller.
    """
    return _page(request, ARRAY_LIMIT)


def _page(request: Request, default_limit: int) -> Page:
    event = request.resolved_event
    query = dict(event.query_string_parameters or {})
    cursor, url = query.pop("cursor", ""), public_base(event) + event["path"]
    caller = str((event["requestContext"].get("authorizer") or {}).get("user_id", ""))
    after = _read_cursor(cursor, _scope(url, query, caller)) if cursor else None
    return Page(_limit(query, default_limit), after, url, query, caller)


PageDep = Annotated[Page, Depends(page)]
ArrayPageDep = Annotated[Page, Depends(page_of_array)]


def cut(items: Sequence[Any], limit: int) -> tuple[Sequence[Any], Any | None]:
    """The page, out of up to `limit + 1` items that were read, and the last item of the page when more items follow."""
    return (items[:limit], items[limit - 1]) if len(items) > limit else (items, None)


def _limit(query: dict[str, str], default: int) -> int:
    name = "limit" if query.get("limit") else "page_size"
    text = query.get(name)
    if not text:
        return default
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit() and digits):
        raise Invalid(name, "A whole number of at least 1 is required.")
    return min(int(digits), MOST) if len(digits) <= len(str(MOST)) else MOST


def _scope(url: str, query: dict[str, str], caller: str) -> list[Any]:
    path = url.split("://", 1)[1].partition("/")[2].rstrip("/")
    filters = {name: value for name, value in query.items() if name not in ("limit", "page_size")}
    # As lists, because that is what JSON makes of pairs.
    return [path, [list(pair) for pair in sorted(filters.items())], caller]


def _read_cursor(cursor: str, scope: list[Any]) -> Any:
    try:
        return cursors.read(cursor, scope, clock.now())
    except (Unauthorized, Forbidden):
        raise Invalid("cursor", "Not a valid cursor.") from None

"""Pages of a list: `?limit=` (alias `page_size`), `?cursor=`, and where the next page is (docs/contract.md: Lists)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Depends, Request

from quickcare import clock
from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.errors import Invalid, Unauthorized
from quickcare.web.public_url import public_base

DEFAULT_LIMIT, MOST = 50, 100
_CURSOR_LIFETIME = timedelta(days=1)


class Page(NamedTuple):
    """What the client asked for.

    `after` is where the last page ended, as the repository put it; `url` and `query` make the next link, which is
    good for this `caller` only.
    """

    limit: int
    after: Any
    url: str
    query: dict[str, str]
    caller: str = ""

    def link(self, last: Any, now: datetime) -> str | None:
        """The URL of the page that begins after `last` (JSON); None when there is none."""
        if last is None:
            return None
        cursor = tokens.sign(
            TokenType.CURSOR,
            now=now,
            lifetime=_CURSOR_LIFETIME,
            after=last,
            scope=_scope(self.url, self.query, self.caller),
        )
        return f"{self.url}?{urlencode({**self.query, 'cursor': cursor})}"

    def headers(self, last: Any, now: datetime) -> dict[str, str | list[str]]:
        """The Link header of a plain list (RFC 8288), empty on the last page."""
        url = self.link(last, now)
        return {"Link": f'<{url}>; rel="next"'} if url else {}


def page(request: Request) -> Page:
    """The page of this request. Raises Invalid for a limit below 1 or a cursor that is not ours or not of this list."""
    event = request.resolved_event
    query = dict(event.query_string_parameters or {})
    cursor, url = query.pop("cursor", ""), public_base(event) + event["path"]
    caller = str((event["requestContext"].get("authorizer") or {}).get("user_id", ""))
    after = _read_cursor(cursor, _scope(url, query, caller)) if cursor else None
    return Page(_limit(query), after, url, query, caller)


PageDep = Annotated[Page, Depends(page)]


def cut(items: Sequence[Any], limit: int) -> tuple[Sequence[Any], Any | None]:
    """Of `limit + 1` items that were asked for: the page, and its last item when there are more."""
    return (items[:limit], items[limit - 1]) if len(items) > limit else (items, None)


def _limit(query: dict[str, str]) -> int:
    name = "limit" if query.get("limit") else "page_size"
    text = query.get(name) or str(DEFAULT_LIMIT)
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
        claims = tokens.read(cursor, TokenType.CURSOR, now=clock.now())
    except Unauthorized:
        raise Invalid("cursor", "Not a valid cursor.") from None
    if claims.get("scope") != scope:
        raise Invalid("cursor", "Not a valid cursor.")
    return claims["after"]

"""What a browser asked: where the panel is mounted, the fields of its forms, cookies, and the next page of a list."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from quickcare.accounts import tokens
from quickcare.accounts.tokens import TokenType
from quickcare.errors import BadRequest, Unauthorized

MOUNT = "/admin"
PAGE_SIZE = 25
_MOST_FIELDS, _LONGEST_BODY = 20, 10_000
_CURSOR_LIFETIME = timedelta(days=1)
# Paths of the panel with their query: nothing that a browser could read as another site.
_INSIDE = re.compile(r"[a-z][a-z0-9-]*(/[a-z0-9-]+)*(\?[A-Za-z0-9=&%+._~-]*)?")


class Asked(NamedTuple):
    """One request. `base` is where the panel is for this browser (`/dev/admin`), `path` what follows (`users`)."""

    base: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    cookies: dict[str, str]
    source_ip: str

    def url(self, path: str, **query: str) -> str:
        """The address of another page of the panel; `path` may have a query already."""
        return f"{self.base}/{path}" + (f"{'&' if '?' in path else '?'}{urlencode(query)}" if query else "")

    @property
    def first_page(self) -> str:
        """The address of the first page of this list."""
        return self.url(self.path, **_filters(self.query))

    @property
    def here(self) -> str:
        """The path to come back to after a login."""
        filters = _filters(self.query)
        return self.back if self.form else self.path + (f"?{urlencode(filters)}" if filters else "")

    @property
    def page(self) -> str:
        """This page of a list, for its forms to come back to."""
        shown = {name: value for name, value in self.query.items() if name != "done" and value}
        return self.path + (f"?{urlencode(shown)}" if shown else "")

    @property
    def back(self) -> str:
        """The path of the page that shows the form that was sent."""
        return inside(self.form.get("back") or self.path.rpartition("/")[0])


def of(event: Any) -> Asked:
    """What API Gateway's event says. Raises BadRequest for a form that is none."""
    base, path = mount(event)
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Asked(
        base,
        path,
        {name: value.strip() for name, value in (event.get("queryStringParameters") or {}).items()},
        _form(event) if event["httpMethod"] == "POST" else {},
        _cookies(headers.get("cookie", "")),
        str(event["requestContext"]["identity"]["sourceIp"]),
    )


def failed(event: Any) -> Asked:
    """The same of a request that went wrong, perhaps because its form is none."""
    try:
        return of(event)
    except BadRequest:
        return of({**event, "body": None, "isBase64Encoded": False})


def routed(event: dict[str, Any]) -> dict[str, Any]:
    """The event with the path that the routes know: a custom domain's base path stands before it."""
    return {**event, "path": f"{MOUNT}/{mount(event)[1]}".rstrip("/")}


def inside(path: str) -> str:
    """`path` when it is a page of the panel, else the first page: a link from elsewhere may say anything."""
    return path if _INSIDE.fullmatch(path) and len(path) < 1000 else "users"


def after(asked: Asked, user_id: str, now: datetime) -> Any:
    """Where the page before ended, as its link to this one says. Raises BadRequest."""
    cursor = asked.query.get("cursor")
    if not cursor:
        return None
    try:
        claims = tokens.read(cursor, TokenType.CURSOR, now=now)
    except Unauthorized:
        raise BadRequest("This link to the next page has expired. Please begin at the first page.") from None
    if claims.get("scope") != _scope(asked, user_id):
        raise BadRequest("This link to the next page belongs to another list. Please begin at the first page.")
    return claims["after"]


def next_page(asked: Asked, user_id: str, last: Any, now: datetime) -> str | None:
    """The address of the page that begins after `last`; None when there is none."""
    if last is None:
        return None
    scope = _scope(asked, user_id)
    cursor = tokens.sign(TokenType.CURSOR, now=now, lifetime=_CURSOR_LIFETIME, after=last, scope=scope)
    return asked.url(asked.path, **_filters(asked.query), cursor=cursor)


def _scope(asked: Asked, user_id: str) -> list[Any]:
    return ["admin", asked.path, [list(pair) for pair in sorted(_filters(asked.query).items())], user_id]


def _filters(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name not in ("cursor", "done") and value}


def mount(event: Mapping[str, Any]) -> tuple[str, str]:
    """Where the panel is for this browser, and the path inside it."""
    path = (event.get("pathParameters") or {}).get("proxy", "").strip("/")
    whole = event["requestContext"]["path"].rstrip("/")
    mounted = whole.removesuffix(f"/{path}") if path else whole
    if not mounted.endswith(MOUNT):
        # The path came encoded; a stage or base path of this name is none of ours.
        mounted = whole.partition(MOUNT)[0] + MOUNT
    return mounted, path


def _form(event: Mapping[str, Any]) -> dict[str, str]:
    body = event.get("body") or ""
    if event.get("isBase64Encoded") or len(body) > _LONGEST_BODY:
        raise BadRequest("This form could not be read.")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise BadRequest("This form could not be read.") from None


def _cookies(header: str) -> dict[str, str]:
    """Every cookie, also beside ones that break the rules: other sites of the domain, or other ports, set some too."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs}

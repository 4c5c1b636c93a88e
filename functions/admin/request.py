"""A request to the panel: its path, query, form fields and cookies; `sessions.py` says whose it is and may be."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare.errors import BadRequest

MOUNT = "/admin"
_MOST_FIELDS, _LONGEST_BODY = 60, 10_000
# A cursor that knows the pages before it makes the longest.
_LONGEST_PATH = 3000
# A path of the panel with its query. No browser may be able to read it as the address of another site.
_INSIDE = re.compile(r"[a-z][a-z0-9-]*(/[a-z0-9-]+)*(\?[A-Za-z0-9=&%+._~-]*)?")
_NO_FILTERS = {"cursor", "done", "format"}


class Request(NamedTuple):
    """One request. `base` is the path of the panel for this browser (`/dev/admin`), `path` what follows (`users`)."""

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
    def filters(self) -> dict[str, str]:
        """What the query asks of a list, without its page, its format and a message about something done."""
        return {name: value for name, value in self.query.items() if name not in _NO_FILTERS and value}

    @property
    def first_page(self) -> str:
        """The address of the first page of this list."""
        return self.url(self.path, **self.filters)

    def asking(self, **changed: str) -> str:
        """The address of the first page of this list with some filters changed."""
        return self.url(self.path, **{**self.filters, **changed})

    @property
    def wants_csv(self) -> bool:
        """Whether the list is asked for as a file."""
        return self.query.get("format") == "csv"

    @property
    def origin(self) -> str:
        """The path of the list from which this page was opened; empty without one."""
        path = self.form.get("from") or self.query.get("from", "")
        return path if _is_inside(path) else ""

    def link(self, path: str) -> str:
        """The address of another page of the panel. From a list to one of its rows it leads back to what is shown."""
        is_of_list = "/" not in self.path and "/" in path and self.page != path.partition("/")[0]
        return self.url(path, **{"from": self.page}) if is_of_list else self.url(path)

    def done(self, path: str, what: str) -> str:
        """The address of a page that says what was done, and leads back to the list from which it was opened."""
        return self.url(path, done=what, **({"from": self.origin} if self.origin else {}))

    @property
    def here(self) -> str:
        """The path to come back to after a login."""
        return self.back if self.form else self.path + (f"?{urlencode(self.filters)}" if self.filters else "")

    @property
    def page(self) -> str:
        """The path of this page of a list. The page's forms carry it, to come back to."""
        shown = {name: value for name, value in self.query.items() if name != "done" and value}
        return self.path + (f"?{urlencode(shown)}" if shown else "")

    @property
    def back(self) -> str:
        """The path of the page from which the form was sent."""
        opened_from = f"?{urlencode({'from': self.origin})}" if self.origin else ""
        return inside(self.form.get("back") or self.path.rpartition("/")[0] + opened_from)


def read(event: Any) -> Request:
    """The request in API Gateway's event. Raises BadRequest when the form cannot be read."""
    base, path = _mount(event)
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Request(
        base,
        path,
        {name: value.strip() for name, value in (event.get("queryStringParameters") or {}).items()},
        _form(event) if event["httpMethod"] == "POST" else {},
        _cookies(headers.get("cookie", "")),
        str(event["requestContext"]["identity"]["sourceIp"]),
    )


def current(router: APIGatewayRouter) -> Request:
    """The request that a route of this router has to answer. Raises BadRequest when the form cannot be read."""
    return read(router.current_event.raw_event)


def read_failed(event: Any) -> Request:
    """The request of an event that could not be answered; without its form when the form cannot be read."""
    try:
        return read(event)
    except BadRequest:
        return read({**event, "body": None, "isBase64Encoded": False})


def for_routes(event: dict[str, Any]) -> dict[str, Any]:
    """The event with the path as the routes name it, without the base path of a custom domain."""
    return {**event, "path": f"{MOUNT}/{_mount(event)[1]}".rstrip("/")}


def inside(path: str) -> str:
    """`path` when it is a page of the panel, else the first page: a link from another site may say anything."""
    return path if _is_inside(path) else "today"


def _is_inside(path: str) -> bool:
    return len(path) < _LONGEST_PATH and _INSIDE.fullmatch(path) is not None


def _mount(event: Mapping[str, Any]) -> tuple[str, str]:
    """The path of the panel for this browser, and the path inside the panel."""
    path = (event.get("pathParameters") or {}).get("proxy", "").strip("/")
    whole = event["requestContext"]["path"].rstrip("/")
    mounted = whole.removesuffix(f"/{path}") if path else whole
    if not mounted.endswith(MOUNT):
        # The path came percent-encoded. No stage and no base path of ours contains `/admin`.
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
    """Every cookie by its name. One that breaks the rules is kept too.

    Other sites of the same domain, or of other ports, may have set cookies that a strict parser would stop at.
    """
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs}

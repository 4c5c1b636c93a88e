"""A request to a page: the code of its link, the form that it brings, and the address that it comes from."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare.errors import BadRequest
from quickcare.settings import settings
from quickcare.web.public_url import public_base

_MOST_FIELDS, _LONGEST_BODY = 10, 10_000
_UNREADABLE = "This form could not be read."


class Request(NamedTuple):
    """One request. `form` is empty for a page that is only opened."""

    code: str
    form: dict[str, str]
    source_ip: str
    link_base: str


def current(router: APIGatewayRouter, code: str) -> Request:
    """The request that a route of this router has to answer. Raises BadRequest when its form cannot be read."""
    event = router.current_event.raw_event
    form = _form(event) if event["httpMethod"] == "POST" else {}
    base = settings().link_base or public_base(event)
    return Request(code, form, str(event["requestContext"]["identity"]["sourceIp"]), base)


def _form(event: Mapping[str, Any]) -> dict[str, str]:
    body = event.get("body") or ""
    if event.get("isBase64Encoded") or len(body) > _LONGEST_BODY:
        raise BadRequest(_UNREADABLE)
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise BadRequest(_UNREADABLE) from None

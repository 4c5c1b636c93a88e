"""The address of the API as its clients know it, for URLs in answers."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Depends, Request

from quickcare.settings import settings


def public_base(event: Any) -> str:
    """Scheme, host and stage of the API Gateway event's request, without a slash at the end."""
    context = event["requestContext"]
    # In SAM's local API this is the resource's path, and there is no stage.
    stage = context["path"].removesuffix(event["path"]) if context["path"].endswith(event["path"]) else ""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    scheme = headers.get("x-forwarded-proto", "https")
    return f"{scheme}://{context.get('domainName') or headers.get('host', '')}{stage}"


def _of_request(request: Request) -> str:
    return public_base(request.resolved_event)


def _of_links(request: Request) -> str:
    return settings().link_base or _of_request(request)


PublicBaseDep = Annotated[str, Depends(_of_request)]
LinkBaseDep = Annotated[str, Depends(_of_links)]
"""Where the links in SMS lead: LINK_URL, else PUBLIC_URL, else where the request was sent."""

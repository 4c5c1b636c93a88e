"""Who is calling, as the authorizer proved it. It says nothing of rights; services read those when they need them."""

from typing import Annotated, NamedTuple

from aws_lambda_powertools.event_handler import Depends, Request

from quickcare.accounts.sessions import Client
from quickcare.errors import Unauthorized

_LONGEST_AGENT = 200


class Caller(NamedTuple):
    """The caller. `source_ip` is the address that API Gateway saw, never a header that the client wrote."""

    user_id: str
    session_id: str
    source_ip: str
    user_agent: str | None = None

    @property
    def client(self) -> Client:
        """The program that the caller uses."""
        return Client(self.source_ip, self.user_agent)


def caller(request: Request) -> Caller:
    """The caller of a route with the authorizer. Raises Unauthorized when the event has no identity."""
    identity = request.resolved_event["requestContext"].get("authorizer") or {}
    if "user_id" not in identity or "session_id" not in identity:
        raise Unauthorized
    seen = client(request)
    return Caller(identity["user_id"], identity["session_id"], seen.ip_address, seen.user_agent)


def client(request: Request) -> Client:
    """The program that sends a request, for the list of sessions; what it calls itself is cut to 200 characters."""
    agent = request.resolved_event.headers.get("User-Agent") or ""
    return Client(source_ip(request), agent.strip()[:_LONGEST_AGENT] or None)


def source_ip(request: Request) -> str:
    """The network address of the client, for limits and logs."""
    return str(request.resolved_event["requestContext"]["identity"]["sourceIp"])


CallerDep = Annotated[Caller, Depends(caller)]
ClientDep = Annotated[Client, Depends(client)]
SourceIpDep = Annotated[str, Depends(source_ip)]

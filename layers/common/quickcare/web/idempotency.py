"""`Idempotency-Key` of POSTs that create something, with Powertools Idempotency.

For one caller and path, the same key and body within 24 hours get the first answer again, and another body gets 409. A
second request waits up to 5 s while the first is running. After a crash of the first one, the key is free again when
its Lambda would have timed out (less than a minute). Errors are not kept, so a request that failed may be sent again
with its key (docs/contract.md: Repeating a request).

Before the first answer is given again, the route's `Replay` looks whether the caller may still have it: who lost the
right since is refused like with a first request. URLs in an answer expire, so `finish` makes them anew each time.

    @router.post("/api/clinics/<clinic_id>/slots", middlewares=[idempotent(owning.replay_in_clinic)])
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Depends, Request, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from quickcare import security_log
from quickcare.errors import BadRequest, Unavailable
from quickcare.observability import logger

Body = dict[str, Any]
Replay = Callable[[str, Mapping[str, str], Body], Body]
"""Gets the caller's id, the arguments in the path and the first answer's body. Returns the body as the caller may see
it now; raises what a first request would raise when they lost the right to it."""
Finish = Callable[[APIGatewayRestResolver, Body], Body]
"""Returns the body of a success, first or repeated, with the part that must not be kept."""
Middleware = Callable[[APIGatewayRestResolver, NextMiddleware], Response[Any]]


def idempotent(replay: Replay, finish: Finish | None = None) -> Middleware:
    """The middleware of a POST route that creates something."""

    def middleware(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[Any]:
        response, is_repeated = _once(app, next_middleware)
        body = response.body or {}
        if is_repeated:
            caller = app.current_event["requestContext"].get("authorizer") or {}
            arguments = app.context.get("_route_args") or {}
            with security_log.replaying():
                response.body = body = replay(caller["user_id"], arguments, body)
        if finish is not None:
            response.body = finish(app, body)
        return response

    return middleware


def _once(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> tuple[Response[Any], bool]:
    """The answer, and whether it was given before."""
    event = app.current_event
    key = _key(event)
    if not key:
        return next_middleware(app), False
    if len(key) > 255:
        raise BadRequest("Idempotency-Key must have at most 255 characters.")
    from quickcare.web import kept_answers  # here, because it brings boto3 (decision 0025)

    first: list[dict[str, Any]] = []

    def answer(*, request: dict[str, str]) -> dict[str, Any]:
        response = next_middleware(app)
        first.append({"status": response.status_code, "body": response.body, "headers": dict(response.headers)})
        return first[0]

    request = {"key": f"{event.path.rstrip('/')} {key}", "body": _canonical(event.body)}
    caller = (event["requestContext"].get("authorizer") or {}).get("user_id", "anonymous")
    try:
        kept = kept_answers.first_of(answer, request, caller, app.lambda_context)
    except Unavailable:
        if not first:
            raise
        # What the request did is committed, only its record could not be finished. If the answer is lost too, the
        # repetition waits until this function would have ended, and knows the item by its `request_id`.
        logger.warning("an answer could not be kept for repetitions")
        kept = first[0]
    return Response(kept["status"], "application/json", kept["body"], kept["headers"]), not first


def request_id(request: Request) -> str | None:
    """An id for this request, for the item that it creates; None without an Idempotency-Key.

    When a crash after the write loses the answer, the repetition of the request has the same id and so knows the item
    as its own. Another caller, path, key or body makes another id.
    """
    event = request.resolved_event
    key = _key(event)
    if not key:
        return None
    caller = (event["requestContext"].get("authorizer") or {}).get("user_id", "")
    parts = [caller, event.path.rstrip("/"), key, _canonical(event.body)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


RequestIdDep = Annotated[str | None, Depends(request_id)]


def _key(event: Any) -> str:
    return next((value for name, value in event.headers.items() if name.lower() == "idempotency-key"), "")


def _canonical(body: str | None) -> str:
    return json.dumps(json.loads(body or "{}"), sort_keys=True)

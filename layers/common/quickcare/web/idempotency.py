"""`Idempotency-Key` of POSTs that create something (docs/contract.md: Repeating a request; decision 0047).

For one caller and path, the same key and body within 24 hours get the first answer again, and another body gets 409.
The answer is written in the transaction that creates. So it is there when what was created is there, whenever the
process died, and of equal requests at the same time one creates. Errors are not kept, so a request that failed may be
sent again with its key.

Before the first answer is given again, the route's `Replay` looks whether the caller may still have it: who lost the
right since is refused like with a first request. URLs in an answer expire, so `finish` makes them anew each time.

    @router.post("/api/clinics/<clinic_id>/slots", middlewares=[idempotent(repository.replay)])
    def add_slot(clinic_id: ClinicId, body: NewSlot, caller: CallerDep, kept_as: KeptAs) -> SlotView:
        return SlotView.of(slots.add(clinic_id, caller.user_id, body, clock.now(), kept_as(SlotView.of)))
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple, ParamSpec, cast

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Depends, Request, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from pydantic import BaseModel

from quickcare import clock, security_log
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import KeptAnswer
from quickcare.db.operations import Keep, Keeping, keep_nothing
from quickcare.errors import AppError, BadRequest, Conflict, Repeated

Body = dict[str, Any]
Replay = Callable[[str, Mapping[str, str], Body], Body]
"""Gets the caller's id, the arguments in the path and the first answer's body. Returns the body as the caller may see
it now; raises what a first request would raise when they lost the right to it."""
Finish = Callable[[APIGatewayRestResolver, Body], Body]
"""Returns the body of a success, first or repeated, with the part that must not be kept."""
Middleware = Callable[[APIGatewayRestResolver, NextMiddleware], Response[Any]]
P = ParamSpec("P")

_KEPT_FOR = timedelta(days=1)
_LONGEST_KEY = 255
# As Powertools Idempotency named the records of a release before this one: during a deployment each finds the other's.
_NAME = f"{os.environ.get('AWS_LAMBDA_FUNCTION_NAME', 'test-func')}.quickcare.web.idempotency._once.<locals>.answer"


def idempotent(replay: Replay, finish: Finish | None = None) -> Middleware:
    """The middleware of a POST route that creates something."""

    def middleware(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[Any]:
        repeatable = _repeatable(app.current_event)
        response, is_repeated = _once(repeatable, lambda: next_middleware(app))
        body = response.body or {}
        if is_repeated and repeatable:
            arguments = app.context.get("_route_args") or {}
            with security_log.replaying():
                response.body = body = replay(repeatable.caller, arguments, body)
        if finish is not None:
            response.body = finish(app, body)
        return response

    return middleware


class _Repeatable(NamedTuple):
    """A request with an Idempotency-Key: its caller, where its answer is kept, and the SHA-256 of its body."""

    caller: str
    key: Key[KeptAnswer]
    body: str


def _repeatable(event: Any) -> _Repeatable | None:
    """The request of an event; None without a key. Raises BadRequest for a key that is too long."""
    key = next((value for name, value in event.headers.items() if name.lower() == "idempotency-key"), "")
    if not key:
        return None
    if len(key) > _LONGEST_KEY:
        raise BadRequest(f"Idempotency-Key must have at most {_LONGEST_KEY} characters.")
    caller = (event["requestContext"].get("authorizer") or {}).get("user_id", "anonymous")
    name, body = f"{event.path.rstrip('/')} {key}", json.dumps(json.loads(event.body or "{}"), sort_keys=True)
    return _Repeatable(caller, KeptAnswer.key(caller, f"{_NAME}#{_digest(name)}"), _digest(body))


def _digest(text: str) -> str:
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()


def _once(repeatable: _Repeatable | None, answer: Callable[[], Response[Any]]) -> tuple[Response[Any], bool]:
    """The answer, and whether it was kept: 1 read for a request with a key, 1 more when it fails.

    An equal request may have created since, and what it left may make this one fail with any error.
    """
    if repeatable is None:
        return answer(), False
    if kept := _kept(repeatable, clock.now()):
        return kept, True
    try:
        return answer(), False
    except AppError:
        if kept := _kept(repeatable, clock.now()):
            return kept, True
        raise


def _kept(repeatable: _Repeatable, now: datetime) -> Response[Any] | None:
    """The answer that is kept: 1 read. Raises Conflict for one to another body."""
    found = table.fetch(repeatable.key)
    if found is None or found.is_over(now):
        return None
    if found.validation != repeatable.body:
        raise Conflict("This Idempotency-Key was used with another body.")
    if found.is_of_running_request:
        raise Repeated(retry_after=2)
    kept = json.loads(found.data)
    return Response(kept["status"], "application/json", kept["body"], kept["headers"])


class _KeptAs:
    """Makes of the view of an answer what keeps it, in the write that creates what it shows."""

    def __init__(self, repeatable: _Repeatable | None) -> None:
        self._repeatable = repeatable

    def __call__(self, view: Callable[P, BaseModel | Response[Any]]) -> Keeping[P]:
        """`view` is what the route answers, as a model where the status is 201. It must not have the part that
        `finish` adds."""
        repeatable = self._repeatable
        if repeatable is None:
            return keep_nothing

        def keep(*arguments: P.args, **named: P.kwargs) -> dict[str, Keep]:
            return {"answer": _keep(repeatable, view(*arguments, **named), clock.now())}

        return keep


def _keep(repeatable: _Repeatable, view: BaseModel | Response[Any], now: datetime) -> Keep:
    response = view if isinstance(view, Response) else Response(HTTPStatus.CREATED, body=view)
    body = cast(BaseModel, response.body).model_dump(mode="json", by_alias=True)
    answer = {"status": response.status_code, "body": body, "headers": response.headers}
    item = repeatable.key.item(data=json.dumps(answer), validation=repeatable.body, ttl=now + _KEPT_FOR)
    return Keep(item, KeptAnswer.none_at(now))


def _kept_as(request: Request) -> _KeptAs:
    return _KeptAs(_repeatable(request.resolved_event))


KeptAs = Annotated[_KeptAs, Depends(_kept_as)]

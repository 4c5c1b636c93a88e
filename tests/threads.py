"""Handlers in threads. Lambda gives each event a process of its own, so Powertools keeps the current one in class
attributes and in the resolver; here each thread gets its own of both, as each Lambda environment has."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from aws_lambda_powertools.event_handler import api_gateway
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, BaseRouter, Route

_here = threading.local()
_building = threading.Lock()


class _Current:
    """Stands for the class whose attributes Powertools assigns."""

    def __setattr__(self, name: str, value: object) -> None:
        setattr(_here, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(_here, name)


def _context(resolver: ApiGatewayResolver) -> dict[str, Any]:
    contexts = _here.__dict__.setdefault("contexts", WeakKeyDictionary())
    context: dict[str, Any] = contexts.setdefault(resolver, {})
    return context


def _built_once(build: Callable[..., None]) -> Callable[..., None]:
    def locked(route: Route, *arguments: Any, **named: Any) -> None:
        with _building:
            if not route._middleware_stack_built:
                build(route, *arguments, **named)

    return locked


def _of_this_thread(name: str, _: BaseRouter) -> Any:
    return getattr(_here, name)


def keep_events_apart() -> None:
    """For the life of the process."""
    for name in ("current_event", "lambda_context"):
        setattr(BaseRouter, name, property(partial(_of_this_thread, name)))
    ApiGatewayResolver.context = property(_context, lambda *_: None)  # type: ignore[assignment]  # that is the point
    Route._build_middleware_stack = _built_once(Route._build_middleware_stack)  # type: ignore[method-assign]
    api_gateway.BaseRouter = _Current()  # type: ignore[misc, assignment]

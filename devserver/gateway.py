"""The HTTP side: an ASGI app that does what API Gateway does in front of the functions."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from devserver import inbox, proxy_event
from devserver.api import Api
from devserver.authorizer import Refused, TokenAuthorizer
from devserver.files import Files
from devserver.functions import Function
from devserver.home import Home
from devserver.proxy_event import Answer, Request
from devserver.routes import Routes
from devserver.template import Template

MAX_BODY = 10 * 1024 * 1024
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_log = logging.getLogger("devserver")


class Gateway:
    """Routes, authorizes and translates. Everything it knows comes from the template."""

    def __init__(self, template: Template, functions: Mapping[str, Function], inbox: inbox.Inbox, files: Files) -> None:
        self._api = Api.of(template)
        self._routes = Routes.of(template, self._api.default_authorizer)
        self._functions = functions
        self._inbox = inbox
        self._files = files
        self._home = Home(self._routes.has)
        self._authorizers = {
            name: TokenAuthorizer(specification, functions[specification["Function"]], self._api.stage)
            for name, specification in self._api.authorizers.items()
        }

    @property
    def pages(self) -> Mapping[str, str]:
        """What a person can open in a browser: names and paths."""
        return self._home.pages

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.monotonic()
        request = _request(scope, await _read(receive))
        answer = self._home.answer(request) or self._inbox.answer(request)
        if answer is None:
            answer = await self._files.answer(request) or await self._answer(request)
            answer = self._files.within_reach(answer, request)
            milliseconds = (time.monotonic() - started) * 1000
            _log.info("%s %s %d %.0f ms", request.method, request.path, answer.status, milliseconds)
        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.headers]
        if all(name != b"content-length" for name, _ in headers):
            headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, request: Request) -> Answer:
        try:
            if len(request.body) > MAX_BODY:
                raise Refused("REQUEST_TOO_LARGE")
            methods = self._routes.methods(request.path)
            if request.method == "OPTIONS" and methods and not methods & {"OPTIONS", "ANY"}:
                return self._api.preflight()
            return await self._invoke(request)
        except Refused as refused:
            return self._api.gateway_response(refused.kind)

    async def _invoke(self, request: Request) -> Answer:
        """Call the function behind the request's route. Raises Refused."""
        match = self._routes.find(request.method, request.path)
        if match is None:
            raise Refused("MISSING_AUTHENTICATION_TOKEN")
        route, parameters = match
        identity = await self._authorize(route.authorizer, request)
        event = proxy_event.event(request, route, parameters, self._api.stage, identity, self._api.binary)
        try:
            return proxy_event.answer(await asyncio.wrap_future(self._functions[route.function].invoke(event)))
        except Exception:  # noqa: BLE001 - logged whole; it is the code under development
            _log.exception("%s failed", route.function)
            raise Refused("DEFAULT_5XX") from None

    async def _authorize(self, name: str | None, request: Request) -> dict[str, Any]:
        if name is None:
            return {}
        try:
            return await self._authorizers[name].authorize(request)
        except Refused:
            raise
        except Exception:  # noqa: BLE001 - logged whole; it is the code under development
            _log.exception("%s failed", name)
            raise Refused("AUTHORIZER_FAILURE") from None


async def _read(receive: Receive) -> bytes:
    """The whole body. Of one that is too large the rest is read and dropped, so that the client sees the answer."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        part = message.get("body", b"")
        size += len(part)
        if size - len(part) <= MAX_BODY:
            parts.append(part)
    return b"".join(parts)


def _request(scope: Mapping[str, Any], body: bytes) -> Request:
    source_ip = scope["client"][0]
    headers = [(name.decode("latin-1").title(), value.decode("latin-1")) for name, value in scope["headers"]]
    forwarded = ", ".join([*(value for name, value in headers if name == "X-Forwarded-For"), source_ip])
    headers = [pair for pair in headers if pair[0] != "X-Forwarded-For"]
    headers += [("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", "http")]
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        source_ip=source_ip,
        body=body,
    )

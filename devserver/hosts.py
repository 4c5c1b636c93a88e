"""By which names the local server may be called.

A page of the internet can let its own name mean this machine (DNS rebinding), and would then read everything here as
its own. Its requests carry its name, so only names of this machine are answered. A private address is no such name;
10.0.2.2 is this machine for the emulator of Android.
"""

import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

ALLOWED_HOSTS = "ALLOWED_HOSTS"
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


class OwnNamesOnly:
    """An ASGI app that passes on what was sent to a name of this machine, and answers all else with 421 and the fix.

    `more` are further names as `ALLOWED_HOSTS` has them: `a.example,.b.example`, with a dot before for all names below.
    """

    def __init__(self, app: App, more: str = "") -> None:
        self._app = app
        names = [name.strip().lower() for name in more.split(",") if name.strip()]
        machine = socket.gethostname().lower()
        self._names = {"localhost", machine, f"{machine.partition('.')[0]}.local", *names}
        self._endings = (".localhost", *(name for name in names if name.startswith(".")))

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.knows(_host(scope), scope.get("server")):
            return await self._app(scope, receive, send)
        while (await receive()).get("more_body"):
            pass  # a client that is still sending would not see the answer
        return await _refuse(_host(scope), send)

    def knows(self, host: str, reached_at: Any = None) -> bool:
        """Whether this is the `Host` of a request to this machine, which came in at the address `reached_at`."""
        name = _name(host)
        if name in self._names or name.endswith(self._endings):
            return True
        with suppress(ValueError):
            address = ipaddress.ip_address(name)
            return address.is_private or address.is_loopback or (reached_at or ("",))[0] == str(address)
        return False


def _host(scope: Mapping[str, Any]) -> str:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"]
    return hosts[0] if len(hosts) == 1 else ""


def _name(host: str) -> str:
    """The name or address in a `Host`, without the port: `[::1]:8000` is `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


async def _refuse(host: str, send: Send) -> None:
    name = _name(host)[:253]
    fix = f"put {ALLOWED_HOSTS}={name} into .env, or before `make run`" if name else "send it in the header Host"
    text = f"This server does not answer to the name {name or '(none)'}. If it is a name of this machine, {fix}."
    body = json.dumps({"message": text}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""Answer HTTP on the listening socket that a child of the supervisor inherits."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn

from devserver.hosts import ALLOWED_HOSTS, OwnNamesOnly
from devserver.process import on_stop


class _Server(uvicorn.Server):
    """uvicorn, which the parent stops through the pipe (`process.py`) and not by signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Any, fd: int, announce: Callable[[Any], None] = lambda _: None) -> None:
    """Serve the ASGI app, to names of this machine, until the parent asks for a stop. `announce` is told the socket's
    address first."""
    config = uvicorn.Config(
        OwnNamesOnly(app, os.environ.get(ALLOWED_HOSTS, "")),
        access_log=False,
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    on_stop(lambda: setattr(server, "should_exit", True))
    listening = socket.socket(fileno=fd)
    announce(listening.getsockname())
    await server.serve(sockets=[listening])

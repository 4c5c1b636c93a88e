"""Runs in place of the worker when a change broke it: `python -m devserver.unavailable FD REASON`.

It answers every request with 503 and the reason, so that requests do not wait until the developer has repaired it.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from devserver.serving import serve


class Unavailable:
    """An ASGI app that says why nothing else answers."""

    def __init__(self, reason: str) -> None:
        self._body = json.dumps({"message": reason}, ensure_ascii=False).encode()

    async def __call__(
        self,
        scope: Mapping[str, Any],  # noqa: ARG002 - whatever was asked for
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        while (await receive()).get("more_body"):
            pass  # a client that is still sending would not see the answer
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self._body)).encode()),
            (b"access-control-allow-origin", b"*"),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


if __name__ == "__main__":
    asyncio.run(serve(Unavailable(sys.argv[2]), int(sys.argv[1])))

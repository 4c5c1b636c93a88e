"""`/dev/s3/`: the embedded S3 at the server's own address, so that a phone that can call the server gets files too.

Functions sign URLs for the address at which they reach S3 themselves, which is local to this machine. In answers this
address is replaced by the one that the caller used. A request to such a URL is sent on to S3 as it was signed.
"""

import asyncio
import http.client
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlsplit

from devserver.proxy_event import Answer, Request

_PREFIX = "/dev/s3/"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECONDS = 30
# No header that names another service or has a signature, because everybody in the network may send requests here.
_FORWARDED = (
    *("Accept", "Content-Type", "If-None-Match", "Origin", "Range"),
    *("Access-Control-Request-Headers", "Access-Control-Request-Method"),
)
_NOT_PASSED_ON = ("connection", "content-length", "date", "keep-alive", "transfer-encoding")


class Files:
    """The template's buckets in S3 at `endpoint`; none when that is no engine on this machine."""

    def __init__(self, endpoint: str, buckets: Collection[str]) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._at = urlsplit(self._endpoint)
        self._buckets = buckets if self._at.hostname in _LOOPBACK else []

    async def answer(self, request: Request) -> Answer | None:
        """What S3 answers to a request under `/dev/s3/<bucket>`; None for any other."""
        path = request.path.removeprefix(_PREFIX)
        if path == request.path or path.partition("/")[0] not in self._buckets:
            return None
        return await asyncio.to_thread(self._ask, request, path)

    def within_reach(self, answer: Answer, request: Request) -> Answer:
        """The answer with every URL of a bucket behind the address that the request came by."""
        for bucket in self._buckets:
            signed = f"{self._endpoint}/{bucket}"
            reachable = f"http://{request.header('Host') or 'localhost'}{_PREFIX}{bucket}"
            headers = [(name, value.replace(signed, reachable)) for name, value in answer.headers]
            answer = replace(answer, headers=headers, body=answer.body.replace(signed.encode(), reachable.encode()))
        return answer

    def _ask(self, request: Request, path: str) -> Answer:
        headers = {name: value for name, value in request.headers if name in _FORWARDED}
        target = f"/{path}?{request.query}" if request.query else f"/{path}"
        connection = http.client.HTTPConnection(self._at.hostname or "", self._at.port, timeout=_SECONDS)
        try:
            # http.client names S3's own host, which is part of what was signed.
            connection.request(request.method, target, request.body or None, headers)
            told = connection.getresponse()
            kept = [(name.lower(), value) for name, value in told.getheaders() if name.lower() not in _NOT_PASSED_ON]
            return Answer(told.status, kept, told.read())
        finally:
            connection.close()

"""A real HTTP server in place of a provider of SMS."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass
class ProviderServer:
    """A context manager. `accepted` are the SMS that it took; `requests` counts the calls."""

    accepted: list[dict[str, str]] = field(default_factory=list)
    requests: int = 0
    _arrived: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def count(self) -> None:
        """A call has arrived, and what it brought is noted."""
        with self._arrived:
            self.requests += 1
            self._arrived.notify_all()

    def after(self, calls: int) -> int:
        """How many calls arrived, once there are so many: who gave up waiting may be ahead of the server."""
        with self._arrived:
            self._arrived.wait_for(lambda: self.requests >= calls)
            return self.requests

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers each call."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.released = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

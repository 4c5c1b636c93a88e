"""A local HTTP server that answers with any bytes at all, as a broken provider or a proxy before it may."""

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.fakes.provider_server import ProviderServer

DRIP_BODY, DRIP_HEAD = b"drip body", b"drip head"
"""Answers that never end: a letter of the body, or of the head, again and again."""


def answer(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """A whole answer; `length` is what it claims of its body."""
    size = f"Content-Length: {len(body) if length is None else length}"
    head = "\r\n".join([f"HTTP/1.1 {status}", size, "Connection: close", *headers])
    return head.encode() + b"\r\n\r\n" + body


@dataclass
class WireServer(ProviderServer):
    """A context manager. `answers` are what it says to the next calls, `usual` what it says to all after them.
    `bodies` are what it was sent, and `moved` how often somebody followed it to another address."""

    usual: bytes = b""
    answers: list[bytes] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    moved: int = 0

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """See ProviderServer."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.moved += 1
                self.wfile.write(server.usual)

            def do_POST(self) -> None:
                server.moved += self.path == "/elsewhere"
                server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                server.count()
                said = server.answers.pop(0) if server.answers else server.usual
                self.close_connection = True
                if said in (DRIP_BODY, DRIP_HEAD):
                    self._drip(said)
                else:
                    self.wfile.write(said)

            def _drip(self, which: bytes) -> None:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                if which == DRIP_BODY:
                    self.wfile.write(b"Content-Length: 100000\r\n\r\n")
                while not server.released.wait(0.02):
                    try:
                        self.wfile.write(b"x")
                    except OSError:
                        return

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Write nothing: the base class writes every request to stderr."""

        return Handler

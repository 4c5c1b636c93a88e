"""A local HTTP server that speaks the part of Exotel's SMS interface the sender uses.

https://developer.exotel.com/docs/sms-api/api-reference/send-sms
"""

import base64
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.provider_server import ProviderServer

ACCOUNT_SID, API_KEY, API_TOKEN = "quickcare1", "key", "token"
SMS_SID = "0f477d60517e6e6a0f6d9a7e9af8630e"
Answer = tuple[int, Any]
"""A status, and a document, or the bytes of a body that is none."""

QUEUED: Answer = (200, {"SMSMessage": {"Sid": SMS_SID, "Status": "queued", "DetailedStatusCode": 21010}})
MANDATORY = {"From", "To", "Body", "DltEntityId"}


def failed(code: int) -> Answer:
    """The SMS was taken and failed at once."""
    return 200, {"SMSMessage": {"Sid": SMS_SID, "Status": "failed", "DetailedStatusCode": code}}


def error(status: int, message: str = "Error", code: str = "ERROR") -> Answer:
    return status, {"RestException": {"Status": status, "Message": message, "Code": code}}


@dataclass
class ExotelServer(ProviderServer):
    """A context manager. `answers` says what it does with the next calls; all calls after them succeed.

    An answer is what it sends, or "hang" (accept the SMS and never answer), "drop" (accept it and close the connection)
    or "twice" (answer two times on one connection).
    """

    answers: list[Answer | str] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """See ProviderServer."""
        return _handler(self)


def _handler(server: ExotelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            answer = server.answers.pop(0) if server.answers else self._natural_answer(form)
            if answer in ("hang", "drop", "twice") or answer == QUEUED:
                server.accepted.append(form)
            server.count()
            if answer == "hang":
                server.released.wait()
            self.close_connection = answer in ("hang", "drop")
            for _ in range({"hang": 0, "drop": 0, "twice": 2}.get(str(answer), 1)):
                self._reply(*(QUEUED if isinstance(answer, str) else answer))

        def _natural_answer(self, form: dict[str, str]) -> Answer:
            if self.path != f"/v1/Accounts/{ACCOUNT_SID}/Sms/send.json":
                return error(404)
            pair = base64.b64encode(f"{API_KEY}:{API_TOKEN}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {pair}":
                return error(401, "Authentication failed. Invalid API Key or Token.", "UNAUTHORIZED")
            return QUEUED if form.keys() >= MANDATORY else error(400, "Mandatory parameter missing")

        def _reply(self, status: int, document: Any) -> None:
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Write nothing: the base class writes every request to stderr."""

    return Handler

"""A local HTTP server that speaks the part of Twilio's Messages API the sender uses.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

import base64
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.fakes.provider_server import ProviderServer

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "auth-token"
FROM_NUMBER = "+15005550006"

_ERRORS = {
    400: (21606, "The 'From' number is not for {to}"),
    401: (20003, "Authenticate"),
    429: (20429, "Too Many Requests"),
    500: (20500, "Internal Server Error"),
    503: (20503, "Service Unavailable"),
}


@dataclass
class TwilioServer(ProviderServer):
    """A context manager. `answers` says what it does with the next calls; all calls after them succeed.

    Each is an HTTP status, one of Twilio's own codes (which come with status 400), or "hang" (accept the SMS and never
    answer), "drop" (accept it and close the connection) or "garbage" (201 with a body that is not JSON).
    """

    answers: list[int | str] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """See ProviderServer."""
        return _handler(self)


def _handler(server: TwilioServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            answer = server.answers.pop(0) if server.answers else self._natural_answer(form)
            if answer in (201, "hang", "drop", "garbage"):
                server.accepted.append(form)
            server.count()
            if answer == "hang":
                server.released.wait()
            if answer in ("hang", "drop"):
                self.close_connection = True
            elif answer == "garbage":
                self._reply(201, b"<html>")
            else:
                status = 400 if int(answer) > 999 else int(answer)
                self._reply(status, json.dumps(_document(int(answer), form)).encode())

        def _natural_answer(self, form: dict[str, str]) -> int:
            if self.path != f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json":
                return 404
            pair = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {pair}":
                return 401
            origin = {"From", "MessagingServiceSid"} & form.keys()
            return 201 if {"To", "Body"} <= form.keys() and origin else 400

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Write nothing: the base class writes every request to stderr."""

    return Handler


def _document(status: int, form: dict[str, str]) -> dict[str, object]:
    if status == 201:
        return {
            "sid": "SM" + "0" * 32,
            "account_sid": ACCOUNT_SID,
            "status": "queued",
            "direction": "outbound-api",
            "to": form["To"],
            "from": form.get("From"),
            "body": form["Body"],
            "num_segments": "1",
            "error_code": None,
            "error_message": None,
        }
    code, message = _ERRORS.get(status, (20000 + status, "Error")) if status < 1000 else (status, "Error for {to}")
    return {
        "code": code,
        "message": message.format(to=form.get("To")),
        "status": min(status, 400) if status > 999 else status,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
    }

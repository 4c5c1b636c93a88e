"""`/dev/`: the SMS that would have been sent, and who can log in to a demo. Only the local server has it."""

import json
import re
from collections import deque
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from devserver.datafolder import INBOX, PEOPLE
from devserver.proxy_event import Answer, Request

_KEPT = 200
SEGMENT_PRICE = Decimal("0.20")  # rupees; a guess that stands for any provider's price in India
_STATIC = Path(__file__).parent / "static"
_FILES = {
    "/dev": ("inbox.html", "text/html; charset=utf-8"),
    "/dev/inbox.css": ("inbox.css", "text/css; charset=utf-8"),
    "/dev/inbox.js": ("inbox.js", "text/javascript; charset=utf-8"),
}
_NOT_DIGIT = re.compile(r"\D")


class Inbox:
    """Reads the file that the console sender appends to, and the one that a demo wrote."""

    def __init__(self, data: Path, segment_price: Decimal = SEGMENT_PRICE) -> None:
        self._path, self._people, self._segment_price = data / INBOX, data / PEOPLE, segment_price

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request under `/dev`; None for any other, so that those go to the API."""
        path = request.path.removesuffix("/")
        if path == "/dev/sms" and request.method == "GET":
            to = parse_qs(request.query).get("to", [""])[0]
            body = json.dumps(self.messages(to), ensure_ascii=False).encode()
            return _fresh("application/json", body)
        if path == "/dev/people" and request.method == "GET":
            return _fresh("application/json", self._people.read_bytes() if self._people.exists() else b"[]")
        if path in _FILES and request.method == "GET":
            name, media_type = _FILES[path]
            return _fresh(media_type, (_STATIC / name).read_bytes())
        return None

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        """The last 200, newest first; only those to the contact `to`, as ten digits or with a country code.

        Each with what a developer wants to know of its text: key, language, segments, and the price in rupees.
        """
        wanted = _national(to)
        with self._path.open(encoding="utf-8") as file:
            messages = (json.loads(line) for line in file if line.endswith("\n"))
            kept = deque((m for m in messages if not wanted or _national(m["to"]) == wanted), _KEPT)
        return [{**message, **self._about(message["body"])} for message in reversed(kept)]

    def _about(self, body: str) -> dict[str, Any]:
        # Only where the functions run is the layer on the path.
        from quickcare.sms import gsm7, registered

        text, language = registered.recognized(body) or (None, None)
        segments = gsm7.segments(body)
        price = f"{segments * self._segment_price:.2f}"
        return {"text": text, "language": language, "segments": segments, "price": price}


def _national(number: str) -> str:
    return _NOT_DIGIT.sub("", number)[-10:]


def _fresh(media_type: str, body: bytes) -> Answer:
    return Answer(200, [("content-type", media_type), ("cache-control", "no-store")], body)

"""Turns the multipart forms of existing apps into the JSON announcement of an upload, and keeps the file beside it.

Powertools' own parser is not used: it splits the body wherever the delimiter's bytes appear, takes `name` out of
`filename`, and answers a broken form with a server error. `multipart` reads the form.
"""

import base64
import hashlib
import json
from typing import Any

from documents.multipart import Part, boundary_of, parts

Event = dict[str, Any]
_FILE = "multipart_file"


def as_json(event: Event) -> Event:
    """The event with a JSON body: the form's fields, and the name, size in bytes and SHA-256 of its file.

    `uploaded_file` finds the file in it. For a form that cannot be read, only the content type changes, so that the
    request is answered with an error.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    try:
        fields, file = _read(headers["content-type"], _bytes(event))
    except ValueError:
        return {**event, "headers": {**headers, "content-type": "multipart/unreadable"}}
    name, content = (file.file_name or "", file.content) if file else ("", b"")
    fields |= {"file_name": name, "file_size": len(content), "file_sha256": hashlib.sha256(content).hexdigest()}
    return {
        **event,
        "headers": {**headers, "content-type": "application/json"},
        "body": json.dumps(fields),
        "isBase64Encoded": False,
        _FILE: content,
    }


def uploaded_file(event: Any) -> bytes | None:
    """The content of the file of an event that was a form; None where it was JSON from the start."""
    content: bytes | None = event.raw_event.get(_FILE)
    return content


def _bytes(event: Event) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogateescape")


def _read(content_type: str, body: bytes) -> tuple[dict[str, Any], Part | None]:
    """The text of each field, and the file in `file`; the last one of each name. Raises ValueError."""
    fields: dict[str, Any] = {}
    file: Part | None = None
    for part in parts(body, boundary_of(content_type)):
        if part.file_name is None:
            fields[part.name] = part.content.decode()
        elif part.name == "file":
            file = part
    fields.pop("file", None)
    return fields, file

"""Turns the multipart forms of existing apps into the JSON announcement of an upload, and keeps the file beside it.

Powertools' own parser is not used: it splits the body wherever the delimiter's bytes appear, takes `name` out of
`filename`, and answers a broken form with a server error.
"""

import base64
import hashlib
import itertools
import json
from typing import Any, NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

Event = dict[str, Any]
_FILE = "multipart_file"
# The library limits the number of parts only for forms of another kind.
_MOST_PARTS = 30
_LIMITS = {"MAX_MEMORY_FILE_SIZE": 16 * 1024 * 1024}
_CONTENT_TYPES = ("", "application/pdf", "application/octet-stream")


class UploadedFile(NamedTuple):
    """The bytes of a form's file, and whether its part was sent with a content type that a PDF may have."""

    content: bytes
    is_pdf_typed: bool


def as_json(event: Event) -> Event:
    """The event with a JSON body: the form's fields, and the name, size in bytes and SHA-256 of its file.

    `uploaded_file` finds the file in it. For a form that cannot be read, only the content type changes, so that the
    request is answered with an error.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    try:
        fields, file = _parse(headers["content-type"], _bytes(event))
    except (FormParserError, ValueError):
        return {**event, "headers": {**headers, "content-type": "multipart/unreadable"}}
    name, content = file.name if file else "", file.content if file else b""
    fields |= {"file_name": name, "file_size": len(content), "file_sha256": hashlib.sha256(content).hexdigest()}
    uploaded = UploadedFile(content, file.content_type in _CONTENT_TYPES if file else False)
    return {
        **event,
        "headers": {**headers, "content-type": "application/json"},
        "body": json.dumps(fields),
        "isBase64Encoded": False,
        _FILE: uploaded,
    }


def uploaded_file(event: Any) -> UploadedFile | None:
    """The file of an event that was a form; None where it was JSON from the start."""
    file: UploadedFile | None = event.raw_event.get(_FILE)
    return file


class _Part(NamedTuple):
    name: str
    content: bytes
    content_type: str


def _bytes(event: Event) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogateescape")


def _parse(content_type: str, body: bytes) -> tuple[dict[str, Any], _Part | None]:
    """Raises FormParserError or ValueError for a form that is broken, cut off, not UTF-8, or has too many parts."""
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise ValueError("the form has no boundary")
    fields: dict[str, Any] = {}
    files: list[_Part] = []
    ends: list[bool] = []
    parts = itertools.count(1)

    def count() -> None:
        if next(parts) > _MOST_PARTS:
            raise FormParserError("the form has too many parts")

    def on_field(field: Field) -> None:
        count()
        fields[(field.field_name or b"").decode()] = (field.value or b"").decode()

    def on_file(file: File) -> None:
        count()
        if file.field_name == b"file":
            file.file_object.seek(0)
            part_type = (file.content_type or "").partition(";")[0].strip().lower()
            files.append(_Part((file.file_name or b"").decode(), file.file_object.read(), part_type))

    parser = FormParser("multipart/form-data", on_field, on_file, lambda: ends.append(True), boundary, config=_LIMITS)
    parser.write(body)
    parser.finalize()
    if not ends:
        raise ValueError("the form has no end")
    fields.pop("file", None)
    return fields, files[-1] if files else None

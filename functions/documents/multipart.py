"""Reads multipart forms (RFC 7578, RFC 2046 5.1.1) as Dart, browsers, curl and Python's clients write them.

The parser of python-multipart refuses what may stand before the first delimiter and the blanks behind each, and reads
no `filename*`; only how it splits a header into parameters is used.
"""

import base64
import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header

_MOST_PARTS = 30
_FOLDED = re.compile(rb"\r\n[ \t]+")
# `filename*=UTF-8'en'r%C3%A9sum%C3%A9.pdf` (RFC 8187), with or without quotes.
_EXTENDED_NAME = re.compile(rb";[ \t]*filename\*[ \t]*=[ \t]*\"?([\w!#$%&+^`{}~-]+)'[\w-]*'([^\s;\"]*)", re.IGNORECASE)


class Part(NamedTuple):
    """A part of a form; `file_name` is None for a field."""

    name: str
    file_name: str | None
    content: bytes


def boundary_of(content_type: str) -> bytes:
    """The boundary that the request's content type names. Raises ValueError."""
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise ValueError("the form has no boundary")
    return boundary


def parts(body: bytes, boundary: bytes) -> Iterator[Part]:
    """The parts between the delimiters; what stands before the first and behind the last one is nobody's.

    Raises ValueError for a form that is broken, cut off, not UTF-8, or has too many parts.
    """
    line = rb"(?:\A|\r\n)--" + re.escape(boundary)
    delimiter = re.compile(line + rb"(?:[ \t]*\r\n|(--)[ \t]*(?:\r?\n|\Z))")
    begin = delimiter.search(body)
    for _ in range(_MOST_PARTS + 1):
        if begin is None:
            raise ValueError("the form has no end")
        if begin[1]:
            return
        # The newline in front of a delimiter belongs to it, also where a part has nothing else.
        end = delimiter.search(body, begin.end() - len(b"\r\n"))
        if end is not None:
            yield _part(body[begin.end() : end.start()])
        begin = end
    raise ValueError("the form has too many parts")


def _part(text: bytes) -> Part:
    head, _, content = (b"\r\n" + text).partition(b"\r\n\r\n")
    headers: dict[bytes, bytes] = {}
    for line in _FOLDED.sub(b" ", head).split(b"\r\n")[1:]:
        header, colon, value = line.partition(b":")
        if not colon:
            raise ValueError("a header has no value")
        headers[header.strip().lower()] = value.strip()
    disposition = headers.get(b"content-disposition", b"")
    options = parse_options_header(disposition.decode("latin-1"))[1]
    name = options.get(b"name", b"").decode()
    return Part(name, _file_name(disposition, options), _decoded(content, headers))


def _file_name(disposition: bytes, options: dict[bytes, bytes]) -> str | None:
    """The file's name, if the part is a file. The extended form says more, so it counts first (RFC 6266, 4.3)."""
    extended = _EXTENDED_NAME.search(disposition)
    if extended:
        try:
            return unquote_to_bytes(extended[2]).decode(extended[1].decode())
        except LookupError as error:
            raise ValueError("nobody knows this character set") from error
    return options[b"filename"].decode() if b"filename" in options else None


def _decoded(content: bytes, headers: dict[bytes, bytes]) -> bytes:
    match headers.get(b"content-transfer-encoding", b"").lower():
        case b"base64":
            return base64.b64decode(content)
        case b"quoted-printable":
            return quopri.decodestring(content)
    return content

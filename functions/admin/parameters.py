"""Ids in the panel's paths, and contacts in its forms."""

import re

from quickcare import ids
from quickcare.errors import BadRequest, NotFound
from quickcare.web import written

_DIGEST = re.compile("[0-9a-f]{64}")
_DIGITS = len(str(ids.TOO_BIG))


def uuid(text: str) -> str:
    """The id in lower case. Raises NotFound for what is no UUID."""
    if not ids.is_uuid(text):
        raise NotFound
    return text.lower()


def digest(text: str) -> str:
    """The id of a session: a SHA-256 in hex. Raises NotFound for what cannot be one."""
    if not _DIGEST.fullmatch(text):
        raise NotFound
    return text


def number(text: str) -> int:
    """The number that a text stands for. Raises NotFound for what is no id of a doctor."""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and 0 < int(text) < ids.TOO_BIG):
        raise NotFound
    return int(text)


def contact(text: str) -> int:
    """The whole contact that somebody typed. Raises BadRequest for what is none."""
    found = written.contact(text)
    if found is None:
        raise BadRequest("Enter a whole 10-digit mobile number.")
    return found

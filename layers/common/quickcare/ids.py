"""Identifiers: UUID4, or time-ordered integers where clients expect an int (docs/architecture.md: Ids)."""

import secrets
import uuid
from datetime import UTC, datetime

from quickcare import clock

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 10
TOO_BIG = 2**53  # JavaScript's numbers are exact below this


def new_uuid() -> str:
    return str(uuid.uuid4())


def new_int(now: datetime) -> int:
    """A positive integer below 2^53 that grows with time: milliseconds since 2020, then 10 random bits.

    Not unique by itself: the write that claims it must carry the condition that the key is free.
    """
    milliseconds = int((now - _EPOCH).total_seconds() * 1000)
    return (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)


def timestamp_key(now: datetime) -> str:
    """A sort key in time order that never repeats: instant with microseconds, then a UUID."""
    return f"{clock.sortable(now)}#{new_uuid()}"


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its canonical form; anything else cannot be one of our ids."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def checked_uuid(text: str) -> str:
    """`text`, for validating a path's id. Raises ValueError when it cannot be one of our UUIDs."""
    if not is_uuid(text):
        raise ValueError("Must be a valid UUID.")
    return text

"""Identifiers: UUID4, or time-ordered integers where clients expect an int (docs/architecture.md: Ids)."""

import secrets
import uuid
from datetime import UTC, datetime

from quickcare import clock

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 10
TOO_BIG = 2**53  # JavaScript's numbers are exact below this


def new_uuid() -> str:
    """A random UUID (version 4) in lower case."""
    return str(uuid.uuid4())


def new_int(now: datetime) -> int:
    """A positive integer below 2^53 that grows with time: milliseconds since 2020, then 10 random bits.

    Two may be equal, so the write that uses it must have the condition that the key is free.
    """
    milliseconds = int((now - _EPOCH).total_seconds() * 1000)
    return (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)


def timestamp_key(now: datetime) -> str:
    """A sort key that is unique and in the order of time: the instant with microseconds, then a UUID."""
    return f"{clock.sortable(now)}#{new_uuid()}"


def instant_of(key: str) -> datetime:
    """The instant in a key of `timestamp_key`."""
    return datetime.fromisoformat(key.partition("#")[0])


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID as we write them: with hyphens, in any case."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def checked_uuid(text: str) -> str:
    """The id that a client sent, in any case, as we keep it. Raises ValueError when it cannot be one of our UUIDs."""
    if not is_uuid(text):
        raise ValueError("Must be a valid UUID.")
    return text.lower()

"""What goes wrong with a command, and the values that operators type."""

from typing import Any


class UsageError(Exception):
    """The command cannot be run. The message says in one sentence what is wrong and what to do."""


def checked(kind: Any, text: str) -> Any:
    """What somebody typed, as a field of this type reads it. Raises UsageError."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(text.strip())
    except ValidationError as problem:
        raise UsageError(problem.errors()[0]["msg"].removeprefix("Value error, ")) from None

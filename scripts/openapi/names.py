"""The names of operations, which client generators make method names of."""

from typing import Any

# What the name of a route that only reads begins with, where the noun alone would not say what happens.
_READING = {"browse", "check", "find", "look", "open"}


def operation_id(function: str, method: str, answer: dict[str, Any]) -> str:
    """`bookAppointment` of `book_appointment`; `listDocuments` and `getDocument` of `documents` and `document`.

    `answer` is the schema of the route's usual answer. The tag already says the resource, so the name does not.
    """
    words = function.split("_")
    if method == "GET" and words[0] not in _READING:
        words = ["list" if _is_list(answer) else "get", *words]
    return camel_case(words)


def _is_list(answer: dict[str, Any]) -> bool:
    return answer.get("type") == "array" or str(answer.get("$ref", "")).endswith("Page")


def camel_case(words: list[str]) -> str:
    """Swagger UI would take `_` in a link for a space."""
    first, *others = words
    return first + "".join(word.title() for word in others)

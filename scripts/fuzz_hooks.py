"""What schemathesis has to know of the API beyond its document; fuzz.toml names this file."""

import os
from collections.abc import Iterator
from http.client import NOT_FOUND
from typing import Any
from unicodedata import category
from uuid import uuid4

import schemathesis
from pydantic import TypeAdapter, ValidationError
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import UnsupportedMethodResponse

# Kinds of characters that the API refuses in a password: controls, line ends, half surrogates.
_UNFIT = {"Cc", "Zl", "Zp", "Cs"}
_LIKE_JSON: TypeAdapter[Any] = TypeAdapter(bool | int | float)


@schemathesis.hook
def map_headers(context: HookContext, headers: dict[str, Any]) -> dict[str, Any]:
    """A key that came twice would replay the first answer, with the id of what may be deleted by now."""
    if headers and "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = str(uuid4())
    return headers


@schemathesis.hook
def map_query(context: HookContext, query: dict[str, Any]) -> dict[str, Any]:
    """Of the two names of the limit one is read."""
    if query and "limit" in query:
        query.pop("page_size", None)
    return query


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Whoever changes their password keeps it, so that they can log in again."""
    if case.path == "/api/users/password/change/" and isinstance(case.body, dict):
        password = case.body.get("password")
        if isinstance(password, str) and 6 <= len(password) <= 128 and not _UNFIT & set(map(category, password)):
            case.body["password"] = os.environ["FUZZ_PASSWORD"]


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Not a failure: numbers and booleans written as text or as 0 and 1, as forms send them, and empty filters.

    Nor is 404 for a wrong method: API Gateway knows no 405 (CONTRACT: General has both).
    """
    if isinstance(failure, UnsupportedMethodResponse):
        return response.status_code != NOT_FOUND
    if not isinstance(failure, AcceptedNegativeData):
        return True
    filters = list(_scalars(case.query))
    return "" not in filters and not any(map(_reads_as_number_or_boolean, [*filters, *_scalars(case.body)]))


def _scalars(part: Any) -> Iterator[Any]:
    """Everything in a body or query that is no list or object."""
    if isinstance(part, (dict, list)):
        for item in part.values() if isinstance(part, dict) else part:
            yield from _scalars(item)
    else:
        yield part


def _reads_as_number_or_boolean(value: Any) -> bool:
    if not isinstance(value, str):
        return value in (0, 1)
    try:
        _LIKE_JSON.validate_python(value)
    except ValidationError:
        return False
    return True

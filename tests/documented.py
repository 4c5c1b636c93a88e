"""Holds every answer that a test gets against the committed OpenAPI document."""

import json
import re
from functools import cache, lru_cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from tests.bench import ROOT

_STALE = "if that is right, declare it (quickcare.answers) and run `make schema`"

# The description says once that every operation may answer these.
_ANYWHERE = {500, 503, 504}


def check(method: str, resource: str, status: int, text: str) -> None:
    """Raises AssertionError for a status that the route's operation does not list, or a body of another form."""
    operation = _operations().get((method, _shape(resource)))
    if operation is None:
        return
    route = f"{method} {resource}"
    if status in _ANYWHERE:
        return
    assert str(status) in operation["responses"], f"{route} answered {status}, which is not documented; {_STALE}"
    validator = _validator(method, _shape(resource), status)
    if validator is None:
        return
    problem = next(validator.iter_errors(json.loads(text)), None)
    where = problem and f"{'/'.join(map(str, problem.instance_path))}: {problem.message}"
    assert problem is None, f"{route} answered {status} in another form than documented ({where}); {_STALE}"


@lru_cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "functions" / "docs" / "openapi.json").read_text("utf-8"))
    return document


@lru_cache
def _operations() -> dict[tuple[str, str], dict[str, Any]]:
    paths = _document()["paths"].items()
    return {(method.upper(), _shape(path)): operation for path, item in paths for method, operation in item.items()}


@cache
def _validator(method: str, shape: str, status: int) -> Draft202012Validator | None:
    """None for an answer that is not JSON."""
    components = _document()["components"]
    response = _operations()[method, shape]["responses"][str(status)]
    if "$ref" in response:
        response = components["responses"][response["$ref"].rpartition("/")[2]]
    content = response.get("content", {})
    if set(content) != {"application/json"}:
        return None
    schema = {"components": components, **content["application/json"]["schema"]}
    return Draft202012Validator(schema, validate_formats=True)


def _shape(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path).removesuffix("/")

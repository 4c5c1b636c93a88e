"""Puts the examples of examples.yaml beside the bodies and parameters they are of."""

from pathlib import Path
from typing import Any

import yaml

from scripts.openapi import answers
from scripts.openapi.routes import RoutesError

_FILE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text("utf-8"))
SCHEMAS: dict[str, Any] = _FILE["schemas"]
PARAMETERS: dict[str, Any] = _FILE["parameters"]
OPERATIONS: dict[str, Any] = _FILE["operations"]


def add(operation: dict[str, Any]) -> None:
    """An example for every required parameter, request body and good answer of an operation, and of its own failures.

    Swagger UI fills a form with all examples of parameters, so that of an optional one is only in its description.
    """
    for parameter in operation.get("parameters", []):
        for name in (parameter.get("name"), f"{parameter.get('in')}.{parameter.get('name')}"):
            if name in PARAMETERS and parameter.get("required"):
                parameter["example"] = PARAMETERS[name]
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for content in body.get("content", {}).values():
            content |= _of(content.get("schema", {}))
    _add_own(operation, OPERATIONS.get(operation["operationId"], {}))


def _add_own(operation: dict[str, Any], own: dict[str, Any]) -> None:
    """What is shown of this operation instead. Raises RoutesError for an answer that it does not give."""
    if "request" in own:
        operation["requestBody"]["content"]["application/json"]["example"] = own["request"]
    answered = operation["responses"]
    for status, shown in {**own.get("response", {}), **own.get("responses", {})}.items():
        if status not in answered:
            raise RoutesError(f"examples.yaml has a {status} of {operation['operationId']}, which it does not answer")
        answer = answered[status]
        if reference := answer.get("$ref"):
            answer = answers.own_copy(operation["operationId"], status, reference)
        # A copy, because two statuses may have the same content.
        content = {"schema": answer["content"]["application/json"]["schema"]}
        if status in own.get("response", {}):
            content["example"] = shown
        else:
            content["examples"] = {name: {"value": value} for name, value in shown.items()}
        answered[status] = {**answer, "content": {"application/json": content}}


def _of(schema: dict[str, Any]) -> dict[str, Any]:
    """`example` of a component or a list of one, `examples` of a choice between components."""
    if "anyOf" in schema:
        names = [_name(choice) for choice in schema["anyOf"]]
        shown = {name: {"value": SCHEMAS[name]} for name in names if name in SCHEMAS}
        return {"examples": shown} if shown else {}
    if schema.get("type") == "array":
        name = _name(schema["items"])
        return {"example": [SCHEMAS[name]]} if name in SCHEMAS else {}
    name = _name(schema)
    return {"example": SCHEMAS[name]} if name in SCHEMAS else {}


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]

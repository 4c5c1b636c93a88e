"""Puts the examples of examples.yaml (SEED's, where it has them) beside the bodies and parameters they are of."""

from pathlib import Path
from typing import Any

import yaml

_FILE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text("utf-8"))
SCHEMAS: dict[str, Any] = _FILE["schemas"]
PARAMETERS: dict[str, Any] = _FILE["parameters"]


def add(operation: dict[str, Any]) -> None:
    """An example for every required parameter, request body and good answer of an operation that has one.

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

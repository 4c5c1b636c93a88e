"""Puts an example beside every body and required parameter of an operation.

What a schema shows is its own `examples` (pydantic's `Field(examples=…)`), else what examples.yaml has for its name,
else one that is composed of its fields. So a new body needs no words here; examples.yaml is for stories: a cast of
people and things that stay the same in all bodies, and the failures worth showing.
"""

from pathlib import Path
from typing import Any

import yaml
from quickcare import errors

from scripts.openapi import answers
from scripts.openapi.routes import RoutesError

_FILE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text("utf-8"))
SCHEMAS: dict[str, Any] = _FILE["schemas"]
OPERATIONS: dict[str, Any] = _FILE["operations"]
_FORMATS = {
    "date": "2026-03-01",
    "date-time": "2026-03-01T06:15:00.000Z",
    "uuid": "6f9b2f1c-8a4e-4a37-9c55-2f6f4b7d1e90",
    "uri": "https://api.example.com/",
}
_TYPES = {"string": "…", "boolean": True, "null": None}


def add(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """An example for every required parameter, request body and good answer of an operation, and of its own failures.

    Swagger UI fills a form with all examples of parameters, so that of an optional one is only in its description.
    """
    for parameter in operation.get("parameters", []):
        if "$ref" not in parameter:
            shown = parameter["schema"].pop("examples", None) or parameter.pop("examples", None)
            if parameter.get("required"):
                parameter["example"] = shown[0] if shown else composed(parameter["schema"], schemas)
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for content in body.get("content", {}).values():
            content |= _of(content.get("schema", {}), schemas)
    _add_own(operation, OPERATIONS.get(operation["operationId"], {}))


def composed(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """What a value of this schema may look like: its own example, or one made of its required fields."""
    if name := _name(schema):
        return _of_component(name, schemas)
    if shown := schema.get("examples"):
        return shown[0]
    if known := [schema["const"]] if "const" in schema else schema.get("enum"):
        return known[0]
    if choices := schema.get("anyOf"):
        return composed(choices[0], schemas)
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: composed(fields[name], schemas) for name in schema.get("required", [])}
    if kind == "array":
        return [composed(schema["items"], schemas)] if "items" in schema else []
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1))
    return _FORMATS.get(schema.get("format", ""), _TYPES.get(str(kind)))


def _of_component(name: str, schemas: dict[str, Any]) -> Any:
    own = schemas[name].get("examples")
    return own[0] if own else SCHEMAS[name] if name in SCHEMAS else composed(schemas[name], schemas)


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
            content["example"] = _whole(shown)
        else:
            content["examples"] = {name: {"value": _whole(value)} for name, value in shown.items()}
        answered[status] = {**answer, "content": {"application/json": content}}


def _whole(body: Any) -> Any:
    """The body of an answer, with the message where examples.yaml has only the texts about each field."""
    is_about_fields = isinstance(body, dict) and body and all(map(_are_texts, body.values()))
    return errors.about_fields(body) if is_about_fields else body


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _of(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """`example` of a component or a list of one, `examples` of a choice between components."""
    if "anyOf" in schema:
        names = [name for choice in schema["anyOf"] if (name := _name(choice))]
        return {"examples": {name: {"value": _of_component(name, schemas)} for name in names}} if names else {}
    if schema.get("type") == "array":
        return {"example": composed(schema, schemas)}
    name = _name(schema)
    return {"example": _of_component(name, schemas)} if name else {}


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]

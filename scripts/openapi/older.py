"""The same document in OpenAPI 3.0.3, for tools that read no newer version."""

from typing import Any

from scripts.openapi.shapes import Schema, rewritten

_NULL = {"type": "null"}
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def document(newer: dict[str, Any]) -> dict[str, Any]:
    """The document of version 3.1 in the words of version 3.0.3."""
    info = {key: value for key, value in newer["info"].items() if key != "summary"}
    # Version 3.0 has no identifier of a licence.
    info["license"] = {"name": info["license"]["name"], "url": "https://opensource.org/license/mit"}
    components = newer["components"]["schemas"]
    return {**rewritten(newer, lambda schema: _schema(schema, components)), "openapi": "3.0.3", "info": info}


def _schema(schema: Schema, components: dict[str, Schema]) -> Schema:
    """A schema of 3.0 knows `nullable`, one `example`, and bounds that are exclusive or not. A reference stands alone.

    Other parts of the document have none of these and stay as they are.
    """
    schema = _nullable(schema, components)
    if "$ref" in schema and len(schema) > 1:
        reference = {"$ref": schema["$ref"]}
        schema = {"allOf": [reference], **{key: value for key, value in schema.items() if key != "$ref"}}
    for newer, older in _BOUNDS.items():
        if newer in schema and not isinstance(schema[newer], bool):
            schema = {**schema, older: schema[newer], newer: True}
    if isinstance(schema.get("examples"), list):
        shown, schema = schema["examples"][0], {key: value for key, value in schema.items() if key != "examples"}
        schema = {**schema, "example": shown}
    return schema


def _nullable(schema: Schema, components: dict[str, Schema]) -> Schema:
    if isinstance(schema.get("type"), list):
        (kind,) = [kind for kind in schema["type"] if kind != "null"]
        return {**schema, "type": kind, "nullable": True}
    if _NULL in schema.get("anyOf", []):
        (reference,) = [choice for choice in schema["anyOf"] if choice != _NULL]
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        kind = components[reference["$ref"].rpartition("/")[2]]["type"]
        return {"type": kind, "allOf": [reference], "nullable": True, **beside}
    return schema

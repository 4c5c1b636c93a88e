"""The last step of building the document: every schema in the form that client generators want."""

import json
import re
from typing import Any

from scripts.openapi.shapes import Names, Schema, nullable, one_type, rewritten

_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')


def settled(document: dict[str, Any]) -> dict[str, Any]:
    """The document with named choices, one type for each thing and no bare null. Raises RoutesError."""
    components = document["components"]
    names = Names(rewritten(components["schemas"], one_type))
    paths = rewritten(rewritten(document["paths"], one_type), names.enum)
    for name, schema in list(names.schemas.items()):
        if "enum" not in schema:
            names.schemas[name] = rewritten(schema, names.enum)
    _unite_answers(paths, names)
    _unite_fields(names)
    shared = {kind: rewritten(components[kind], one_type) for kind in ("parameters", "headers", "responses")}
    used = _used({"paths": paths, "shared": shared}, names.schemas)
    schemas = {name: rewritten(names.schemas[name], nullable) for name in sorted(used)}
    return {
        **document,
        "paths": rewritten(paths, nullable),
        "components": {"schemas": schemas, **shared, "securitySchemes": components["securitySchemes"]},
    }


def _used(part: Any, schemas: dict[str, Schema]) -> set[str]:
    """The components that a part of the document refers to, and those that these refer to."""
    found: set[str] = set()
    new = set(_REFERENCE.findall(json.dumps(part)))
    while new:
        found |= new
        new = set(_REFERENCE.findall(json.dumps([schemas[name] for name in new]))) - found
    return found


def _unite_answers(paths: dict[str, Any], names: Names) -> None:
    """A choice between several answers becomes one component, which is named after its operation."""
    for operation in (operation for item in paths.values() for operation in item.values()):
        name = f"{operation['operationId'][0].upper()}{operation['operationId'][1:]}Answer"
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                content["schema"] = names.choice(name, content["schema"])


def _unite_fields(names: Names) -> None:
    """A choice between several things in a field becomes one component, which is named after both."""
    for name, schema in list(names.schemas.items()):
        fields: dict[str, Schema] = schema.get("properties", {})
        for field, described in list(fields.items()):
            fields[field] = names.choice(name + field.title().replace("_", ""), described)
